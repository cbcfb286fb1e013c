"""Reports for programs: the one place that knows every format."""

from __future__ import annotations

from collections.abc import Iterator

from bclint.engine.tasks import Report
from bclint.report.project import Project


def lines_of(output_format: str, report: Report, project: Project) -> Iterator[str]:
    """Yield `report` line by line in one of the formats for programs; each loads only itself."""
    match output_format:
        case "json":
            from bclint.report.formats.json import to_json

            yield to_json(report)
        case "sarif":
            from bclint.report.formats.sarif import to_sarif

            yield to_sarif(report, project)
        case "gitlab":
            from bclint.report.formats.gitlab import to_gitlab

            yield to_gitlab(report, project)
        case "junit":
            from bclint.report.formats.junit import to_junit

            yield to_junit(report)
        case "github":
            from bclint.report.formats.github import commands

            yield from commands(report, project)
        case _:
            from bclint.report.formats.pylint import parseable

            yield from parseable(report)
