from ...models.milestone import evaluation, settings
from ..outbound_case import route_all
from .order_world import OrderWorld


class JournalCase(OrderWorld):
    """The journal is kept without any stream: switched on by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param(settings.KEPT, settings.ON)
        cls.env["retail.sync.capture"]._refresh()
        cls.env.flush_all()
        # What a transaction does to a record of its own is not captured.
        cls.env.cr.execute("UPDATE res_partner SET create_date = create_date - interval '1 day'")
        cls.env.cr.execute("DELETE FROM retail_sync_change")

    def route(self):
        """Route all that was captured, and what that brings with it."""
        for _number in range(5):
            self.env.flush_all()
            self.env.cr.execute("SELECT count(*) FROM retail_sync_change")
            if not self.env.cr.fetchone()[0]:
                break
            route_all(self.env)
        self.env.invalidate_all()

    def made_before(self, order):
        """Let an order be of an earlier day: what a transaction does to a record of its own is not captured."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = create_date - interval '1 day',"
            " date_order = date_order - interval '1 hour' WHERE id = %s",
            order.ids,
        )
        self.env.invalidate_all()

    def written(self, order, *kinds):
        """Return [(kind, ordinal, takes back)] of the journal of an order, as it was written."""
        rows = self.env["retail.sync.milestone"].search([("res_id", "=", order.id)], order="id")
        return [(row.kind, row.ordinal, row.reversal) for row in rows if not kinds or row.kind in kinds]

    def kinds(self, order):
        return [("-" if reversal else "") + kind for kind, _ordinal, reversal in self.written(order)]

    def row(self, order, kind, ordinal=1, reversal=False):
        found = self.env["retail.sync.milestone"].search(
            [("res_id", "=", order.id), ("kind", "=", kind), ("ordinal", "=", ordinal), ("reversal", "=", reversal)]
        )
        self.assertTrue(found, f"{kind} {ordinal} was not written: {self.written(order)}")
        return found[:1]

    def evaluate(self, *orders):
        self.env.flush_all()
        return evaluation.evaluate(self.env, [order.id for order in orders])
