"""Every item of the checklist has a case in each suite, or a reason why it cannot."""

import re
from pathlib import Path

from . import jsforce_suite
from .checklist import ITEMS, NOT_IN_JSFORCE

PYTHON_CASE = re.compile(r"^def test_item_(\d\d)_", re.MULTILINE)


def python_items() -> set[int]:
    sources = Path(__file__).parent.glob("test_*.py")
    return {int(number) for source in sources for number in PYTHON_CASE.findall(source.read_text(encoding="utf-8"))}


def test_the_scope_is_the_checklist():
    assert set(ITEMS) == set(range(1, 63))


def test_every_item_has_a_simple_salesforce_case():
    assert python_items() == set(ITEMS)


def test_every_item_has_a_jsforce_case_or_a_reason():
    covered = set(jsforce_suite.cases().values())
    assert covered | set(NOT_IN_JSFORCE) == set(ITEMS)
    assert not covered & set(NOT_IN_JSFORCE)
    assert all(NOT_IN_JSFORCE.values())
