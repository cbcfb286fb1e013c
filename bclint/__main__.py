"""``python -m bclint``.

Python puts the current folder first on the path of such programs, and that folder is what is to be
checked: its ``json.py`` must not be taken for the real one. So it goes before anything is imported,
``__future__`` too, which is a module like others.
"""

import os
import sys

_HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120

# A folder that gave us bclint itself is one that gives programs.
if not sys.flags.safe_path and sys.path[:1] == [os.getcwd()] != [_HOME]:  # noqa: PTH109
    del sys.path[0]

if __name__ == "__main__":
    from bclint.frontends.cli import main

    sys.exit(main())
