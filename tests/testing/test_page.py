from __future__ import annotations

import pytest

from bclint.testing.cases import EVERY_VERSION, Versions
from bclint.testing.page import CASES, EXAMPLE, SECTIONS, USE_INSTEAD, PageError, read_page

PAGE = """\
# BCL102 module-attribute-in-loop

An attribute of a module
is looked up again.

## State

It is so.

```text
# not a heading
LOAD_ATTR
```

## Trigger

A loop.

## Consequence

It costs.

### not a case

## Example

```python
def run(size=1000):
    return 1
```

## Use instead

```python
def run(size=1000):
    return 2
```

## Fix safety

Safe.

## When to leave it

Never.

## Cases

### the first [3.12+]

Some words.

```python
import math
math.pi  # want: BCL102 "math"
```

```python fixed
import math
pi = math.pi
```

### nope: xs[0]

```python
## no heading either
x
```
"""


def test_the_parts_of_a_page() -> None:
    page = read_page("rule.md", PAGE)
    assert page.heading == "BCL102 module-attribute-in-loop"
    assert page.summary == "An attribute of a module is looked up again."
    assert [section.title for section in page.sections] == list(SECTIONS)
    assert page.program(EXAMPLE).text == "def run(size=1000):\n    return 1\n"
    assert page.program(USE_INSTEAD).text == "def run(size=1000):\n    return 2\n"
    state = page.section("State")
    assert state is not None
    assert state.blocks[0].text == "# not a heading\nLOAD_ATTR\n"
    assert page.section("Elsewhere") is None


def test_the_cases_of_a_page() -> None:
    first, second = read_page("rule.md", PAGE).cases
    assert (first.title, first.versions) == ("the first", Versions(12))
    assert first.source == 'import math\nmath.pi  # want: BCL102 "math"\n'
    assert [want.line for want in first.wants] == [2]
    assert first.fixed == "import math\npi = math.pi\n"
    assert first.fixed_unsafe is None
    assert (second.title, second.versions) == ("nope: xs[0]", EVERY_VERSION)
    assert second.silent
    assert second.source == "## no heading either\nx\n"


def test_lines_of_cases_are_lines_of_the_page() -> None:
    lines = PAGE.splitlines()
    first = read_page("rule.md", PAGE).cases[0]
    assert lines[first.line - 1] == "### the first [3.12+]"
    assert lines[first.source_line] == "import math"


def test_a_longer_fence_shows_a_shorter_one() -> None:
    page = read_page("rule.md", "# A\n\n## State\n\n````markdown\n```python\n```\n````\n")
    assert page.sections[0].blocks[0].text == "```python\n```\n"


def with_case(body: str) -> str:
    return f"# BCL101 name\n\n## {CASES}\n\n### a title\n{body}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"^rule\.md:1: the first line"),
        ("\n# BCL101 name\n", r"^rule\.md:1: the first line"),
        ("# A\n```text\nx\n", r"^rule\.md:2: this fence is never closed"),
        (with_case("words\n"), r"^rule\.md:5: the case has no"),
        (with_case("```python\nx\n```\n"), r"^rule\.md:5: no `# want:`"),
        (with_case("```python other\n```\n"), r"^rule\.md:6: unknown kind"),
        (with_case("```python\n```\n```python\n```\n"), r"^rule\.md:8: a second"),
        (with_case("```python\nx\ny  # want: BCL\n```\n"), r"^rule\.md:8: not like"),
        ("# A\n## Cases\n### x [new]\n```python\n```\n", r"^rule\.md:3: \[new\] is none of"),
        (
            '# A\n## Cases\n### nope: x\n```python\nx  # want: BCL101 "x"\n```\n',
            r"^rule\.md:3: a `nope:` case wants nothing",
        ),
        (
            "# A\n## Cases\n### nope: x\n```python\nx\n```\n```python fixed\nx\n```\n",
            r"^rule\.md:3: a `nope:` case has nothing to fix",
        ),
    ],
)
def test_a_page_that_cannot_be_read_says_where(text: str, message: str) -> None:
    with pytest.raises(PageError, match=message):
        read_page("rule.md", text)


@pytest.mark.parametrize("blocks", ["", "```python\n```\n```python\n```\n"])
def test_a_program_is_exactly_one_block(blocks: str) -> None:
    page = read_page("rule.md", f"# A\n\n## Example\n\n{blocks}")
    with pytest.raises(PageError, match="Example needs exactly one"):
        page.program(EXAMPLE)
