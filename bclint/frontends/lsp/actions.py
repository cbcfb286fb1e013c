"""Code actions: what an editor offers at a finding, and the edits once one is chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from bclint.diagnostics import Applicability, Diagnostic, Edit, Fix
from bclint.frontends.lsp.analysis import Analysis
from bclint.frontends.lsp.presentation import Presenter
from bclint.frontends.lsp.silence import silencing
from bclint.source import Span

if TYPE_CHECKING:  # this loads LibCST, which findings can do without
    from bclint.frontends.lsp.fixes import Change

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.bclint"
EXPLAIN = "bclint.explain"
"""The command that shows the page of the rule whose code it is given."""


class NotAppliedError(Exception):
    """An action that cannot be carried out; one line says why."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the client can do with actions."""

    resolves: bool = False
    """It asks for the edit when the action is chosen."""
    shows_disabled: bool = False
    versions: bool = False
    """It takes edits with the version of the text that they are meant for."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The actions of one analysis."""

    analysis: Analysis
    presenter: Presenter
    abilities: Abilities

    def actions(self, at: types.Range, context: types.CodeActionContext) -> list[types.CodeAction]:
        """Return what there is to do in the range `at`, of the kinds that `context` asks for."""
        found = [each for each in self.analysis.diagnostics if self._is_meant(each, at, context)]
        actions = [*self._quick_fixes(found, context), *self._source_actions(context)]
        return [action if self.abilities.resolves else self._complete(action) for action in actions]

    def resolved(self, action: types.CodeAction) -> types.CodeAction:
        """Return `action` with its edit; raises `NotAppliedError`."""
        data = action.data
        if action.command is not None or not isinstance(data, Mapping):
            return action
        if data.get("version") != self.analysis.document.version:
            raise NotAppliedError("the text has changed since the action was offered")
        change = self._change(data)
        if not change.edits:
            raise NotAppliedError(f"nothing is changed: {change.refusal}")
        action.edit = self._workspace_edit(change.edits)
        return action

    def _complete(self, action: types.CodeAction) -> types.CodeAction:
        """`action` for a client that asks only once."""
        if action.disabled is not None:
            return action
        try:
            return self.resolved(action)
        except NotAppliedError as error:
            if self.abilities.shows_disabled:
                action.disabled = types.CodeActionDisabled(str(error))
            return action

    def _quick_fixes(
        self, found: Sequence[Diagnostic], context: types.CodeActionContext
    ) -> Iterator[types.CodeAction]:
        if not found or not _asks_for(context, types.CodeActionKind.QuickFix.value):
            return
        from bclint.frontends.lsp.fixes import proposed

        for each, fix in zip(found, proposed(self.analysis, found), strict=True):
            if fix is not None and (action := self._fix(each, fix)) is not None:
                yield action
        for each in found:
            yield self._quick_fix(each, f"Silence {each.code} here with `# noqa`", "silence")
        for code, each in {each.code: each for each in found}.items():
            title = f"Explain {code} ({each.name})"
            action = self._quick_fix(each, title, "explain")
            action.command = types.Command(title, EXPLAIN, arguments=[code])
            yield action

    def _fix(self, found: Diagnostic, fix: Fix) -> types.CodeAction | None:
        action = self._quick_fix(found, f"{found.code}: {fix.title}", "fix")
        match fix.applicability:
            case Applicability.SAFE:
                action.is_preferred = True
            case Applicability.UNSAFE:
                action.title += f" (unsafe: {fix.reason})"
            case Applicability.DISPLAY_ONLY:
                if not self.abilities.shows_disabled:
                    return None
                action.disabled = types.CodeActionDisabled(fix.reason)
        return action

    def _quick_fix(self, found: Diagnostic, title: str, act: str) -> types.CodeAction:
        span = found.span
        return types.CodeAction(
            title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[self.presenter.diagnostic(self.analysis.document, found)],
            data={
                **self._data(act),
                "code": found.code,
                "span": [span.start_line, span.start_column, span.end_line, span.end_column],
            },
        )

    def _source_actions(self, context: types.CodeActionContext) -> Iterator[types.CodeAction]:
        safe = Applicability.SAFE
        is_fixable = any(each.verdict.applicability is safe for each in self.analysis.diagnostics)
        if is_fixable and _asks_for(context, FIX_ALL):
            title = "Apply all safe fixes of bclint"
            yield types.CodeAction(title, kind=FIX_ALL, data=self._data("all"))

    def _data(self, act: str) -> dict[str, Any]:
        document = self.analysis.document
        return {"act": act, "uri": document.uri, "version": document.version}

    def _change(self, data: Mapping[str, Any]) -> Change:
        from bclint.frontends.lsp.fixes import Change, fix_all, fix_one

        if data.get("act") == "all":
            return fix_all(self.analysis)
        found = self._found(data)
        if data.get("act") == "fix":
            return fix_one(self.analysis, found)
        edit = silencing(self.analysis.document.source, found)
        if edit is None:
            return Change(refusal="no line of it can hold a comment")
        return Change((edit,))

    def _found(self, data: Mapping[str, Any]) -> Diagnostic:
        for each in self.analysis.diagnostics:
            span = each.span
            place = [span.start_line, span.start_column, span.end_line, span.end_column]
            if each.code == data.get("code") and place == data.get("span"):
                return each
        raise NotAppliedError("what it is about is no longer found")

    def _workspace_edit(self, edits: Sequence[Edit]) -> types.WorkspaceEdit:
        document = self.analysis.document
        changes = [types.TextEdit(self._range(edit.span), edit.replacement) for edit in edits]
        if not self.abilities.versions:
            return types.WorkspaceEdit(changes={document.uri: changes})
        identifier = types.OptionalVersionedTextDocumentIdentifier(
            uri=document.uri, version=document.version
        )
        return types.WorkspaceEdit(
            document_changes=[types.TextDocumentEdit(identifier, [*changes])]
        )

    def _range(self, span: Span) -> types.Range:
        return self.presenter.columns.range_of(self.analysis.document.lines, span)

    def _is_meant(
        self, found: Diagnostic, at: types.Range, context: types.CodeActionContext
    ) -> bool:
        """Whether the user points at the finding, or the client at what was sent of it."""
        if any(_touch(self._range(place), at) for place in found.all_places):
            return True
        place = self._range(found.span)
        return any(each.code == found.code and each.range == place for each in context.diagnostics)


def _touch(one: types.Range, other: types.Range) -> bool:
    return one.start <= other.end and other.start <= one.end


def _asks_for(context: types.CodeActionContext, kind: str) -> bool:
    if context.only is None:
        return True
    wanted = (getattr(only, "value", only) for only in context.only)
    return any(only in ("", kind) or kind.startswith(f"{only}.") for only in wanted)
