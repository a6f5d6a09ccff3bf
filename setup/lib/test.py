"""setup/test: every check, the quick ones first."""

import sys
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial

from . import lanes, lint, options, stages_pure
from .console import colour, say, table
from .outcome import Outcome
from .system import SetupError, end_on_signals
from .targets import TestTarget

Run = Callable[[threading.Event], Outcome]  # runs a stage; a long one ends when the event is set
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
    elif chosen:
        runs: dict[str, Run] = {"lint": lambda _stop: lint.run(at_once=1), "pure": partial(stages_pure.stage, "pure")}
        _run_in_lanes([["lint"], ["pure"]], [], runs, results)


def _run_with_odoo(chosen: list[str], files: list[TestTarget], update: bool, results: Results) -> None:
    # Imported here: the database driver is in place only where Odoo is, and the fast stages need neither.
    from . import chaos, environment, stages_odoo

    with environment.opened() as opened:
        if files:
            results["files in Odoo"] = _timed("files in Odoo", lambda: stages_odoo.files(opened, files, update))
        aside = len(chosen) > 1
        runs: dict[str, Run] = {name: partial(stages_pure.stage, name, aside=aside) for name in chosen}
        runs |= {name: partial(_to_the_end, partial(run, opened)) for name, run in stages_odoo.STAGES.items()}
        last = [name for name in options.CHAOS if name in chosen]
        if aside and chaos.has_room(opened):
            runs |= {name: partial(chaos.run, opened, name) for name in last}
            last = []
        listed = [[name for name in lane if name in chosen] for lane in options.LANES]
        _run_in_lanes(listed, [name for name in options.SHARED if name in chosen and name not in last], runs, results)
        _run_in_lanes([last], [], runs, results)


def _to_the_end(run: Callable[[], Outcome], _stop: threading.Event) -> Outcome:
    return run()


def _run_in_lanes(listed: list[list[str]], shared: list[str], runs: dict[str, Run], results: Results) -> None:
    def work(name: str) -> lanes.Work:
        def do(stop: threading.Event) -> None:
            results[name] = _timed(name, partial(runs[name], stop))

        return do

    lanes.run([[work(name) for name in lane] for lane in listed], [work(name) for name in shared])


def _timed(name: str, run: Callable[[], Outcome]) -> tuple[Outcome, float]:
    say(f"\n=== {name}: {options.STAGES.get(name, 'the tests that were named')}")
    started = time.monotonic()
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
