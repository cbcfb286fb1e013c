"""What a file names by text: ``patch("os.environ")``, ``setattr(os, "sep", "/")``.

Only constants count, those in tuples and the keywords of calls among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType
from typing import Self

from bclint.bytecode.analysis import Function

_LONGEST = 100
"""Nobody writes a longer name; texts for people often are."""


class Texts:
    """The names that stand in texts of a file. Ask for it on the module."""

    def __init__(self, module: Function) -> None:
        """Look at the constants of all functions."""
        self.words: set[str] = set()
        """Texts that are a name."""
        self._dotted: dict[str, set[str]] = {}
        """Texts that are several names with dots between them, by the last one."""
        waiting = [module]
        while waiting:
            function = waiting.pop()
            waiting.extend(function.nested)
            for text in texts_of(function.code):
                self._add(text)

    @classmethod
    def of(cls, function: Function) -> Self:
        """The texts of the file that the function belongs to."""
        return cls(function) if function is function.module else function.module[cls]

    def may_name(self, word: str) -> bool:
        """Whether a text is `word`, or ends in it behind a dot."""
        return word in self.words or word in self._dotted

    def name(self, dotted: str) -> bool:
        """Whether a text is `dotted`, or ends so: ``"server.os.environ"`` for ``os.environ``."""
        found = self._dotted.get(dotted.rpartition(".")[2], ())
        return any(text == dotted or text.endswith(f".{dotted}") for text in found)

    def last_of(self, package: str) -> set[str]:
        """The last names of the texts that start with `package`: ``len`` of ``"builtins.len"``."""
        return {last for last, texts in self._dotted.items() if _starts(texts, package)}

    def _add(self, text: str) -> None:
        if text.isidentifier():
            self.words.add(text)
        elif "." in text and text.replace(".", "").isidentifier():
            self._dotted.setdefault(text.rpartition(".")[2], set()).add(text)


def texts_of(code: CodeType) -> Iterator[str]:
    """The short texts among the constants of `code`."""
    for constant in code.co_consts:
        for each in constant if type(constant) is tuple else (constant,):
            if type(each) is str and len(each) <= _LONGEST:
                yield each


def _starts(texts: set[str], package: str) -> bool:
    return any(text.partition(".")[0] == package for text in texts)
