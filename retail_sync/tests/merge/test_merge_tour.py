from odoo.tests import HttpCase, tagged

from ...domain.merge.journal import Journal
from ..common import FakePlatformMixin


@tagged("post_install", "-at_install", "browser")
class TestMergeTour(FakePlatformMixin, HttpCase):
    """A data steward merges two customers in a real browser, and undoes it."""

    def test_merge_and_undo(self):
        self.make_user("steward", "group_steward", lang="en_US")
        first, second = self.env["res.partner"].create(
            [
                {"name": "Merge Tour One", "website": "http://one.example"},
                {"name": "Merge Tour Two", "website": "http://two.example"},
            ]
        )
        self.env.flush_all()
        # The older of the two remains, unless the steward says otherwise.
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = create_date - interval '1 day' WHERE id = %s", [first.id]
        )
        self.env.invalidate_all()
        action = self.env["ir.actions.act_window"].create(
            {
                "name": "Tour",
                "res_model": "res.partner",
                "view_mode": "list,form",
                "domain": [("id", "in", (first | second).ids)],
            }
        )
        self.start_tour(f"/odoo/action-{action.id}", "retail_sync_merge", login="steward", timeout=120)
        self.env.invalidate_all()
        merge = self.env["retail.sync.merge"].search([("survivor_ref", "=", first.id)])
        self.assertEqual(
            (merge.state, merge.reason, merge.undo_reason), ("undone", "The same firm", "Two firms after all")
        )
        self.assertEqual((first.website, second.exists().website), ("http://one.example", "http://two.example"))
        [difference] = Journal.of(merge.sudo().journal).people.values()
        self.assertEqual(difference["after"]["website"], "http://two.example", "the choice was taken")
