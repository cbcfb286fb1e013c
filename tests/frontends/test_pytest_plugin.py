"""The plugin in real runs of pytest, and what it costs those who do not use it."""

from __future__ import annotations

import pytest

SLOW = """\
import math

def roots(xs):
    for x in xs:
        math.sqrt(x)
"""
FOUND = "BCL102 `math.sqrt` is looked up on every iteration"
Pytester = pytest.Pytester


@pytest.fixture(autouse=True)
def _inside(pytester: Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of its own, without the outer run's options."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


def run(pytester: Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess("--strict-markers", "-p", "no:cacheprovider", *arguments)


def test_files_are_tests(pytester: Pytester) -> None:
    pytester.makepyfile(slow=SLOW, clean="x = 1\n", broken="def f(:\n")
    pytester.makefile(".txt", notes=SLOW)
    result = run(pytester, "--bclint")
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "broken.py:1:7: error: SyntaxError: invalid syntax",
            f"slow.py:5:9: {FOUND}",
            "  |",
            "4 |     for x in xs:",
            "5 |         math.sqrt(x)",
            "  |         ^^^^^^^^^",
            "help: bind `math.sqrt` before the loop",
            "FAILED slow.py::bclint*",
        ]
    )
    assert "Traceback" not in result.stdout.str()


def test_they_are_selected_as_other_tests_are(pytester: Pytester) -> None:
    pytester.makepyfile(slow=SLOW, clean="x = 1\n", test_other="def test_it(): pass\n")
    run(pytester, "--bclint", "-m", "bclint", "--deselect=slow.py::bclint").assert_outcomes(
        passed=2, deselected=2
    )
    run(pytester, "--bclint", "slow.py::bclint").assert_outcomes(failed=1)


def test_without_the_option_there_are_none(pytester: Pytester) -> None:
    pytester.makepyfile(slow=SLOW, test_other="def test_it(): pass\n")
    run(pytester).assert_outcomes(passed=1)


def test_settings_hold(pytester: Pytester) -> None:
    files = ("slow.py", "generated/slow.py", "ignored/slow.py", "vendor/slow.py", "skip.py")
    for name in files:
        path = pytester.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(SLOW)
    (pytester.path / "skip.py").write_text(f"# bclint: skip-file\n{SLOW}")
    (pytester.path / ".gitignore").write_text("ignored\n")
    pytester.makepyprojecttoml(
        '[tool.bclint]\nextend-exclude = ["generated"]\noutput-format = "concise"\n'
        '[tool.bclint.per-file-ignores]\nvendor = ["BCL102"]\n'
    )
    result = run(pytester, "--bclint")
    result.assert_outcomes(failed=1, passed=2)
    result.stdout.fnmatch_lines([f"slow.py:5:9: {FOUND}"])
    result.stdout.no_fnmatch_line("help: *")
    # What is named outright is checked, here as there.
    run(pytester, "--bclint", "generated", "ignored/slow.py").assert_outcomes(failed=2)


def test_settings_that_cannot_be_used_are_one_line(pytester: Pytester) -> None:
    below = pytester.path / "below"
    below.mkdir()
    (below / "pyproject.toml").write_text("[tool.bclint]\nselct = 1\n")
    (below / "slow.py").write_text(SLOW)
    pytester.makepyfile(clean="x = 1\n")
    result = run(pytester, "--bclint")
    line = "below/pyproject.toml:2:1: `tool.bclint` has no key `selct`; did you mean `select`?"
    result.stdout.fnmatch_lines([f"bclint: {line}"])
    result.assert_outcomes(errors=1)
    (below / "pyproject.toml").rename(pytester.path / "pyproject.toml")
    result = run(pytester, "--bclint")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: bclint: {line.removeprefix('below/')}"])


def test_a_marked_test_fails_where_its_functions_are_slow(pytester: Pytester) -> None:
    pytester.makepyfile(
        slow=SLOW,
        test_slow="""
        import pytest, slow

        @pytest.mark.bclint(functions=[slow.roots])
        def test_all(): raise SystemExit("runs in spite of the marker")

        @pytest.mark.bclint(functions=[slow.roots], select=["BCL2"])
        def test_others(): pass

        @pytest.mark.bclint(functions=[slow.roots], select=["BCL2"], at_most=2)
        def test_cost(): pass

        @pytest.mark.bclint(functions=[slow.roots], select=["BCL2"], at_most=1000)
        def test_low_cost(): pass
        """,
    )
    result = run(pytester)
    result.assert_outcomes(failed=2, passed=2)
    result.stdout.fnmatch_lines(
        [
            "*_ test_all _*",
            "`roots` is not clean: 1 finding",
            f"slow.py:5:9: {FOUND}",
            "bytecode of line 5:",
            "     5  LOAD_GLOBAL *math*",
            "*_ test_cost _*",
            "slow.py:4:*: an iteration of the loop in `roots` costs *, more than 2 ns",
            "      ns   line  instruction",
            "*    5  LOAD_GLOBAL *math*",
        ]
    )
    assert "Traceback" not in result.stdout.str()


def test_without_functions_the_test_itself_must_be_clean(pytester: Pytester) -> None:
    pytester.makepyfile(
        test_own="""
        import math, pytest

        pytestmark = pytest.mark.bclint

        def test_slow(request):
            for x in request.config.args:
                math.sqrt(len(x))

        class TestGroup:
            def test_clean(self):
                assert math.sqrt(4) == 2
        """
    )
    result = run(pytester)
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines([f"test_own.py:7:9: {FOUND}"])


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ("slect=[]", "the marker `bclint` has no option `slect`; did you mean `select`?"),
        ("1, 2", "the marker `bclint` takes options by name only, such as functions=[...]"),
        ("functions=len", "the marker `bclint`: `functions` must be a list of functions, not *"),
        ("functions=[len]", "the marker `bclint`: <built-in function len> is no function, *"),
        ("select=['BCL10x']", "the marker `bclint`: no rule is called `BCL10x`; did you mean *"),
        ("select='BCL1'", "the marker `bclint`: `select` must be a list of rules *, not 'BCL1'"),
        ("at_most='1'", "the marker `bclint`: `at_most` must be a number of nanoseconds *'1'"),
    ],
)
def test_options_that_cannot_be_used_are_one_line(
    pytester: Pytester, options: str, line: str
) -> None:
    pytester.makepyfile(f"import pytest\n\n@pytest.mark.bclint({options})\ndef test_it(): pass\n")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*_ test_it _*", line.replace("[", "[[]"), "*short test summary*"])


def test_workers_of_xdist_share_the_files(pytester: Pytester) -> None:
    slow = {f"slow{number}": SLOW for number in range(3)}
    pytester.makepyfile(
        **slow,
        test_slow="""
        import pytest, slow0

        @pytest.mark.bclint(functions=[slow0.roots])
        def test_it(): pass
        """,
    )
    result = pytester.runpytest_subprocess("--bclint", "-n", "2", "-p", "no:cacheprovider")
    result.assert_outcomes(failed=4, passed=1)
    result.stdout.fnmatch_lines_random([f"slow{number}.py:5:9: {FOUND}" for number in range(3)])


def test_who_does_not_use_it_loads_next_to_nothing(pytester: Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_loaded(request):
            assert request.config.pluginmanager.has_plugin("bclint")
            assert {name for name in sys.modules if name.startswith(("bclint", "libcst"))} == {
                "bclint", "bclint.frontends", "bclint.frontends.pytest_plugin"
            }
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_the_marker_and_the_option_are_in_the_help(pytester: Pytester) -> None:
    run(pytester, "--markers").stdout.fnmatch_lines(["@pytest.mark.bclint(functions, *"])
    run(pytester, "--help").stdout.fnmatch_lines(["performance linting:", "  --bclint *"])
