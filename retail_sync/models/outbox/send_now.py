"""Send records of Odoo to their platforms now, whether or not anything of them has changed."""

import time
from typing import Any

from odoo import models
from odoo.exceptions import UserError

from ...runtime import actions, rights
from ...runtime.rights import Role
from . import outbox, router

# One call queues a message a record.
SENT_AT_ONCE = 5000
LANE = "standard"
# States of links whose record on the platform is not written.
NOT_WRITTEN = ("excluded", "merged", "deleted")


class RetailSyncMixin(models.AbstractModel):
    """Records that Odoo alone writes can be sent again by hand."""

    _inherit = "retail.sync.mixin"

    def action_sync_send(self) -> Any:
        """Queue these records with all their values, in the standard lane, on each live stream that sends them.

        A record that the platform does not know yet is created there, where the stream's setting lets it be.

        :raises AccessError: the user is no operator, or may not read one of the records
        :raises UserError: too many records, no live stream sends such records, or none of these is one to be sent
        """
        records = rights.require(self, Role.operator, at_once=SENT_AT_ONCE)
        streams = self._sync_publishing_streams()
        if not streams:
            raise UserError(
                self.env._(
                    "No live stream sends these records. A sync manager lets a stream of the connection go live first."
                )
            )
        queued = {res_id for stream in streams.sudo() for res_id in records._sync_queue(stream)}
        if not queued:
            raise UserError(
                self.env._(
                    "None of these records is one to be sent: drafts, records of other companies and records of "
                    "colleagues stay in Odoo, and so does what was cancelled before it was sent."
                )
            )
        if len(queued) == 1:
            return actions.notify(self.env._("1 record is being sent."))
        return actions.notify(self.env._("%s records are being sent.", len(queued)))

    def _sync_publishing_streams(self) -> models.BaseModel:
        """Return the live streams, of connections that the user may see, that send records of this model unread."""
        sending = self.env["retail.sync.stream"].sudo()._sending()
        found = sending.filtered(
            lambda stream: (
                stream._entity()._res_model == self._name
                and stream._entity()._publishes()
                and stream._delivers(LANE)
                and not stream._entity()._sends_facts()
            )
        )
        return self.env["retail.sync.stream"].search([("id", "in", found.ids)])

    def _sync_queue(self, stream: models.BaseModel) -> list[int]:
        """Queue these records on one stream; return the ids of those that are sent."""
        bound = outbox.bound(self.env, stream, self.ids)
        known = [res_id for res_id, link in bound.items() if link.stream_id == stream and link.state not in NOT_WRITTEN]
        unknown = [res_id for res_id in self.ids if res_id not in bound]
        created = stream._entity()._exportable(stream, unknown)
        # Each value counts as changed, so that what the platform has of it is replaced.
        names = dict.fromkeys(sorted(stream._outbound_fields()), int(time.time() * 1000))
        wanted = [(res_id, "write", names, 1) for res_id in known] + [(res_id, "create", {}, 1) for res_id in created]
        router.enqueue(self.env, stream, wanted, lane=LANE)
        return known + created
