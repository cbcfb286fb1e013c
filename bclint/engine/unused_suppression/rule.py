"""BCL001: a ``# noqa`` comment names a rule that finds nothing there.

It is reported under these conditions:

1. the comment names the code of a rule that was run on this file, and in full: the beginning of a
   code, a comment without codes, and the codes of other tools may silence something else;
2. that rule finds nothing on the comment's lines, not even what is too small to be reported, or
   one more place of something that it reports elsewhere;
3. nothing went wrong while the file was checked, so that the other rules have looked everywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bclint.bytecode.analysis import Function
from bclint.diagnostics import Applicability, Diagnostic, Edit, Fix, Verdict
from bclint.engine.suppression import Code, Directive, Suppressions
from bclint.rule import Category, Finding, Needs, Rule
from bclint.source import SourceFile, Span

_SAFE = Verdict(Applicability.SAFE, "a comment is nothing that runs")


def check(function: Function) -> Iterator[Finding]:  # noqa: ARG001  every rule's protocol
    """Find nothing in any function: `unused` looks at comments, when all else is known."""
    return iter(())


RULE = Rule(
    code="BCL001",
    name="unused-suppression",
    summary="A comment silences a rule that finds nothing there",
    category=Category.SUPPRESSION,
    needs=Needs(any_of=frozenset()),
    check=check,
    package=__package__,
)


def unused(
    source: SourceFile, found: Sequence[Diagnostic], rules: Collection[Rule]
) -> tuple[Diagnostic, ...]:
    """The comments of `source` that silence none of `found`, which is all that `rules` found.

    Each has its fix already, which needs no syntax tree. None where `rules` are without `RULE`.
    """
    if RULE not in rules:
        return ()
    suppressions = Suppressions.of(source)
    judged = {rule.code for rule in rules} - {RULE.code}
    diagnostics = (
        _diagnostic(source, directive, codes)
        for directive in suppressions.directives
        if (codes := _unused_codes(directive, found, judged))
    )
    return tuple(each for each in diagnostics if not suppressions.silence(each))


def names_codes(source: SourceFile, rules: Collection[Rule]) -> bool:
    """Whether a comment of `source` names one of `rules`: only then there is something to find."""
    codes = {rule.code for rule in rules}
    named = (code for each in Suppressions.of(source).directives for code in each.codes)
    return RULE.code in codes and any(code.text in codes for code in named)


def _unused_codes(
    directive: Directive, found: Sequence[Diagnostic], judged: Collection[str]
) -> tuple[Code, ...]:
    used = {
        diagnostic.code
        for diagnostic in found
        for place in diagnostic.all_places
        if place.start_line <= directive.last_line and directive.first_line <= place.end_line
    }
    return tuple(code for code in directive.codes if code.text in judged and code.text not in used)


def _diagnostic(source: SourceFile, directive: Directive, codes: Sequence[Code]) -> Diagnostic:
    spans = [Span(directive.line, code.start, directive.line, code.end) for code in codes]
    named = ", ".join(f"`{code.text}`" for code in codes)
    is_all = len(codes) == len(directive.codes)
    edit = _without_comment(source, directive) if is_all else _without(source, directive, codes)
    title = "remove the comment" if is_all else f"remove {named} from the comment"
    return Diagnostic(
        code=RULE.code,
        name=RULE.name,
        message=f"{named} {'silences' if len(codes) == 1 else 'silence'} nothing here",
        path=source.path,
        span=spans[0],
        places=tuple(spans[1:]),
        function="<module>",
        verdict=_SAFE,
        fix=Fix(title, _SAFE.applicability, _SAFE.reason, (edit,)),
    )


def _without_comment(source: SourceFile, directive: Directive) -> Edit:
    """Take the comment away, with the space before it; what is said behind it stays."""
    line = source.line(directive.line)
    before, behind = line[: directive.start].rstrip(), line[directive.end :].strip()
    if behind and not behind.startswith("#"):
        behind = "# " + behind.lstrip("-:;,. ")
    gap = line[len(before) : directive.start] if behind.rstrip("# ") else ""
    new = gap + behind if behind.rstrip("# ") else ""
    return Edit(Span(directive.line, len(before), directive.line, len(line)), new)


def _without(source: SourceFile, directive: Directive, codes: Sequence[Code]) -> Edit:
    """Take `codes` out of the list; the others keep what separates them."""
    line = source.line(directive.line)
    kept = [code for code in directive.codes if code not in codes]
    parts = [line[kept[0].start : kept[0].end]]
    for code in kept[1:]:
        before = directive.codes[directive.codes.index(code) - 1]
        parts.append(line[before.end : code.end])
    first, last = directive.codes[0], directive.codes[-1]
    return Edit(Span(directive.line, first.start, directive.line, last.end), "".join(parts))
