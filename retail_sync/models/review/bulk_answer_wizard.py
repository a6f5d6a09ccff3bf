from collections.abc import Mapping
from typing import Any

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...domain.identity.bulk_review import CREATE, LINK, NON_MATCH, SECOND, is_tie
from ...runtime import actions
from . import bulk_answer
from .bulk_answer import AT_ONCE

SAMPLE = 5


class RetailSyncBulkReview(models.TransientModel):
    """Apply one answer to many reviews; the dialog first shows how many it changes, and which it leaves out and why."""

    _name = "retail.sync.bulk.review"
    _description = "Bulk answer to reviews"

    answer = fields.Selection(
        [
            (LINK, "Link each record to its first suggested match"),
            (SECOND, "Mark all as duplicates on the platform"),
            (CREATE, "Create new customers"),
            (NON_MATCH, "Mark all as non-matches"),
        ],
        required=True,
        readonly=True,
        help="Answer to apply to all selected reviews.",
    )
    message_ids = fields.Many2many("retail.sync.message", readonly=True)
    # What the person saw: a review that changed since then is left out.
    seen = fields.Json(readonly=True)
    count = fields.Integer(
        compute="_compute_plan", string="Reviews to answer", help="Number of reviews that can be answered in this way."
    )
    left_out = fields.Integer(compute="_compute_plan", string="Left out", help="Number of reviews that stay open.")
    outlook = fields.Text(compute="_compute_plan", string="Effects", help="What the answer changes.")
    left_out_text = fields.Text(
        compute="_compute_plan", string="Reasons for leaving out", help="Why some reviews stay open, and how many."
    )
    sample_ids = fields.Many2many(
        "retail.sync.message", compute="_compute_plan", string="Examples", help="The first reviews to be answered."
    )
    state = fields.Selection(
        [("asking", "To confirm"), ("running", "In progress"), ("done", "Done")],
        default="asking",
        required=True,
        readonly=True,
        help="More than 50 reviews are answered in the background, 50 at a time.",
    )
    n_total = fields.Integer(readonly=True, string="Total", help="Number of reviews that the background job answers.")
    n_done = fields.Integer(readonly=True, string="Answered", help="Number of reviews answered so far.")
    skipped = fields.Json(readonly=True)
    progress_text = fields.Text(
        compute="_compute_progress_text", string="Progress", help="Progress of the background job."
    )

    @api.depends("message_ids", "answer", "seen")
    def _compute_plan(self) -> None:
        for wizard in self:
            plan = bulk_answer.plan_answer(self.env, wizard.answer, wizard.message_ids, wizard.seen or [])
            wizard.count = len(plan.chosen)
            wizard.left_out = sum(len(ids) for ids in plan.skipped.values())
            wizard.sample_ids = plan.chosen[:SAMPLE]
            chosen = wizard.message_ids.browse(plan.chosen) if wizard.answer in (LINK, SECOND) else ()
            wizard.outlook = wizard._outlook(
                len(plan.chosen), sum(is_tie(message.sudo().candidates) for message in chosen)
            )
            skipped = {reason: len(ids) for reason, ids in plan.skipped.items()}
            wizard.left_out_text = wizard._skipped_text(skipped) or False

    def _outlook(self, count: int, ties: int) -> str:
        """Return sentences that say what the button does.

        :param ties: number of records whose first two suggestions have equal evidence
        """
        if not count:
            return self.env._("None of the selected reviews can be answered in this way. The reasons are listed below.")
        texts = {
            LINK: self.env._(
                "Records to link: %s. Each record is linked to its first suggested match and read again from the "
                "platform. If values differ, the ownership rules decide for each field. A sync manager can remove a "
                "link again.",
                count,
            ),
            SECOND: self.env._(
                "Records to mark as duplicates: %s. The first suggested match of each record is already linked to "
                "another record of the platform. Each record gets a secondary link, and Odoo ignores its values. "
                "Consider merging the two records on the platform. A sync manager can remove a link again.",
                count,
            ),
            CREATE: self.env._(
                "Customers to create: %s. Each record is read again from the platform, and Odoo creates a new customer "
                "from it. The suggested matches of each record become non-matches.",
                count,
            ),
            NON_MATCH: self.env._(
                "Records to mark as non-matches: %s. The suggested matches of each record become non-matches. The "
                "record is read and compared again without them: it is linked to another customer, created, or "
                "reviewed again.",
                count,
            ),
        }
        lines = [texts[self.answer]]
        if ties:
            lines.append(
                self.env._(
                    "Of these records, %s have a second suggested match with the same evidence. If in doubt, review "
                    "these records separately.",
                    ties,
                )
            )
        if count > AT_ONCE:
            lines.append(self.env._("The answer is applied in the background. You are notified when it is complete."))
        return "\n".join(lines)

    def _skipped_text(self, skipped: Mapping[str, int]) -> str:
        """Return a line for each reason to leave reviews out, with its number.

        :param skipped: {code of a reason: number of reviews}
        """
        reasons = {
            "answered": self.env._("already answered, or being answered by another user"),
            "changed": self.env._("the record or its first suggested match changed after you opened the list"),
            "no_access": self.env._("you have no right to change the review"),
            "no_suggestion": self.env._("there is no suggested match, or the suggested customer was deleted"),
            "no_customer_access": self.env._("you have no right to change the suggested customer"),
            "linked": self.env._(
                "the suggested customer is already linked to another record of the platform; if it is the same "
                "customer, mark all as duplicates on the platform"
            ),
            "not_linked": self.env._(
                "the suggested customer is not linked to a record of the platform yet; link the record to it instead"
            ),
            "against": self.env._(
                "the evidence speaks against the first suggested match; review these records separately"
            ),
            "rival": self.env._(
                "another selected record is linked to the same customer, because it has stronger evidence or an older "
                "review"
            ),
        }
        return "\n".join(f"{count} - {reasons[reason]}" for reason, count in (skipped or {}).items() if count)

    @api.depends("n_done", "n_total", "skipped", "state")
    def _compute_progress_text(self) -> None:
        for wizard in self:
            wizard.progress_text = wizard._result_text(wizard.n_done, wizard.skipped or {})

    def _result_text(self, done: int, skipped: Mapping[str, int]) -> str:
        lines = [self.env._("Reviews answered: %s.", done), self._skipped_text(skipped)]
        return "\n".join(line for line in lines if line)

    def action_answer(self) -> dict[str, Any]:
        """Apply the answer: up to 50 reviews at once, more in the background.

        :raises UserError: when no review can be answered, or another user linked one of the customers
        """
        self.ensure_one()
        if self.state != "asking":
            raise UserError(self.env._("The answer is already being applied. Refresh to see the progress."))
        plan = bulk_answer.plan_answer(self.env, self.answer, self.message_ids, self.seen or [])
        if not plan.chosen:
            raise UserError(
                self.env._(
                    "None of the selected reviews can be answered in this way. Choose another answer.\n%s",
                    self.left_out_text,
                )
            )
        chosen = self.message_ids.browse(plan.chosen)
        skipped = {reason: len(ids) for reason, ids in plan.skipped.items()}
        if len(chosen) > AT_ONCE:
            # The plan links each customer to one record only, so no two parts link to the same customer.
            self.write({"state": "running", "n_total": len(chosen), "skipped": skipped})
            bulk_answer.enqueue(
                self.env, self.answer, chosen.ids, [row for row in self.seen if row[0] in chosen._ids], self.id
            )
            return self._reopen()
        try:
            done, missed = bulk_answer.answer_all(self.env, self.answer, chosen, self.seen)
        except UniqueViolation as error:
            raise UserError(
                self.env._(
                    "Another user linked one of these customers at this moment, so no review was answered. Close this "
                    "dialog, select the reviews again and check the effects."
                )
            ) from error
        for reason, count in missed.items():
            skipped[reason] = skipped.get(reason, 0) + count
        self.write({"state": "done", "n_total": len(chosen), "n_done": len(done), "skipped": skipped})
        return self.env["retail.sync.message"]._notify(self._result_text(len(done), skipped))

    def action_refresh(self) -> dict[str, Any]:
        """Reload the dialog to show the current progress."""
        self.check_access("read")
        return self._reopen()

    def _add_progress(self, done: int, skipped: Mapping[str, int], ended: bool) -> None:
        """Add the result of a part, and notify the person after the last part. Does nothing without a dialog.

        :param skipped: {code of a reason: number of reviews}
        """
        for wizard in self:
            total = dict(wizard.skipped or {})
            for reason, count in skipped.items():
                total[reason] = total.get(reason, 0) + count
            wizard.write({"n_done": wizard.n_done + done, "skipped": total, "state": "done" if ended else "running"})
            if ended:
                self.env.user._bus_send(
                    "simple_notification",
                    {
                        "type": "success",
                        "title": self.env._("Reviews"),
                        "message": wizard._result_text(wizard.n_done, total),
                        "sticky": True,
                    },
                )

    def _reopen(self) -> dict[str, Any]:
        self.ensure_one()
        return actions.dialog(self._description, self)
