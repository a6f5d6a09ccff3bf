from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.orm.registry import DummyRLock
from odoo.tests import BaseCase, get_db_name

from ..domain.control.caller import Caller
from ..models.access.callers import ALL_ACTIONS

# Rows of a test that was killed are found by it, and removed by the next one.
MARK = "retail_sync_helpdesk_race"
WAIT = 20  # seconds until a thread that hangs fails its test
KEYS = "retail.sync.idempotency.key"


class RaceCase(BaseCase):
    """Requests that meet, each in a transaction of its own. Everything is committed, and removed again."""

    def setUp(self):
        super().setUp()
        lock = patch.object(Registry, "_lock", DummyRLock())
        lock.start()
        self.addCleanup(lock.stop)
        self.registry = Registry(get_db_name())
        self.remove()
        self.addCleanup(self.remove)
        with self.registry.cursor() as cr:
            order = self.make(api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True}))
            self.order_id, self.company_id = order.id, order.company_id.id

    def make(self, env):
        """Make what the requests are about; return the order, whose customer is named by the mark."""
        raise AssertionError("A test of races says what its requests are about.")

    def remove_documents(self, env, partners, orders):
        """Remove what ``make`` and the requests have made, the order and its customer included."""
        raise AssertionError("A test of races says what its requests are about.")

    def remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partners = env["res.partner"].with_context(active_test=False).search([("name", "=", MARK)])
            orders = env["sale.order"].search([("partner_id", "in", partners.ids)])
            actions = env["retail.sync.action"].search([("order_id", "in", orders.ids)])
            cr.execute("DELETE FROM retail_sync_idempotency_key WHERE scope LIKE %s", [f"{MARK}%"])
            if actions:
                cr.execute("ALTER TABLE retail_sync_action DISABLE TRIGGER retail_sync_action_guard")
                cr.execute("DELETE FROM retail_sync_action WHERE id = ANY(%s)", [actions.ids])
                cr.execute("ALTER TABLE retail_sync_action ENABLE ALWAYS TRIGGER retail_sync_action_guard")
                env.invalidate_all()
            self.remove_documents(env, partners, orders)

    def drop_orders(self, env, orders):
        """Delete orders, whatever their state is."""
        orders.filtered(lambda order: order.state != "draft").write({"locked": False, "state": "cancel"})
        orders.unlink()

    def begin(self):
        """Return an environment whose transaction has begun: it sees nothing that is committed from here on."""
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        cr.execute("SELECT 1")
        return api.Environment(cr, SUPERUSER_ID, {})

    def commit(self, env):
        env.flush_all()
        env.cr.commit()  # pylint: disable=invalid-commit

    def caller(self, name="agent"):
        return Caller(
            f"{MARK}/{name}",
            name,
            SUPERUSER_ID,
            scopes=frozenset(ALL_ACTIONS),
            companies=frozenset((self.company_id,)),
        )
