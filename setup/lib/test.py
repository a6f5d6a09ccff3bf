"""setup/test: every check, the quick ones first."""

import sys
import time
import traceback
from collections.abc import Callable, Sequence
from functools import partial

from . import lint, options, paths, stages_pure
from .console import colour, say, table
from .outcome import Outcome
from .system import SetupError, end_on_signals
from .targets import TestTarget

Results = dict[str, tuple[Outcome, float]]  # what a stage found and the seconds it took, by the stage's name


def main(arguments: list[str]) -> int:
    """Run stages; the exit code is 0 only if every case of every stage passed."""
    parsed = options.parse("test", arguments)
    end_on_signals()
    began = time.monotonic()
    try:
        results = _run_all(parsed.stages, parsed.files, parsed.update)
    except KeyboardInterrupt:
        say("\nstopped")
        return 130
    return _report(results, time.monotonic() - began)


def _run_all(chosen: list[str], files: list[TestTarget], update: bool) -> Results:
    results: Results = {}
    _run_fast([name for name in chosen if name in options.FAST], results)
    pure = [file.pytest_argument() for file in files if not file.needs_odoo]
    if pure:
        results["files"] = _timed("files", lambda: stages_pure.pytest("files", pure))
    rest = [name for name in chosen if name not in options.FAST]
    odoo_files = [file for file in files if file.needs_odoo]
    if rest or odoo_files:
        try:
            _run_with_odoo(rest, odoo_files, update, results)
        except SetupError as error:
            for name in [*rest, *(["files in Odoo"] if odoo_files else [])]:
                if name not in results:
                    results[name] = (_could_not_run(name, error), 0.0)
    return results


def _run_fast(chosen: list[str], results: Results) -> None:
    """Run the stages without servers; lint beside the pure tests, which leave one core to it."""
    if set(chosen) < set(options.FAST):
        for name in chosen:
            results[name] = _timed(name, stages_pure.pure if name == "pure" else lint.run)
        return
    if chosen:
        _run_beside("pure", stages_pure.PURE, {"lint": partial(lint.run, at_once=1)}, results)


def _run_with_odoo(chosen: list[str], files: list[TestTarget], update: bool, results: Results) -> None:
    # Imported here: the database driver is in place only where Odoo is, and the fast stages need neither.
    from . import environment, stages_odoo

    with environment.opened() as opened:
        if files:
            results["files in Odoo"] = _timed("files in Odoo", lambda: stages_odoo.files(opened, files, update))
        runs: dict[str, Callable[[], Outcome]] = {
            name: partial(stages_odoo.STAGES[name], opened)
            if name in stages_odoo.STAGES
            else partial(stages_pure.pytest, name, [f"tests/{name}"])
            for name in chosen
        }
        _run_stages(runs, results)


def _run_stages(runs: dict[str, Callable[[], Outcome]], results: Results) -> None:
    """Run stages that need servers, two at a time where they do not disturb each other; chaos runs alone."""
    beside = {name: run for name, run in runs.items() if name in options.BESIDE}
    if beside and options.ASIDE in runs:
        _run_beside(options.ASIDE, [f"tests/{options.ASIDE}"], beside, results)
    for name, run in runs.items():
        if name not in results:
            results[name] = _timed(name, run)


def _run_beside(name: str, folders: Sequence[str], others: dict[str, Callable[[], Outcome]], results: Results) -> None:
    """Run the tests of folders as the stage ``name`` while ``others`` run in turn; print its output last."""
    output = paths.LOCAL / "test" / f"{name}.log"
    output.parent.mkdir(parents=True, exist_ok=True)
    say(f"\n=== {name} runs beside {', '.join(others)}, into {output.relative_to(paths.ROOT)}")
    began = time.monotonic()
    with stages_pure.started(name, folders, output) as finish:
        for other, run in others.items():
            results[other] = _timed(other, run)

        def finished() -> Outcome:
            try:
                return finish()
            finally:
                say(output.read_text(errors="replace").rstrip())

        results[name] = _timed(name, finished, began)


def _timed(name: str, run: Callable[[], Outcome], began: float | None = None) -> tuple[Outcome, float]:
    say(f"\n=== {name}: {options.STAGES.get(name, 'the tests that were named')}")
    started = began or time.monotonic()
    try:
        outcome = run()
    except SetupError as error:
        outcome = _could_not_run(name, error)
    except Exception:  # a stage that breaks counts as failed, and the others still run
        outcome = _could_not_run(name, traceback.format_exc())
    seconds = time.monotonic() - started
    say(f"=== {name}: {outcome.passed} passed, {outcome.failed} failed in {seconds:.0f} s")
    return outcome, seconds


def _could_not_run(name: str, error: object) -> Outcome:
    outcome = Outcome()
    outcome.check(name, f"could not run: {error}")
    say(colour(outcome.problems[0], "31"))
    return outcome


def _report(results: Results, seconds: float) -> int:
    problems = [f"{name}: {problem}" for name, (outcome, _) in results.items() for problem in outcome.problems]
    if problems:
        say("\nWhat is wrong:")
        say("\n".join(f"  {problem}" for problem in problems))
    order = [
        *(name for name in options.STAGES if name in results),
        *(name for name in results if name not in options.STAGES),
    ]
    rows = [[name, results[name][0].passed, results[name][0].failed, round(results[name][1])] for name in order]
    say("\n" + table(["stage", "passed", "failed", "seconds"], rows))
    left_out = [name for name in options.STAGES if name not in results]
    if left_out and len(left_out) < len(options.STAGES):
        say(f"not asked for: {', '.join(left_out)}")
    passed = sum(outcome.passed for outcome, _ in results.values())
    failed = sum(outcome.failed for outcome, _ in results.values())
    took = f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.1f} minutes"
    say(f"\n{passed} passed, {failed} failed in {took}")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
