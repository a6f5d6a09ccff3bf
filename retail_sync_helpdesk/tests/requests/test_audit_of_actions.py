from psycopg2.errors import InsufficientPrivilege

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.retail_sync.runtime.erasure import Person


@tagged("post_install", "-at_install")
class TestAuditOfActions(TransactionCase):
    """What agents asked for stays as it was written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["retail.sync.action"]._register_hook()
        partner = cls.env["res.partner"].create({"name": "Rossi Srl"})
        cls.order = cls.env["sale.order"].create({"partner_id": partner.id})

    def record(self, **values):
        return self.env["retail.sync.action"].create(
            {
                "action": "cancel_order",
                "order_id": self.order.id,
                "company_id": self.order.company_id.id,
                "currency_id": self.order.currency_id.id,
                "request": "{}",
                "actor_reference": "user/2",
                "actor_kind": "person",
                "channel": "screen",
                **values,
            }
        )

    def refused_by_database(self, statement, params=()):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(InsufficientPrivilege),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(statement, params)

    def test_what_was_asked_for_never_changes(self):
        action = self.record(state="waiting")
        self.env.flush_all()
        self.refused_by_database("UPDATE retail_sync_action SET request = '{1}' WHERE id = %s", [action.id])
        self.refused_by_database("DELETE FROM retail_sync_action WHERE id = %s", [action.id])
        self.refused_by_database("TRUNCATE retail_sync_action CASCADE")

    def test_what_waits_is_decided_once(self):
        action = self.record(state="waiting")
        action.write({"state": "done", "decision": "Agreed"})
        self.env.flush_all()
        self.refused_by_database("UPDATE retail_sync_action SET state = 'refused' WHERE id = %s", [action.id])

    def test_words_about_a_customer_go_with_the_customer_and_all_at_once(self):
        action = self.record(note="Rossi called")
        self.env.flush_all()
        self.refused_by_database("UPDATE retail_sync_action SET note = NULL WHERE id = %s", [action.id])
        person = Person("res.partner", tuple(self.order.partner_id.ids))
        columns = SQL(", ").join(SQL("%s = NULL", SQL.identifier(name)) for name in action._erasure.blank)
        condition = action._erasure.about(person)
        self.env.cr.execute(SQL("UPDATE retail_sync_action SET %s WHERE %s", columns, condition))
        action.invalidate_recordset()
        self.assertFalse(action.note or action.request)
        self.assertEqual((action.order_id, action.state), (self.order, "done"))

    def test_ticket_of_a_decided_action_may_be_deleted(self):
        ticket = self.env["helpdesk.ticket"].create({"name": "Late", "description": "Late"})
        action = self.record(ticket_id=ticket.id)
        self.env.flush_all()
        ticket.unlink()
        self.env.invalidate_all()
        self.assertFalse(action.ticket_id)

    def test_people_write_and_delete_nothing(self):
        manager = new_test_user(
            self.env, "service_manager", groups="retail_sync_helpdesk.group_service_manager,base.group_user"
        )
        action = self.record().with_user(manager)
        self.assertEqual(action.state, "done")
        for forbidden in (
            lambda: action.write({"decision": "x"}),
            action.unlink,
            lambda: action.copy(),
        ):
            with self.assertRaises(AccessError):
                forbidden()
