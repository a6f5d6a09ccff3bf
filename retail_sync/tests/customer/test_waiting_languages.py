from odoo.tests import tagged

from ..fake_platform import FIRM
from ..outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestLanguageThatWaits(OutboundCase):
    """Odoo gives who moves the company's language. One that a person chose must still go out. Seen under kills."""

    def setUp(self):
        super().setUp()
        for code in ("de_DE", "fr_FR"):
            self.env["res.lang"]._activate_lang(code)
        for external_id in ("F3", "F4", "F5"):
            self.linked_firm(external_id, language=None)
        self.linked_firm("F1", language="de_DE")
        (self.partner("F3") + self.partner("F5")).lang = "fr_FR"
        self.env.flush_all()

    def test_a_move_in_odoo_leaves_it(self):
        for external_id in ("F3", "F4"):
            self.partner(external_id).parent_id = self.partner("F1")
        self.assertEqual(self.partner("F3").lang, "fr_FR")
        self.assertEqual(self.partner("F4").lang, "de_DE", "no one has chosen one")
        self.send()
        self.assertEqual(self.remote("F3")["language"], "fr_FR")

    def test_a_move_on_the_platform_leaves_it(self):
        self.firm("F3", parent="F1", language=None)
        self.firm("F4", parent="F1", language=None)
        self.take(FIRM)
        self.assertEqual(self.partner("F3").parent_id, self.partner("F1"))
        self.assertEqual(self.partner("F3").lang, "fr_FR")
        self.assertEqual(self.partner("F4").lang, "de_DE", "no one has chosen one")
        self.send()
        self.assertEqual(self.remote("F3")["language"], "fr_FR")

    def test_a_move_below_a_company_that_comes_later_leaves_it(self):
        self.route()
        self.firm("F5", parent="F9", language=None)
        self.take(FIRM)
        self.firm("F9", language="de_DE")
        self.take(FIRM)
        self.assertEqual(self.partner("F5").parent_id, self.partner("F9"))
        self.assertEqual(self.partner("F5").lang, "fr_FR")
        self.send()
        self.assertEqual(self.remote("F5")["language"], "fr_FR")
