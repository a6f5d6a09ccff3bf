from typing import Any, Self

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ...runtime import actions, rights
from ...runtime.constants import OPEN_MESSAGE_STATES, WAITING_STATES
from ...runtime.rights import Role
from ..audit import trail
from ..runs import refresh_queue
from .subject import OUTBOUND_KINDS, is_nameless

# So many messages that a person retries go before all others; more of them take their turn.
URGENT_AT_MOST = 20
# Seconds in which a second press of Retry queues nothing more for a message.
RETRY_PAUSE = 60


class RetailSyncMessage(models.Model):
    """What staff and later runs do with a message."""

    _inherit = "retail.sync.message"

    def _resolve(self, resolution: str, state: str = "done") -> None:
        """Close messages. One write; who and when are kept. What a job closes was closed by no person."""
        automatic = self.env.uid == SUPERUSER_ID or self.env.user in self.sudo().connection_id.user_id
        self.write(
            {
                "state": state,
                "resolution": resolution,
                "resolved_at": fields.Datetime.now(),
                "resolved_by": False if automatic else self.env.uid,
                "next_try_at": False,
            }
        )

    def action_retry(self) -> Any:
        """Read the records again from the platform and retry: a few in the urgent lane, many in the standard lane.

        The stored payload is not used: what matters is how the record is now. A delivery that waits is sent at once.
        """
        selected = rights.require(self, Role.operator)
        waiting = selected.filtered(lambda message: message.state in WAITING_STATES)
        # Pressed again, the button queues nothing more; a retry that was lost can be repeated after a while.
        busy = waiting.filtered(lambda message: message._is_retried_now())
        waiting -= busy
        nameless = waiting.filtered(lambda message: message._is_nameless())
        decided = waiting.filtered(lambda message: message.kind == "overwritten")
        messages = waiting - nameless - decided
        skipped = self._skipped_texts(nameless, decided, busy, selected - waiting - busy)
        if not messages:
            raise UserError("\n".join([self.env._("None of the selected messages can be retried."), *skipped]))
        parked = len(messages.filtered(lambda message: message.state == "parked"))
        messages._retry("critical" if len(messages) <= URGENT_AT_MOST else None)
        texts = [
            self.env._(
                "%s records are being retried. Exceptions whose retry succeeds close automatically.", len(messages)
            )
        ]
        if parked:
            texts.append(
                self.env._(
                    "%s of them wait for another record: each goes on if that record is known by now, or no longer "
                    "referred to, and waits again if not.",
                    parked,
                )
            )
        held = messages._held_up()
        if held:
            texts.append(
                self.env._(
                    "%s of them are not sent yet: their stream or connection stands still. What happens next says why.",
                    len(held),
                )
            )
        return actions.notify("\n".join([*texts, *skipped]), attention=bool(skipped or held))

    def _held_up(self) -> Self:
        """Return the messages to the platform whose stream sends nothing at present, whatever the lane."""
        outgoing = self.filtered(lambda message: message.kind in OUTBOUND_KINDS)
        still = outgoing.stream_id.sudo().filtered(lambda stream: not stream._delivers("critical"))
        return outgoing.filtered(lambda message: message.stream_id in still)

    def _is_retried_now(self) -> bool:
        """Return whether a retry of the message was queued a moment ago."""
        self.ensure_one()
        moment = fields.Datetime.subtract(fields.Datetime.now(), seconds=RETRY_PAUSE)
        return self.state == "retrying" and not self.next_try_at and self.write_date >= moment

    def _skipped_texts(self, nameless: Self, decided: Self, busy: Self, closed: Self) -> list[str]:
        """Return a sentence for each reason for which a retry skips messages: how many, why, and what to do."""
        texts = []
        if nameless:
            texts.append(
                self.env._(
                    "%s skipped: the record came without an id, so it cannot be read again. Correct it on the "
                    "platform, from where it then comes with its id, and press Ignore here.",
                    len(nameless),
                )
            )
        if decided:
            texts.append(
                self.env._(
                    "%s skipped: an edit was overwritten, and a retry changes nothing about it. A data steward opens "
                    "the message and chooses between both values.",
                    len(decided),
                )
            )
        if busy:
            texts.append(self.env._("%s skipped: their retry is queued already.", len(busy)))
        if closed:
            texts.append(self.env._("%s skipped: they are done, ignored, superseded or being sent.", len(closed)))
        return texts

    def _is_nameless(self) -> bool:
        """Return whether the message is about a record that came without an id."""
        self.ensure_one()
        return self.kind == "record" and is_nameless(self.external_id)

    def _retry(self, lane: str | None) -> None:
        """Queue jobs that read these records again: one job per stream and 200 records, never one per record.

        :param lane: None for the lane that each of them has, and the standard lane for reading
        """
        wide = self.filtered(lambda message: message.kind == "alarm")
        wide._retry_wide()
        out = self.filtered(lambda message: message.kind in OUTBOUND_KINDS)
        out._retry_out(lane)
        # A record that came without a usable id cannot be asked for, and would fail those that are asked for with it.
        again = (self - wide - out).filtered(lambda message: not message._is_nameless())
        for stream, messages in again.grouped("stream_id").items():
            external_ids = sorted(set(messages.mapped("external_id")))
            refresh_queue.enqueue_ids(self.env(su=True), stream, external_ids, lane=lane or "standard")
        again.write({"state": "retrying", "next_try_at": False})

    def action_ignore(self, reason: str | None = None) -> bool:
        """Leave the records out until they change on the platform.

        :raises UserError: a person gives no reason
        """
        messages = rights.require(self, Role.operator)
        if not (self.env.su or (reason or "").strip()):
            raise UserError(self.env._("Enter a reason: it tells colleagues why this was left out."))
        # What has ended keeps how it ended, and what is being sent ends as the platform answers.
        messages = messages.filtered(lambda message: message.state in WAITING_STATES)
        if not messages and not self.env.su:
            raise UserError(self.env._("None of the selected messages is open: reload the list."))
        trail.decided(messages, "ignore", reason=(reason or "").strip())
        text = self.env._("Ignored by %s", self.env.user.name)
        messages._resolve(f"{text}: {reason.strip()}" if reason else text, state="ignored")
        return True

    def action_open_remote(self) -> Any:
        self.ensure_one()
        if not self.url:
            raise UserError(self.env._("This connection has no URL to open records at."))
        return actions.open_url(self.url)

    def action_open_record(self) -> Any:
        self.ensure_one()
        if not self.res_id:
            raise UserError(self.env._("The record is not linked to a record in Odoo yet."))
        return actions.open_record(self.env[self.res_model].browse(self.res_id))

    def action_assign_to_me(self) -> bool:
        self._assign(self.env.user)
        return True

    def _assign(self, user: models.BaseModel) -> None:
        """Let a user work on these messages; an empty recordset takes the assignment away.

        :raises UserError: the user is a customer or a supplier with a login
        """
        messages = rights.require(self, Role.operator)
        if user.sudo().share:
            raise UserError(self.env._("Exceptions are assigned to internal users only. Choose a colleague."))
        messages.write({"user_id": user.id})

    @api.model
    def _notify(self, text: str) -> Any:
        return actions.notify(text)

    runbook_url = fields.Char(related="rule_id.runbook_url")

    def action_open_runbook(self) -> Any:
        """Open the page that explains this cause at length."""
        self.ensure_one()
        self.check_access("read")
        if not self.runbook_url:
            raise UserError(
                self.env._("No runbook page exists for this cause. A data steward can enter one in the fault rule.")
            )
        return actions.open_url(self.runbook_url)

    def _ask(self, wizard: str, title: str, **values: Any) -> Any:
        """Create a wizard over these messages and return the action that shows it as a dialog."""
        return actions.dialog(title, self.env[wizard].create(values))

    def _waiting(self) -> Any:
        waiting = self.filtered(lambda message: message.state in OPEN_MESSAGE_STATES)
        if not waiting:
            raise UserError(self.env._("None of the selected messages is open: reload the list."))
        return waiting

    def action_ask_ignore(self) -> Any:
        """Ask why, then leave the records out until they change on the platform."""
        rights.require(self, Role.operator)
        return self._ask("retail.sync.ignore", self.env._("Ignore"), message_ids=[(6, 0, self._waiting().ids)])

    def action_ask_assign(self) -> Any:
        rights.require(self, Role.operator)
        return self._ask("retail.sync.assign", self.env._("Assign"), message_ids=[(6, 0, self._waiting().ids)])

    def action_ask_reveal(self) -> Any:
        """Show the received record unmasked; the user and the reason are kept in the audit trail."""
        self.ensure_one()
        rights.require(self, Role.steward)
        return self._ask("retail.sync.reveal", self.env._("Record as it came"), message_id=self.id)

    def _retry_wide(self) -> None:
        """Hook: let what stood still as a whole go on."""

    def _retry_out(self, lane: str | None) -> None:
        """Hook: send again, as the records are now; without a lane, in the lane that each message has."""
