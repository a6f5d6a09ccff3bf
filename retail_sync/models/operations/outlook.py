from typing import Any

from odoo import api, fields, models

from ...runtime.constants import EXCEPTION_STATES


class RetailSyncMessage(models.Model):
    """A message says what happens next and who acts."""

    _inherit = "retail.sync.message"

    outlook = fields.Char(
        compute="_compute_outlook",
        string="What happens next",
        help="Who acts next: a person, or Retail Sync automatically.",
    )

    @api.depends("state", "kind", "merge_task", "next_try_at", "waits_for", "brake_id", "user_id", "team", "fact_key")
    @api.depends_context("lang", "tz")
    def _compute_outlook(self) -> None:
        names = self._names_of_awaited()
        for message in self:
            if message.state in EXCEPTION_STATES:
                message.outlook = message._outlook_of_exception()
            else:
                message.outlook = message._outlook_of_progress(names)

    def _outlook_of_exception(self) -> str:
        """Return who acts on an exception, and what follows from that."""
        self.ensure_one()
        who, platform = self._who_acts(), self.platform_name
        if self.state == "unknown":
            return self.env._(
                "%(who)s looks on %(platform)s whether this arrived, and answers here. Later events of the record "
                "wait.",
                who=who,
                platform=platform,
            )
        if self.state == "review":
            return self.env._(
                "A data steward links the record to a customer, or creates a new one. Until then it waits."
            )
        match self.kind:
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
                return self.env._(
                    "%s removes the cause. The alarm closes automatically when the next attempt succeeds.", who
                )
            case "merge" if self.merge_task == "two_records":
                return self.env._(
                    "A data steward merges the two records on %s. The task then closes automatically.", platform
                )
            case "merge":
                return self.env._("A data steward decides whether the two customers are merged in Odoo too.")
        return self.env._(
            "%s corrects the cause and presses Retry. A change of the record in Odoo retries it automatically.", who
        )

    def _outlook_of_progress(self, names: dict[str, str]) -> str:
        """Return what becomes of a message that waits for no person, or is closed."""
        self.ensure_one()
        if self.state == "retrying" or (self.state == "pending" and self.next_try_at):
            if self.next_try_at:
                moment = fields.Datetime.context_timestamp(self, self.next_try_at)
                return self.env._("Tried again automatically on %s.", moment.strftime("%Y-%m-%d %H:%M"))
            return self.env._("Being tried again. If that succeeds, the message closes automatically.")
        if self.state == "pending":
            return self.env._("Sent automatically with the next delivery.")
        if self.state == "parked" and self.brake_id:
            return self.env._("Waits for the decision about the mass refusal “%s”.", self.brake_id.display_name)
        if self.state == "parked":
            return self.env._(
                "Sent automatically once %s is linked.", names.get(self.waits_for) or self.env._("another record")
            )
        if self.state == "sending":
            return self.env._("Being sent. The answer of %s closes the message.", self.platform_name)
        if self.state == "ignored":
            if self.kind in ("delivery", "field", "brake"):
                return self.env._("Left out until the value changes in Odoo.")
            return self.env._("Left out until the record changes on %s.", self.platform_name)
        return ""

    def _who_acts(self) -> str:
        """Return whom an exception waits for: the person it is assigned to, else the team."""
        if self.user_id:
            return self.user_id.name
        if self.team == "technical":
            return self.env._("A person of the technical team")
        return self.env._("A person of the business team")

    def _names_of_awaited(self) -> dict[str, str]:
        """Return {'model/id' of a record that messages wait for: what staff call it}, in one query a model."""
        wanted: dict[str, list[int]] = {}
        for subject in set(self.mapped("waits_for")) - {False}:
            model, _slash, res_id = subject.rpartition("/")
            if model in self.env and res_id.isdigit() and model != self._name:
                wanted.setdefault(model, []).append(int(res_id))
        found: dict[str, Any] = {}
        for model, ids in wanted.items():
            there = self.env[model].browse(ids).exists()
            readable = there._filtered_access("read")
            found.update({f"{model}/{record.id}": record.display_name for record in readable})
        return found
