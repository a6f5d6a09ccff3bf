from odoo.tests import tagged

from .engine_case import EngineCase
from .fake_platform import FIRM


@tagged("post_install", "-at_install")
class TestInbound(EngineCase):
    """A page of records, from rows to customers."""

    def test_create(self):
        self.firm("F1", name="Rossi Srl", email="info@rossi.example", vat="IT00743110157", city="Torino", country="IT")
        self.assertEqual(self.take(FIRM), {"created": 1})
        partner, binding = self.partner("F1"), self.binding("F1")
        self.assertEqual(
            (partner.name, partner.email, partner.vat, partner.city, partner.country_id.code, partner.is_company),
            ("Rossi Srl", "info@rossi.example", "IT00743110157", "Torino", "IT", True),
        )
        self.assertEqual((binding.state, binding.version, binding.rule), ("in_sync", self.platform.now, "no_evidence"))
        self.assertEqual(binding.base["name"], "Rossi Srl")
