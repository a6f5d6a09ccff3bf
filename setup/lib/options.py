"""The options of the commands. Standard library only: help and mistakes come before anything is installed."""

import argparse
import ast
from collections.abc import Sequence
from pathlib import Path

from . import checks, paths, targets

BENCHMARKS = paths.ROOT / "tests" / "benchmarks"
# the stages of setup/test in the order in which they run
STAGES = {
    "pure": "pure Python: domain, client, simulator",
    "lint": "style, layering, Odoo's and the house's rules",
    "addons": "the addons' tests on a template database; uninstalling",
    "contract": "the simulator against clients that other projects wrote",
    "browser": "tours of the screens in a browser",
    "end_to_end": "the whole stack on real input",
    "chaos": "workers killed in the middle of their work",
    "kills": "the same while people edit on both sides",
}
FAST = ("pure", "lint")  # need no Odoo
PURE_BENCHMARKS = ("identity",)  # nor do these
# Side by side: what waits for servers half of its time, and what does not; who is done first takes of what is shared.
LANES = (("addons",), ("end_to_end",))
SHARED = ("kills", "chaos", "browser", "contract")
CHAOS = ("chaos", "kills")  # kill PostgreSQL too


def parse(command: str, arguments: Sequence[str]) -> argparse.Namespace:
    """Options of one command; leaves the program on --help and on mistakes, as argparse does."""
    return {"run": _run, "test": _test, "bench": _bench, "lint": _lint, "translate": _translate}[command](arguments)


def benchmarks() -> list[str]:
    """Names of the benchmarks that exist."""
    return sorted(path.stem.removeprefix("bench_") for path in BENCHMARKS.glob("bench_*.py"))


def benchmark_parts(name: str) -> tuple[str, ...]:
    """Names of the parts that a benchmark lets run alone: its literal ``PARTS``; read, as nothing is installed yet."""
    for node in ast.parse((BENCHMARKS / f"bench_{name}.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["PARTS"]:
            return tuple(ast.literal_eval(node.value))
    return ()


def _run(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="setup/run",
        description="Starts PostgreSQL, a simulated Salesforce org and Odoo, loads the org's customers into Odoo once, "
        "and stays up until Ctrl-C. Everything it needs is put under .local/ first.",
    )
    add = parser.add_argument
    add("--once", action="store_true", help="stop after the table; exit code 0 only if all is well")
    text = "load this org export (sObject-tree JSON, plans, CSV), not the generated retailer; may be given again"
    add("--data", action="append", type=Path, default=[], metavar="DIR", help=text)
    add("--reset", action="store_true", help="drop the demo's database and load again")
    add("--port", type=int, help="port of Odoo on 127.0.0.1 (8069, or a free one)")
    add("--accounts", type=int, default=2000, help="size of the generated retailer (2000)")
    add("--contacts", type=int, help="contacts of the generated retailer (1.5 for each account)")
    add("--orders", type=int, default=300, help="orders in all states that the shop makes once it is up (300)")
    add("--workers", type=int, default=2, help="Odoo's HTTP workers, which also run the jobs (2)")
    options = parser.parse_args(arguments)
    for folder in options.data:
        if not folder.is_dir():
            parser.error(f"--data {folder}: no such folder")
        if not any(path.suffix.lower() in (".json", ".csv") for path in folder.rglob("*")):
            parser.error(f"--data {folder}: no .json or .csv file in it")
    options.data = [folder.resolve() for folder in options.data]  # the command goes on in the repository's folder
    if options.contacts is None:
        options.contacts = options.accounts * 3 // 2
    if min(options.accounts, options.contacts, options.workers) < 1:
        parser.error("--accounts, --contacts and --workers must be 1 or more")
    if options.orders < 0:
        parser.error("--orders must be 0 or more")
    return options


def _test(arguments: Sequence[str]) -> argparse.Namespace:
    listed = "\n".join(f"  {name:12} {what}" for name, what in STAGES.items())
    parser = argparse.ArgumentParser(
        prog="setup/test",
        description=f"Runs every check, the quick ones first:\n{listed}\n  {'fast':12} pure and lint: no Odoo needed\n"
        "From addons on, two run side by side: end_to_end and addons, then the others.\n\n"
        "A path runs the tests of that file or folder alone; ::Class::method may follow the path of a file.\n"
        "Tests inside Odoo run on a database that is kept and updated only when the addons' data or fields changed.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("stages", nargs="*", metavar="STAGE | PATH", help="all stages by default")
    parser.add_argument("--update", action="store_true", help="update the kept database of the tests inside Odoo first")
    options = parser.parse_args(arguments)
    words = [word for word in options.stages if word not in {*STAGES, "fast"}]
    try:
        options.files = [targets.target(word) for word in words]
    except targets.UnknownTarget as error:
        parser.error(f"{error}; the stages are: {', '.join(STAGES)}, fast")
    wanted = set(options.stages) - set(words)
    if not options.stages:
        wanted = set(STAGES)
    options.stages = [name for name in STAGES if name in wanted or ("fast" in wanted and name in FAST)]
    return options


def _bench(arguments: Sequence[str]) -> argparse.Namespace:
    names = benchmarks()
    parser = argparse.ArgumentParser(
        prog="setup/bench", description="Runs benchmarks, prints what they measured and writes .local/bench/NAME.json."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all by default; there are: {', '.join(names)}")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the usual number of records (1)")
    divided = {name: parts for name in names if (parts := benchmark_parts(name))}
    listed = "; ".join(f"{name}: {', '.join(parts)}" for name, parts in divided.items())
    text = f"run this part of one benchmark alone; may be given again ({listed})"
    parser.add_argument("--part", action="append", default=[], metavar="PART", dest="parts", help=text)
    text = "identity only: decide the records of this folder (records.csv, and truth.csv for figures) instead"
    parser.add_argument("--data", type=Path, metavar="DIR", help=text)
    text = "with --data: write one row for each arriving record to this CSV file (identity.csv)"
    parser.add_argument("--out", type=Path, metavar="FILE", help=text)
    text = "with --data: find duplicates among all records; the scored pairs are written beside FILE"
    parser.add_argument("--dedupe", action="store_true", help=text)
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.names) - set(names))
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are: {', '.join(names)}")
    if options.parts and len(options.names) != 1:
        parser.error(f"--part {', '.join(options.parts)}: goes with the name of one benchmark")
    for part in options.parts:
        if part not in (known := divided.get(options.names[0], ())):
            parser.error(f"--part {part}: {options.names[0]} has the parts: {', '.join(known) or 'none'}")
    if options.data:
        if options.names != ["identity"]:
            parser.error(f"--data {options.data}: goes with the benchmark identity alone")
        if not (options.data / "records.csv").is_file():
            parser.error(f"--data {options.data}: no records.csv in it")
        options.data = options.data.resolve()  # the command goes on in the repository's folder
        options.out = (options.out or Path("identity.csv")).resolve()
    elif options.out or options.dedupe:
        parser.error("--out and --dedupe go with --data")
    options.names = options.names or names
    return options


def _lint(arguments: Sequence[str]) -> argparse.Namespace:
    known = {check.name: check.about for check in checks.checks()}
    listed = "\n".join(f"  {name:24} {about}" for name, about in known.items())
    parser = argparse.ArgumentParser(
        prog="setup/lint",
        description=f"Runs the checks that need no tests and no Odoo:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("checks", nargs="*", metavar="CHECK", help="all by default")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.checks) - set(known))
    if unknown:
        parser.error(f"no check {', '.join(unknown)}; there are: {', '.join(known)}")
    return options


def _translate(arguments: Sequence[str]) -> argparse.Namespace:
    return argparse.ArgumentParser(
        prog="setup/translate",
        description="Extracts the texts of the addons into i18n/ADDON.pot, gives each i18n/LANGUAGE.po the texts that "
        "are new, drops those that are gone, and says how many have no translation yet.",
    ).parse_args(arguments)


def needs_odoo(command: str, parsed: argparse.Namespace) -> bool:
    """Whether something that was asked for starts a server."""
    if command == "test":
        return not set(parsed.stages) <= set(FAST) or any(file.needs_odoo for file in parsed.files)
    if command == "lint":
        return False
    return command != "bench" or not set(parsed.names) <= set(PURE_BENCHMARKS)
