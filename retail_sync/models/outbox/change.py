from odoo import api, fields, models

from ...runtime.erasure import Erasure, Record
from ...runtime.fields import BigInteger
from ..runs import job_trigger


class RetailSyncChange(models.Model):
    """Raw captured changes: written by database triggers (and by causes of computed values), consumed by deletion.

    The table says that a record changed, never to what: what is sent is read when it is
    sent. It is emptied as it is read; a row that stays is work that waits.
    """

    _name = "retail.sync.change"
    _description = "Captured change"
    _erasure = Erasure(rows=(Record(model="model"),))
    _log_access = False
    _order = "id"

    model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="model", required=True)
    op = fields.Selection(
        [("I", "Created"), ("U", "Changed"), ("D", "Deleted"), ("C", "May have changed")],
        required=True,
        help="'May have changed' comes from the change sources of a value without a column of its own.",
    )
    names = fields.Char(help="Columns that changed, or names of computed values, joined by commas.")
    origin = fields.Char(
        help="The connection whose data made the change. What was written from it is not sent back there; what may "
        "have changed because of it is."
    )
    txid = BigInteger(help="The database transaction of the change.")
    at = fields.Datetime(required=True, string="Changed on")

    @api.model
    def _raise(self, model, res_ids, names):
        """Say that computed values of records may have changed; in the transaction of the cause.

        :param names: canonical names of the values, e.g. {"credit_state"}
        """
        if not res_ids:
            return
        self.env.cr.execute(
            "INSERT INTO retail_sync_change (model, res_id, op, names, origin, txid, at)"
            " SELECT %s, unnest(%s), 'C', %s, NULLIF(current_setting('retail_sync.origin', true), ''),"
            " txid_current(), clock_timestamp() AT TIME ZONE 'UTC'",
            [model, list(res_ids), ",".join(sorted(names))],
        )
        # As the database triggers do: the trigger of the router checks this value.
        self.env.cr.execute("SELECT set_config('retail_sync.captured', txid_current()::text, true)")
        self._schedule_routing()

    @api.model
    def _schedule_routing(self):
        """Trigger the router when this transaction commits, if it captured anything by then; called before changes."""
        data = self.env.cr.precommit.data
        if "retail_sync.soon" not in data:
            data["retail_sync.soon"] = True
            self.env.cr.precommit.add(self._trigger_router)

    def _trigger_router(self):
        self.env.cr.precommit.data.pop("retail_sync.soon", None)
        # Values that are still in the ORM's cache have not fired the triggers yet.
        self.env.flush_all()
        self.env.cr.execute("SELECT current_setting('retail_sync.captured', true) = txid_current_if_assigned()::text")
        if self.env.cr.fetchone()[0]:
            job_trigger.trigger(self.env(su=True), "route", lane="critical")
