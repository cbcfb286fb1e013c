"""Many files to one report: each task is checked on its own, so that batches can be shared out."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bclint.bytecode.decode import KEEPS_COLUMNS
from bclint.bytecode.pyc import cached_code
from bclint.diagnostics import Diagnostic
from bclint.engine.baseline import Entry, gone, without_known
from bclint.engine.collector import collector_paused
from bclint.engine.file_state import state_of
from bclint.engine.fingerprints import identified
from bclint.engine.function import FunctionView
from bclint.engine.interrupts import without_interrupts
from bclint.engine.linter import FileError, FileReport, lint
from bclint.engine.suppression import skips_file, unsuppressed
from bclint.engine.tasks import Executor, FileResult, Plan, Report, Task, Watch
from bclint.engine.unused_suppression.removal import remove_unused
from bclint.engine.unused_suppression.rule import names_codes, unused
from bclint.engine.weigh import pays, scales_for
from bclint.evidence.records import MAIN_PAIR
from bclint.rule import Rule
from bclint.source import SourceError, SourceFile

if TYPE_CHECKING:  # this loads LibCST
    from bclint.fix.propose import FixProblem


def in_turn(tasks: Sequence[Task], plan: Plan) -> Generator[tuple[int, FileResult]]:
    """Examine one task after the other in this process."""
    for index, task in enumerate(tasks):
        yield index, examine(task, plan)


def run(
    tasks: Iterable[Task],
    plan: Plan,
    errors: Sequence[FileError] = (),
    *,
    executor: Executor = in_turn,
    watch: Watch | None = None,
) -> Report:
    """Check every task; no task can stop the others. What was fixed is written here alone."""
    tasks = tuple(tasks)
    results: dict[int, FileResult] = {}
    with closing(executor(tasks, plan)) as examined:
        for index, result in examined:
            results[index] = settle(result, tasks[index], plan)
            if watch:
                watch(len(results), len(tasks))
    return Report(tuple(results[index] for index in range(len(tasks))), tuple(errors), plan)


def check(task: Task, plan: Plan) -> FileResult:
    """Check one file as `plan` says. Raises nothing for what the file holds."""
    return settle(examine(task, plan), task, plan)


def examine(task: Task, plan: Plan) -> FileResult:
    """Check one file, and fix it without writing: a worker that ends leaves nothing half done."""
    try:
        if task.data is None:
            source = SourceFile.read(task.path)
        else:
            source = SourceFile(task.path, task.data)
    except Exception as error:
        return failed(task, error)
    try:
        with collector_paused():
            result = _check_source(source, task, plan)
    except Exception as error:
        result = failed(task, error)
    if plan.tell_state and source.status is not None:
        return replace(result, state=state_of(source.status, source.data))
    return result


def settle(result: FileResult, task: Task, plan: Plan) -> FileResult:
    """Write what `examine` fixed, where it is to be written."""
    if task.data is not None:
        # Whoever handed the text in may want it back, fixed or not.
        result = replace(result, source=result.source or SourceFile(task.path, task.data))
    if not plan.write or result.original is None or result.source is None:
        return result
    try:
        _write(result.original, result.source)
    except Exception as error:
        found = _find(result.original, task, replace(plan, propose=False))
        failure = _crash(task.path, "cannot be fixed", error)
        return replace(found, errors=(*found.errors, failure))
    return result


def _check_source(source: SourceFile, task: Task, plan: Plan) -> FileResult:
    if not task.rules or skips_file(source):
        return FileResult(task.path, gone=_gone(task, ()))
    if not KEEPS_COLUMNS:
        # Without exact ranges nothing can be changed for sure.
        return _find(source, task, replace(plan, propose=False))
    return _fix(source, task, plan) if plan.fix else _find(source, task, plan)


def failed(task: Task, error: Exception) -> FileResult:
    """What comes of a task that `error` stopped."""
    if isinstance(error, SourceError):
        failure = FileError(
            error.path, error.line, error.column, error.message, lasting=error.lasting
        )
    else:  # a mistake of ours, which is not to cost the other files
        failure = _crash(task.path, "cannot be checked", error)
    return FileResult(task.path, errors=(failure,))


def _find(source: SourceFile, task: Task, plan: Plan) -> FileResult:
    code = cached_code(source) if plan.use_pyc and not plan.interpreters else None
    module = FunctionView(code) if code else None
    report = _lint(task, plan, source, task.rules, module)
    if module is not None:
        module.release()
    unneeded = _unused(source, task, plan)
    if not plan.propose:
        unneeded = tuple(replace(each, fix=None) for each in unneeded)
    counting = [*_counting(task, source, report.diagnostics), *unneeded]
    found = tuple(sorted(counting, key=_order))
    if plan.identify or task.known:
        found = identified(source, found)
    diagnostics, errors = without_known(found, task.known or ()), report.errors
    if plan.propose and diagnostics:
        diagnostics, more = _propose(source, diagnostics, task.rules)
        errors += more
    return FileResult(
        task.path,
        diagnostics,
        errors,
        source if diagnostics else None,
        gone=() if errors else _gone(task, found),
        accepted=len(found) - len(diagnostics),
        unmeasured=_unmeasured(task, report.diagnostics),
    )


def _lint(
    task: Task,
    plan: Plan,
    source: SourceFile,
    rules: Sequence[Rule],
    module: FunctionView | None = None,
) -> FileReport:
    """Check `source` in the interpreters that `plan` names, else in this one."""
    if not plan.interpreters:
        return lint(source, rules, scales_for(task.targets), task.min_gain, module)
    from bclint.engine.interpreters import lint_in

    return lint_in(plan.interpreters, source, rules, task.targets, any_python=plan.any_python)


def _unused(source: SourceFile, task: Task, plan: Plan) -> tuple[Diagnostic, ...]:
    """The comments that silence nothing, where it is certain that nothing was overlooked."""
    if not KEEPS_COLUMNS or not names_codes(source, task.rules):
        return ()
    # What gains little needs its comment too, and what one of several interpreters finds.
    everything = replace(task, min_gain=0.0), replace(plan, any_python=True)
    report = _lint(*everything, source, task.rules)
    return () if report.errors else unused(source, report.diagnostics, task.rules)


def _unmeasured(task: Task, diagnostics: Sequence[Diagnostic]) -> tuple[str, ...]:
    """The rules of findings without any evidence; a form that is in doubt is silent on purpose."""
    lacking = {
        diagnostic.code
        for diagnostic in diagnostics
        if not all(saving.is_measured for saving in diagnostic.savings)
    }
    scales = scales_for(task.targets)
    return tuple(
        rule.code
        for rule in task.rules
        if rule.code in lacking
        and not all(scales.evidence(rule).of(MAIN_PAIR, target) for target in task.targets)
    )


def _gone(task: Task, found: Sequence[Diagnostic]) -> tuple[Entry, ...]:
    return gone(task.known or (), found, {rule.code for rule in task.rules})


def _counting(
    task: Task, source: SourceFile, diagnostics: Sequence[Diagnostic]
) -> Sequence[Diagnostic]:
    """The findings that pay enough and that no comment suppresses."""
    return unsuppressed(source, [found for found in diagnostics if pays(found, task.min_gain)])


def _wanted(
    task: Task, source: SourceFile, diagnostics: Sequence[Diagnostic]
) -> Sequence[Diagnostic]:
    """Those of them that are not in the baseline: what may be fixed."""
    found = _counting(task, source, diagnostics)
    if not task.known:
        return found
    return without_known(identified(source, sorted(found, key=_order)), task.known)


def _order(diagnostic: Diagnostic) -> tuple[object, ...]:
    return diagnostic.span, diagnostic.code


def _propose(
    source: SourceFile, diagnostics: tuple[Diagnostic, ...], rules: tuple[Rule, ...]
) -> tuple[tuple[Diagnostic, ...], tuple[FileError, ...]]:
    """`diagnostics` with their fixes; as they are where LibCST is not installed."""
    try:
        from bclint.fix.propose import propose

        problems: list[FixProblem] = []
        proposed = tuple(propose(source, diagnostics, rules, problems))
        return proposed, _crashes(problems)
    except Exception as error:
        if _is_missing_library(error):
            return diagnostics, ()
        return diagnostics, (_crash(source.path, "fixes cannot be proposed", error),)


def _fix(source: SourceFile, task: Task, plan: Plan) -> FileResult:
    try:
        from bclint.engine.fixing import apply_fixes

        select = partial(_wanted, task)
        linter = partial(_lint, task, plan)
        outcome = apply_fixes(source, task.rules, unsafe=plan.unsafe, select=select, lint=linter)
        fixed, removed = _without_unused(outcome.source, task, plan)
    except SourceError:
        raise
    except Exception as error:
        result = _find(source, task, replace(plan, propose=False))
        if _is_missing_library(error):
            message = "cannot be fixed: LibCST is not installed"
            failure = FileError(source.path, 0, 0, message)
        else:
            failure = _crash(source.path, "cannot be fixed", error)
        return replace(result, errors=(*result.errors, failure))
    result = _find(fixed, task, plan) if plan.recheck else FileResult(task.path)
    # Proposing fails as fixing did: each crash is told once.
    errors = dict.fromkeys((*result.errors, *_crashes(outcome.problems)))
    return replace(
        result,
        errors=tuple(errors),
        source=fixed,
        original=source if fixed.data != source.data else None,
        applied=(*outcome.applied, *removed),
        rejected=tuple(outcome.rejected),
    )


def _without_unused(
    source: SourceFile, task: Task, plan: Plan
) -> tuple[SourceFile, tuple[Diagnostic, ...]]:
    """`source` without the comments that silence nothing, and what was said of them."""
    found = _unused(source, task, plan)
    if task.known:
        found = without_known(identified(source, sorted(found, key=_order)), task.known)
    return remove_unused(source, found)


def _crashes(problems: Iterable[FixProblem]) -> tuple[FileError, ...]:
    # What LibCST cannot read has no fix, and the finding stands all the same.
    return tuple(
        FileError(problem.path, problem.line, 1, problem.message)
        for problem in problems
        if problem.crash
    )


def _write(old: SourceFile, new: SourceFile) -> None:
    from bclint.fix.write import replace_file

    with without_interrupts():
        replace_file(old.path, old.data, new.data)


def _is_missing_library(error: Exception) -> bool:
    return isinstance(error, ModuleNotFoundError) and error.name == "libcst"


def _crash(path: str, what: str, error: Exception) -> FileError:
    name = type(error).__name__
    reason = str(error) if name == "FixError" else f"{name}: {error}"
    return FileError(path, 0, 0, f"{what}: {' '.join(reason.split())}")
