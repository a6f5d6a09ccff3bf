"""The kept database of file tests is updated when what the addons store in it has changed, and only then."""

import pytest

from setup.lib import paths, stored_state

MODEL = '''"""Docstring."""
from odoo import fields, models


class Thing(models.Model):
    _name = "thing"
    size = fields.Integer()

    def grow(self):
        return {body}
'''


@pytest.fixture
def addon(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    folder = tmp_path / "addon"
    (folder / "models").mkdir(parents=True)
    (folder / "views").mkdir()
    (folder / "__manifest__.py").write_text("{}")
    (folder / "models" / "thing.py").write_text(MODEL.format(body="1"))
    (folder / "views" / "thing.xml").write_text("<odoo/>")
    return folder


def test_the_body_of_a_method_and_comments_change_nothing(addon):
    before = stored_state.value()
    (addon / "models" / "thing.py").write_text("# why\n" + MODEL.format(body="2").replace("Docstring", "Other"))
    (addon / "tests").mkdir()
    (addon / "tests" / "test_thing.py").write_text("x = 1")
    assert stored_state.value() == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("models/thing.py", MODEL.format(body="1") + "    weight = fields.Float()\n"),
        (
            "models/thing.py",
            MODEL.format(body="1").replace("size = fields.Integer()", "size = fields.Integer(index=True)"),
        ),
        ("views/thing.xml", "<odoo><data/></odoo>"),
        ("data/new.csv", "id\n"),
        ("i18n/de.po", 'msgid ""'),
    ],
)
def test_a_field_a_view_or_data_changes_the_state(addon, name, text):
    before = stored_state.value()
    path = addon / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    assert stored_state.value() != before


def test_all_of_a_file_counts_that_writes_the_schema(addon):
    path = addon / "models" / "triggers.py"
    path.write_text("def sql(name):\n    return f'CREATE TRIGGER {name} ON thing'\n")
    before = stored_state.value()
    path.write_text("def sql(name):\n    return f'CREATE TRIGGER {name} BEFORE UPDATE ON thing'\n")
    assert stored_state.value() != before
