"""setup/test: every check, the quick ones first."""

import sys
import time
import traceback
from collections.abc import Callable

from . import environment, options, paths, stages_odoo, stages_pure
from .console import colour, say, table
from .outcome import Outcome
from .system import SetupError, end_on_signals


def main(arguments: list[str]) -> int:
    """Run stages; the exit code is 0 only if every case of every stage passed."""
    chosen = options.parse("test", arguments).stages
    end_on_signals()
    began = time.monotonic()
    try:
        results = _run_all(chosen)
    except KeyboardInterrupt:
        say("\nstopped")
        return 130
    return _report(results, time.monotonic() - began)


def _run_all(chosen: list[str]) -> dict[str, tuple[Outcome, float]]:
    results = {}
    quick = [name for name in chosen if name in options.FAST]
    for name in quick:
        results[name] = _timed(name, stages_pure.pure if name == "pure" else stages_pure.lint)
    rest = [name for name in chosen if name not in options.FAST]
    if rest:
        try:
            with environment.opened() as opened:
                _run_with_odoo(rest, opened, results)
        except SetupError as error:
            for name in rest:
                if name not in results:
                    results[name] = (_could_not_run(name, error), 0.0)
    return {name: results[name] for name in chosen}


def _run_with_odoo(chosen: list[str], opened: environment.Environment, results: dict) -> None:
    """Run stages that need servers, two at a time where they leave each other alone; chaos wants all to itself."""
    beside = [name for name in chosen if name in options.BESIDE]
    if beside and options.ASIDE in chosen:
        output = paths.LOCAL / "test" / f"{options.ASIDE}.log"
        output.parent.mkdir(parents=True, exist_ok=True)
        say(f"\n=== {options.ASIDE} goes on beside the next stages, into {output.relative_to(paths.ROOT)}")
        began = time.monotonic()
        with stages_pure.started(options.ASIDE, [f"tests/{options.ASIDE}"], output) as finish:
            for name in beside:
                results[name] = _timed(name, _stage(name, opened))

            def finished() -> Outcome:
                try:
                    return finish()
                finally:
                    say(output.read_text(errors="replace").rstrip())

            results[options.ASIDE] = _timed(options.ASIDE, finished, began)
    for name in chosen:
        if name not in results:
            results[name] = _timed(name, _stage(name, opened))


def _stage(name: str, opened: environment.Environment) -> Callable[[], Outcome]:
    if name in stages_odoo.STAGES:
        return lambda: stages_odoo.STAGES[name](opened)
    return lambda: stages_pure.pytest(name, [f"tests/{name}"])


def _timed(name: str, run: Callable[[], Outcome], began: float | None = None) -> tuple[Outcome, float]:
    say(f"\n=== {name}: {options.STAGES[name]}")
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


def _report(results: dict[str, tuple[Outcome, float]], seconds: float) -> int:
    problems = [f"{name}: {problem}" for name, (outcome, _) in results.items() for problem in outcome.problems]
    if problems:
        say("\nWhat is wrong:")
        say("\n".join(f"  {problem}" for problem in problems))
    rows = [[name, outcome.passed, outcome.failed, round(took)] for name, (outcome, took) in results.items()]
    say("\n" + table(["stage", "passed", "failed", "seconds"], rows))
    left_out = [name for name in options.STAGES if name not in results]
    if left_out:
        say(f"not asked for: {', '.join(left_out)}")
    passed = sum(outcome.passed for outcome, _ in results.values())
    failed = sum(outcome.failed for outcome, _ in results.values())
    say(f"\n{passed} passed, {failed} failed in {seconds / 60:.1f} minutes")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
