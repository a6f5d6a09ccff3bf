"""Every item of the contract sheet's simulator checklist has a case."""

import re
from pathlib import Path

CASE = re.compile(r"^def test_zendesk_(\d\d)_", re.MULTILINE)


def test_every_item_of_the_zendesk_checklist_has_a_case():
    sources = Path(__file__).parent.glob("test_zendesk_*.py")
    found = {int(number) for source in sources for number in CASE.findall(source.read_text(encoding="utf-8"))}
    assert found == set(range(1, 47))
