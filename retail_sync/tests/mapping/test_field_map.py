from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..engine_case import EngineCase
from ..fake_platform import FIRM

KNOWN = {"name": "Name", "phone": "Phone", "note": "Note", "loyalty_tier": "Loyalty tier", "owner.": "Owner"}


@tagged("post_install", "-at_install")
class TestFieldMap(EngineCase):
    """A mapping line that makes no sense is refused; one that is changed empties no customer."""

    def line(self, field, stream=None):
        lines = (stream or self.firms).with_context(active_test=False).map_ids
        return lines.filtered(lambda line: (line.canonical_field, line.part) == (field, "main"))[:1]

    def knows(self, known=KNOWN):
        patcher = patch.object(self.registry["retail.sync.adapter.fake"], "known_fields", lambda _self, _stream: known)
        patcher.start()
        self.addCleanup(patcher.stop)

    @contextmanager
    def refused(self, text):
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            yield
        self.assertIn(text, str(caught.exception))
        self.env.invalidate_all()

    def notes_of(self, external_id):
        return str(self.partner(external_id).comment or "")

    # -- refused when it is saved

    def test_unknown_field_names_the_nearest(self):
        self.knows()
        with self.refused("Did you mean loyalty_tier"):
            self.line("notes").remote_path = "loyalty_teir"
        with self.refused("no field something.else"):
            self.line("notes").remote_path = "phone|something.else"
        self.line("notes").remote_path = "note|loyalty_tier"
        self.line("owner").remote_path = "owner.email"
        self.line("kind").remote_path = "=company"

    def test_where_no_fields_are_known_none_is_refused(self):
        self.line("notes").remote_path = "anything"

    def test_suggestions(self):
        self.knows()
        self.assertIn({"name": "loyalty_tier", "label": "Loyalty tier"}, self.firms.get_known_fields())

    def test_another_path_has_not_been_checked(self):
        line = self.line("notes")
        line.check_status = "missing"
        line.remote_path = "note"
        self.assertEqual(line.check_status, "unknown")

    def test_second_line_of_a_field(self):
        vals = {"stream_id": self.firms.id, "canonical_field": "notes", "remote_path": "note"}
        with self.refused("Notes has a line already"):
            self.env["retail.sync.field.map"].create(vals)
        held = self.line("notes")
        held.active = False
        second = self.env["retail.sync.field.map"].create(vals)
        with self.refused("has a line already"):
            held.active = True
        second.direction = "out"
        held.write({"active": True, "direction": "in"})
        with self.refused("has a line already"):
            second.direction = "both"

    def test_missing_lines_show_on_the_connection(self):
        self.line("notes").check_status = "missing"
        self.line("owner").write({"check_status": "missing", "active": False})
        self.env.invalidate_all()
        self.assertEqual(self.connection.missing_line_count, 1)
        shown = {card["id"]: card for card in self.connection.get_overview()["connections"]}[self.connection.id]
        self.assertEqual(shown["missing_lines"], 1)
        action = self.connection.action_missing_lines()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), self.line("notes"))

    # -- nothing is emptied

    def loaded(self):
        self.firm("F1", notes="Rings twice", city="Milano", country="IT")
        self.firm("F2", notes="Has a dog", tier="Gold")
        self.take(FIRM)
        self.assertIn("Rings twice", self.notes_of("F1"))

    def read_again(self):
        self.later_than_odoo()
        for external_id in ("F1", "F2"):
            self.firm(external_id)
        self.take(FIRM)

    def test_line_that_is_off(self):
        self.loaded()
        self.line("notes").active = False
        self.firm("F1", notes=None)
        self.read_again()
        self.assertIn("Rings twice", self.notes_of("F1"))

    def test_line_that_is_deleted(self):
        self.loaded()
        self.line("notes").unlink()
        self.read_again()
        self.assertIn("Rings twice", self.notes_of("F1"))

    def test_another_line_in_its_stead(self):
        """Notes were emptied at the next read, because the new field was blank where the old one was not."""
        for owner in ("shared", "remote", "odoo"):
            with self.subTest(owner=owner):
                self.env["retail.sync.ownership.rule"].search([("canonical_field", "=", "notes")]).owner = owner
                self.loaded()
                self.line("notes").active = False
                other = self.env["retail.sync.field.map"].create(
                    {"stream_id": self.firms.id, "canonical_field": "notes", "remote_path": "tier"}
                )
                for external_id in ("F1", "F2"):
                    self.platform.rows[FIRM][external_id].setdefault("tier", None)
                self.read_again()
                self.assertIn("Rings twice", self.notes_of("F1"))
                # What is blank later was a value before, and was taken out on the platform: that is an edit.
                other.unlink()
                self.line("notes").active = True

    def test_line_with_another_path(self):
        self.loaded()
        self.line("notes").remote_path = "tier"
        self.platform.rows[FIRM]["F1"]["tier"] = None
        self.read_again()
        self.assertIn("Rings twice", self.notes_of("F1"))

    def test_part_of_an_address_with_another_path(self):
        self.loaded()
        self.line("city").remote_path = "town"
        self.platform.rows[FIRM]["F1"]["town"] = None
        self.read_again()
        self.assertEqual(self.partner("F1").city, "Milano")

    def test_once_agreed_on_a_blank_is_an_edit_again(self):
        self.loaded()
        self.line("notes").remote_path = "tier"
        self.read_again()
        self.read_again()
        held = self.notes_of("F2")
        self.assertTrue(held)
        self.platform.now += 60_000
        self.firm("F2", tier="Silver")
        self.take(FIRM)
        self.assertIn("Silver", self.notes_of("F2"))
        self.platform.now += 60_000
        self.firm("F2", tier=None)
        self.take(FIRM)
        self.assertFalse(self.notes_of("F2").replace("<p>", "").replace("</p>", ""))

    def test_off_and_on_keeps_what_was_agreed_on(self):
        self.loaded()
        base = self.link("F1").base
        self.line("notes").active = False
        self.line("notes").active = True
        self.env.invalidate_all()
        self.assertEqual(self.link("F1").base, base)

    # -- asked before

    def effects(self, *commands):
        return self.env["retail.sync.field.map"].get_effects(self.firms.id, list(commands))

    def test_effects_have_counts(self):
        line = self.line("notes")
        self.assertEqual(self.effects([1, line.id, {"active": False}]), [])
        self.loaded()
        [off] = self.effects([1, line.id, {"active": False}])
        self.assertIn("2 linked records keep their values", off)
        self.assertEqual(self.effects([2, line.id]), [off])
        [path] = self.effects([1, line.id, {"remote_path": "tier"}])
        self.assertIn("tier for 2 linked records. 2 of them", path)
        self.assertEqual(len(self.effects([1, line.id, {"canonical_field": "website"}])), 2)
        new = {"canonical_field": "website", "remote_path": "web", "direction": "both"}
        self.assertIn("0 of them", self.effects([0, 0, new])[0])
        for harmless in ({"sequence": 3}, {"required": True}, {"remote_path": line.remote_path}):
            self.assertEqual(self.effects([1, line.id, harmless]), [])
