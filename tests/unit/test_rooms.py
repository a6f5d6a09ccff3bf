"""The rooms of the engine: which room may use which, what each may name, and how long a file may be.

``setup/measure`` prints the same findings with figures; CONTRIBUTING says where code goes.
"""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from setup.lib.structure import neutral, words
from setup.lib.structure.arrows import draw, unused_permits
from setup.lib.structure.figures import HARD_LIMIT, figures
from setup.lib.structure.floors import FLOORS, floor_of
from setup.lib.structure.references import CALLS
from setup.lib.structure.report import reference
from setup.lib.structure.rooms import by_floor
from setup.lib.structure.source import production, read

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def sources():
    return read(ROOT)


@pytest.fixture(scope="module")
def code(sources):
    return production(sources)


@pytest.fixture(scope="module")
def drawing(code):
    return draw(code, by_floor)


def listed(lines):
    """Return findings as one text each, which a failure shows in full."""
    return [f"{item.path}:{item.line}: {item.text}" for item in lines]


def test_every_room_has_a_floor_and_every_floor_a_room(drawing):
    assert drawing.without_floor == []
    assert sorted(set(FLOORS) - set(drawing.rooms)) == []


def test_no_call_runs_up(drawing):
    assert [reference(item) for item in drawing.upward if item.kind in (*CALLS, "queued")] == []


def test_no_room_names_the_data_of_a_higher_one(drawing):
    assert [reference(item) for item in drawing.upward if item.kind not in (*CALLS, "queued")] == []


def test_no_exception_is_listed_that_nothing_uses(drawing):
    assert unused_permits(drawing) == []


def test_rooms_form_no_circle(drawing):
    assert drawing.room_circles == []


def test_files_form_circles_inside_one_room_only(drawing):
    assert [circle.files for circle in drawing.file_circles if len(circle.rooms) > 1] == []


def test_rooms_are_loaded_in_the_order_of_their_floors():
    tree = ast.parse((ROOT / "retail_sync" / "models" / "__init__.py").read_text())
    rooms = [imported.name for node in tree.body if isinstance(node, ast.ImportFrom) for imported in node.names]
    floors = [floor_of(f"models/{room}") for room in rooms]

    assert [room for room, floor in zip(rooms, floors, strict=True) if floor is None] == []
    assert floors == sorted(floors)


def test_adapters_import_only_what_is_public(code):
    assert listed(neutral.private_imports(code)) == []


def test_plain_python_imports_no_odoo(code):
    assert listed(neutral.impure_imports(code)) == []


def test_the_engine_names_no_platform():
    assert listed(neutral.platform_names(ROOT)) == []


def test_only_rooms_about_customers_name_partners(code):
    assert listed(neutral.partner_names(code, by_floor)) == []


def test_only_rooms_about_customers_speak_of_addresses_and_parents(code):
    assert listed(neutral.customer_words(code, by_floor)) == []


def test_no_file_is_past_the_hard_limit(sources):
    measured = [source for source in sources if not source.name.startswith("test_")]

    assert figures(measured).past_hard == [], f"the limit is {HARD_LIMIT} lines"


def test_names_and_texts_keep_to_the_glossary(sources):
    found = words.findings(words.texts(ROOT, sources))

    assert [f"{item.path}:{item.line}: {item.word} -> {item.say} ({item.scope})" for item in found] == []


def test_files_named_by_the_architecture_page_exist():
    text = (ROOT / "docs" / "architecture.md").read_text()
    named = set(re.findall(r"`([\w./-]+\.(?:py|md|json|xml))`", text))
    folders = ("", "retail_sync", "retail_sync/models", "retail_sync_salesforce")
    assert len(named) > 30
    assert sorted(name for name in named if not any((ROOT / folder / name).exists() for folder in folders)) == []


def test_every_test_file_of_an_addon_runs():
    """A file that ``tests/__init__.py`` does not import never runs, and no result says so."""
    for folder in ("retail_sync", "retail_sync_salesforce"):
        tests = ROOT / folder / "tests"
        imported = (tests / "__init__.py").read_text()
        missing = [path.stem for path in tests.rglob("test_*.py") if f"import {path.stem}\n" not in imported]
        assert missing == []


def test_no_two_test_files_of_an_addon_have_one_name():
    """Odoo runs what ``tests`` holds by name: of two files with the same name the later import hides the other."""
    for folder in ("retail_sync", "retail_sync_salesforce"):
        names = Counter(path.stem for path in (ROOT / folder / "tests").rglob("test_*.py"))
        assert [name for name, count in names.items() if count > 1] == []
