"""The plugin of python-lsp-server: bclint's findings beside those of its other linters."""

from dataclasses import astuple
from typing import Any

from pylsp import hookimpl

from bclint.diagnostics import Diagnostic
from bclint.engine.registry import load_rules
from bclint.engine.runner import check
from bclint.engine.tasks import Plan, Task
from bclint.frontends.lsp.configuration import Configuration
from bclint.frontends.lsp.severity import severity
from bclint.source import SourceFile


@hookimpl
def pylsp_lint(workspace: Any, document: Any) -> list[dict[str, Any]]:
    """Return the findings of `document`, with the settings of its project."""
    scope = Configuration(load_rules(), workspace.show_message).scope_of(document.path)
    source = SourceFile.of_text(document.path, document.source)
    task = Task(document.path, scope.rules, source.data, scope.min_gain, scope.targets)
    return [_shown(source, each) for each in check(task, Plan(use_pyc=False)).diagnostics]


def _shown(source: SourceFile, each: Diagnostic) -> dict[str, Any]:
    line, column, last, end = astuple(each.span)
    start = {"line": line - 1, "character": source.column_to_utf16(line, column)}
    stop = {"line": last - 1, "character": source.column_to_utf16(last, end)}
    about = {"source": "bclint", "code": each.code, "message": each.message}
    return {**about, "range": {"start": start, "end": stop}, "severity": severity(each.gain)}
