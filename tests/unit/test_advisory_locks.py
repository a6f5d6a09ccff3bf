"""Advisory locks of the database share one space of numbers: what has the same number keeps the other away."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ("retail_sync", "retail_sync_salesforce")


def lock_numbers() -> dict[int, list[str]]:
    """Return {number: places} of the constants of the addons that are named as numbers of locks."""
    found = defaultdict(list)
    for addon in ADDONS:
        for path in sorted((ROOT / addon).rglob("*.py")):
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                    names = [target.id for target in node.targets if isinstance(target, ast.Name)]
                    number = node.value.value
                    if type(number) is int and any(name.split("_")[-1] in ("LOCK", "SPACE") for name in names):
                        found[number].append(f"{path.relative_to(ROOT)}: {names[0]}")
    return found


def test_the_locks_are_found():
    """Without this, a renamed constant would leave nothing to compare."""
    assert sum(map(len, lock_numbers().values())) >= 8


def test_no_two_locks_share_a_number():
    """The figures of the overview stood still while a mass change was routed, as both had the same number."""
    shared = {number: places for number, places in lock_numbers().items() if len(places) > 1}

    assert not shared
