from odoo import api, fields, models

from ...runtime.constants import EXCEPTION_STATES
from ..exceptions.subject import is_nameless
from .outlook_waits import Waits

# Alarms, by what they are about or by the job that failed, that the next attempt closes if it succeeds.
TRIED_AGAIN = ("connection", "poll", "deletions", "_job_events")


class RetailSyncMessage(models.Model):
    """A message says what happens next and who acts."""

    _inherit = "retail.sync.message"

    outlook = fields.Char(
        compute="_compute_outlook",
        string="What happens next",
        help="Who acts next: a person, or Retail Sync automatically.",
    )

    @api.depends(
        "state", "kind", "op", "merge_task", "alarm_about", "job_method", "next_try_at", "waits_for", "brake_id",
        "user_id", "team", "fact_key", "external_id",
    )  # fmt: skip
    @api.depends_context("lang", "tz")
    def _compute_outlook(self) -> None:
        waits = Waits(self)
        for message in self:
            if message.state in EXCEPTION_STATES:
                message.outlook = message._outlook_of_exception()
            elif message.state == "ignored":
                message.outlook = message._outlook_of_ignored()
            else:
                message.outlook = message._outlook_of_progress(waits)

    def _outlook_of_exception(self) -> str:
        """Return who acts on an exception, and what follows from that."""
        self.ensure_one()
        who, platform = self._who_acts(), self.platform_name
        if self.state == "unknown":
            return self.env._(
                "%(who)s looks on %(platform)s whether this arrived, and answers here. Later facts of the record wait.",
                who=who,
                platform=platform,
            )
        if self.state == "review":
            return self.env._(
                "A data steward links the record to a customer, or creates a new one. Until then it waits."
            )
        match self.kind:
            case "record" if is_nameless(self.external_id):
                return self.env._(
                    "%(platform)s shows this record without an id, so Retry cannot read it. %(who)s corrects the "
                    "record on %(platform)s, from where it then comes with its id, and presses Ignore here.",
                    who=who,
                    platform=platform,
                )
            case "record":
                return self.env._(
                    "%(who)s corrects the cause and presses Retry. A change of the record on %(platform)s retries it "
                    "automatically.",
                    who=who,
                    platform=platform,
                )
            case "field":
                return self.env._(
                    "The other fields of the record were sent to %(platform)s. This field waits. %(who)s corrects the "
                    "value or the cause. A new value in Odoo is tried automatically.",
                    who=who,
                    platform=platform,
                )
            case "brake":
                return self.env._(
                    "%(count)s records wait for one decision. %(who)s corrects the cause and presses Retry, or Ignore.",
                    who=who,
                    count=self.refusal_count,
                )
            case "overwritten":
                return self.env._(
                    "Both sides have the Odoo values now. A data steward keeps them, or brings back those of %s.",
                    platform,
                )
            case "alarm":
                return self._outlook_of_alarm(who)
            case "merge" if self.merge_task == "two_records":
                return self.env._(
                    "A data steward merges the two records on %s. The task then closes automatically.", platform
                )
            case "merge":
                return self.env._("A data steward decides whether the two customers are merged in Odoo too.")
        if self.fact_key:
            return self.env._(
                "%s corrects the cause and presses Retry, which sends the fact as it was recorded, or Ignore, which "
                "leaves it out for good. Until then, later facts of the record wait.",
                who,
            )
        if self.op == "delete":
            return self.env._(
                "%(who)s corrects the cause and presses Retry, or Ignore, which leaves the record on %(platform)s as "
                "it is.",
                who=who,
                platform=platform,
            )
        return self.env._(
            "%s corrects the cause and presses Retry. A change of the record in Odoo retries it automatically.", who
        )

    def _outlook_of_alarm(self, who: str) -> str:
        """Return who acts on an alarm. Some close with the next attempt that succeeds, the others have none."""
        if self.alarm_about in TRIED_AGAIN or self.job_method in TRIED_AGAIN:
            return self.env._(
                "%s removes the cause. The alarm closes automatically when the next attempt succeeds.", who
            )
        if self._about_stopped_stream():
            return self.env._(
                "%s removes the cause and presses Retry: the stream continues where it stopped, and the alarm closes.",
                who,
            )
        if self.alarm_about == "load":
            return self.env._("%s removes the cause and presses Retry, which starts the load again.", who)
        return self.env._("%s removes the cause and presses Retry, which closes the alarm.", who)

    def _about_stopped_stream(self) -> bool:
        return self.alarm_about == "stream" and self.stream_id.sudo().state == "stopped"

    def _outlook_of_ignored(self) -> str:
        """Return what an ignored message leaves as it is, and what would bring it up again."""
        self.ensure_one()
        platform = self.platform_name
        match self.kind:
            case "alarm" if self._about_stopped_stream():
                return self.env._("The stream stays stopped until a person presses Resume there.")
            case "alarm" if self.alarm_about == "load":
                return self.env._("The load stays unfinished until a person starts it again.")
            case "alarm":
                return self.env._("No action is needed. The next failure opens a new alarm.")
            case "merge" if self.merge_task == "two_records":
                return self.env._("Both records stay on %s. Only the primary one exchanges values with Odoo.", platform)
            case "merge":
                return self.env._(
                    "The two customers stay separate in Odoo. If %s reports the merge again, a new task opens.",
                    platform,
                )
            case "overwritten":
                return self.env._("Both sides keep the Odoo values.")
            case "delivery" if self.fact_key:
                return self.env._("This fact is never sent. Later facts of the record are sent without it.")
            case "delivery" if self.op == "delete":
                return self.env._("Nothing is sent. The record on %s stays as it is.", platform)
            case "delivery" | "field":
                return self.env._("Left out until the value changes in Odoo.")
            case "brake":
                return self.env._("All records of this mass refusal are left out until their values change in Odoo.")
        return self.env._("Left out until the record changes on %s.", platform)

    def _outlook_of_progress(self, waits: Waits) -> str:
        """Return what becomes of a message that waits for no person of its own, or is closed."""
        self.ensure_one()
        match self.state:
            case "retrying" if self.next_try_at:
                return self._outlook_of_next_try()
            case "retrying":
                return self.env._("Being tried again. If that succeeds, the message closes automatically.")
            case "pending":
                return self._outlook_of_pending(waits)
            case "parked" if self.brake_id:
                return self.env._("Waits for the decision about the mass refusal “%s”.", self.brake_id.display_name)
            case "parked":
                record = waits.awaited.get(self.waits_for) or self.env._("another record")
                if (self.connection_id.id, self.waits_for) in waits.failed:
                    return self.env._(
                        "Waits for %(record)s, whose own delivery needs attention. Sent automatically once %(record)s "
                        "is linked.",
                        record=record,
                    )
                return self.env._("Sent automatically once %s is linked.", record)
            case "sending":
                return self.env._("Being sent. The answer of %s closes the message.", self.platform_name)
        return ""

    def _outlook_of_pending(self, waits: Waits) -> str:
        """Return when a pending message is sent: no earlier than its stream sends, and a fact after those before it."""
        standstill = waits.standstill(self)
        if standstill:
            return standstill
        earlier = waits.earlier.get(self._origin.id)
        if earlier and earlier.state in EXCEPTION_STATES:
            return self.env._(
                "Waits for the earlier fact “%s” of the record, which needs attention. Sent automatically once that "
                "fact is sent or ignored.",
                earlier.fact_key,
            )
        if earlier:
            return self.env._("Sent automatically after the earlier fact “%s” of the record.", earlier.fact_key)
        if self.next_try_at:
            return self._outlook_of_next_try()
        return self.env._("Sent automatically with the next delivery.")

    def _outlook_of_next_try(self) -> str:
        moment = fields.Datetime.context_timestamp(self, self.next_try_at)
        return self.env._("Tried again automatically on %s.", moment.strftime("%Y-%m-%d %H:%M"))

    def _who_acts(self) -> str:
        """Return whom an exception waits for: the person it is assigned to, else the team."""
        if self.user_id:
            return self.user_id.name
        if self.team == "technical":
            return self.env._("A person of the technical team")
        return self.env._("A person of the business team")
