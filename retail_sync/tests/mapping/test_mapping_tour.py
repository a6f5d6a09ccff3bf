from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from ..common import FakePlatformMixin


@tagged("post_install", "-at_install", "browser")
class TestMappingTour(FakePlatformMixin, HttpCase):
    """In a real browser: a mapping line is changed by a person."""

    def test_a_line_is_checked_and_asks_before_it_is_saved(self):
        self.make_user("mapper", "group_manager", lang="en_US")
        self.platform.put("Firm", "F1", name="Rossi Srl", website="https://rossi.example")
        self.first_load()
        streams = self.env["retail.sync.stream"].search([])
        (streams - self.connection.stream_ids).active = False
        known = {"website": "Web", "home_page": "Home page", "name": "Name"}
        adapter = self.registry["retail.sync.adapter.fake"]
        with patch.object(adapter, "known_fields", lambda _self, _stream: known):
            self.start_tour("/odoo/retail-sync-mapping", "retail_sync_mapping", login="mapper")
        self.env.invalidate_all()
        line = self.connection.stream_ids.map_ids.filtered(lambda line: line.canonical_field == "website")
        self.assertEqual(line.mapped("remote_path"), ["home_page"])
        self.assertEqual(self.partner("F1").website, "https://rossi.example")
