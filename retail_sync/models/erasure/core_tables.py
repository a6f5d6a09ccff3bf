"""Tables of Odoo in which the engine leaves texts: what quotes an erased person goes."""

from dataclasses import dataclass

from odoo import api, models
from odoo.tools import SQL

from ...runtime.erasure import NOTHING, Erasure, Match, Person

OURS = "(starts_with(model, 'retail.sync.') OR model = 'queue.job')"


@dataclass(frozen=True, slots=True)
class Notes(Match):
    """Notes on a person's records that the engine wrote: their author is the user as whom a connection runs."""

    def condition(self, person: Person) -> SQL:
        """Return the condition in SQL."""
        if not person.ids:
            return NOTHING
        return SQL(
            "(model = %s AND res_id = ANY(%s) AND message_type = 'notification' AND author_id IN ("
            " SELECT engine.partner_id FROM res_users engine WHERE engine.id = 1"
            " OR engine.id IN (SELECT connection.user_id FROM retail_sync_connection connection)))",
            person.model,
            list(person.ids),
        )


class QueueJob(models.Model):
    _inherit = "queue.job"

    # A job that still waits reads the record again, and leaves it out then.
    _erasure = Erasure(
        quotes=("name", "args", "kwargs", "result", "exc_message", "exc_info"),
        quoting="state IN ('done', 'failed', 'cancelled')",
    )


class MailMessage(models.Model):
    _inherit = "mail.message"

    _erasure = Erasure(rows=(Notes(),), quotes=("body", "subject"), quoting=OURS)


class BusBus(models.Model):
    _inherit = "bus.bus"

    _erasure = Erasure(quotes=("message",), quoting="TRUE")


class RetailSyncConnection(models.Model):
    _inherit = "retail.sync.connection"

    @api.model
    def _after_erasure(self) -> None:
        """Hook: bring what is derived from links and messages up to date, in the transaction of the erasure."""
