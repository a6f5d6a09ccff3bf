from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ...runtime import removal
from ..engine_case import EngineCase
from ..fake_platform import FIRM

KEPT = ("retail.sync.link", "retail.sync.message", "retail.sync.run", "retail.sync.event", "retail.sync.stream")


@tagged("post_install", "-at_install")
class TestRemoval(EngineCase):
    """A connection goes with what hangs on it, table by table, and takes nothing of another one."""

    def filled(self):
        """Fill the connection; return {model: rows}."""
        for number in range(3):
            self.firm(f"F{number}", phone="no number" if number else None)
        self.firm("F9", name="")
        self.take(FIRM)
        self.make_run(FIRM, "poll", "done")
        self.firms.last_run_id = self.make_run(FIRM, "poll", "done")
        self.env["retail.sync.event"].sudo().create(
            {
                "connection_id": self.connection.id,
                "source": "json",
                "event_key": "e1",
                "remote_object": FIRM,
                "external_id": "F1",
                "received_at": "2026-01-01",
                "state": "done",
            }
        )
        self.env.flush_all()
        found = self.rows(self.connection)
        self.assertTrue(all(found.values()), found)
        return found

    def rows(self, connection):
        models = {name: self.env[name].sudo().with_context(active_test=False) for name in KEPT}
        return {name: model.search_count([("connection_id", "=", connection.id)]) for name, model in models.items()}

    def test_all_that_hangs_on_a_connection_goes_with_it(self):
        self.filled()
        merge = self.env["retail.sync.merge"].sudo().create({"survivor_ref": 1, "res_id": 1})
        merge.connection_id = self.connection
        gone = self.connection
        gone.unlink()
        self.assertEqual(set(self.rows(gone).values()), {0})
        self.assertFalse(merge.connection_id)
        self.assertTrue(merge.exists(), "what does not belong to the connection alone stays")

    def test_another_connection_keeps_all_it_has(self):
        before = self.filled()
        other = self.make_connection(name="Second shop")
        self.assertTrue(self.rows(other)["retail.sync.stream"])
        for context in ({}, {MODULE_UNINSTALL_FLAG: True}):
            doomed = self.make_connection(name="Third shop")
            doomed.with_context(**context).unlink()
            self.assertEqual(self.rows(self.connection), before)
        other.unlink()
        self.assertEqual(self.rows(self.connection), before)

    def test_an_uninstallation_empties_tables_at_once(self):
        """505,000 links went row by row in 390 s, and the web client waits for 120 s (M6)."""
        self.filled()
        everything = self.env["retail.sync.connection"].with_context(active_test=False).search([])
        emptied = []
        real = removal._truncate

        def noted(env, table, condition, keys):
            done = real(env, table, condition, keys)
            emptied.extend([table] if done else [])
            return done

        with patch.object(removal, "_truncate", noted):
            everything.with_context(**{MODULE_UNINSTALL_FLAG: True}).unlink()
        self.assertLessEqual({"retail_sync_link", "retail_sync_message", "retail_sync_event"}, set(emptied))
        self.assertNotIn("retail_sync_merge", emptied)
        self.assertNotIn("res_partner", emptied)
        self.env.cr.execute("SELECT count(*) FROM retail_sync_record_status")
        self.assertEqual(self.env.cr.fetchone(), (0,), "figures are counted afresh")

    def test_a_person_never_locks_whole_tables(self):
        self.filled()
        with patch.object(removal, "_truncate", side_effect=AssertionError("a reader would wait")):
            self.connection.unlink()

    def test_tables_come_before_what_they_refer_to(self):
        key = removal.Reference
        keys = [
            key("child", "parent_id", "parent", True),
            key("grandchild", "child_id", "child", True),
            key("grandchild", "parent_id", "parent", True),
            key("grandchild", "self_id", "grandchild", True),
            key("looker", "parent_id", "parent", False),
        ]
        self.assertEqual(removal.dependents("parent", keys), ["grandchild", "child"])
