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
    """One answer to many questions: says what will happen to how many, and what is left out and why, before it does."""

    _name = "retail.sync.bulk.review"
    _description = "Answer to many questions"

    answer = fields.Selection(
        [
            (LINK, "Link each to its first suggestion"),
            (SECOND, "All are second records"),
            (CREATE, "Create all as new"),
            (NON_MATCH, "None is the same"),
        ],
        required=True,
        readonly=True,
        help="What is said about every question that was selected.",
    )
    message_ids = fields.Many2many("retail.sync.message", readonly=True)
    # What the person saw: a question that changed since is not answered with it.
    seen = fields.Json(readonly=True)
    count = fields.Integer(compute="_compute_plan", string="Will be answered", help="Questions this answer suits.")
    left_out = fields.Integer(compute="_compute_plan", string="Left out", help="Questions that stay as they are.")
    outlook = fields.Text(compute="_compute_plan", string="What happens", help="What will be done, before it is done.")
    left_out_text = fields.Text(
        compute="_compute_plan", string="Left out because", help="Why some questions stay as they are, and how many."
    )
    sample_ids = fields.Many2many(
        "retail.sync.message", compute="_compute_plan", string="For example", help="The first of those to be answered."
    )
    state = fields.Selection(
        [("asking", "To be confirmed"), ("running", "Under way"), ("done", "Done")],
        default="asking",
        required=True,
        readonly=True,
        help="More than fifty questions are answered in the background, fifty at a time.",
    )
    n_total = fields.Integer(readonly=True, string="In all", help="Questions that the background work goes through.")
    n_done = fields.Integer(readonly=True, string="Answered so far", help="Questions answered by now.")
    skipped = fields.Json(readonly=True)
    progress_text = fields.Text(compute="_compute_progress_text", string="So far", help="How far the work has come.")

    @api.depends("message_ids", "answer", "seen")
    def _compute_plan(self) -> None:
        for wizard in self:
            found = bulk_answer.plan_answer(self.env, wizard.answer, wizard.message_ids, wizard.seen or [])
            wizard.count = len(found.chosen)
            wizard.left_out = sum(len(ids) for ids in found.skipped.values())
            wizard.sample_ids = found.chosen[:SAMPLE]
            chosen = wizard.message_ids.browse(found.chosen) if wizard.answer in (LINK, SECOND) else ()
            wizard.outlook = wizard._outlook(len(found.chosen), sum(is_tie(message.candidates) for message in chosen))
            wizard.left_out_text = wizard._skipped_text({why: len(ids) for why, ids in found.skipped.items()}) or False

    def _outlook(self, count: Any, ties: Any) -> Any:
        """Return in words what the button will do."""
        if not count:
            return self.env._("Nothing: this answer suits none of the selected questions, see below.")
        texts = {
            LINK: self.env._(
                "Records to be linked: %s. Each is linked to the customer that is suggested first for it, and read "
                "again from the platform. Where the two differ, the ownership rules decide field by field. A manager "
                "can remove a link again.",
                count,
            ),
            SECOND: self.env._(
                "Records to be noted as second ones: %s. The customer that is suggested first for each is linked to "
                "another record of that platform already. Odoo knows the second one from now on, and takes no values "
                "from it; consider merging the two on the platform. A manager can remove a link again.",
                count,
            ),
            CREATE: self.env._(
                "Customers to be created: %s. Each record is read again from the platform, and a new customer is made "
                "of it. That it is none of the customers suggested for it is remembered.",
                count,
            ),
            NON_MATCH: self.env._(
                "Records to be told apart: %s. It is remembered that each is none of the customers suggested for it. "
                "It is read and compared again without these: then it is linked to somebody else, created, or asked "
                "about anew.",
                count,
            ),
        }
        lines = [texts[self.answer]]
        if ties:
            lines.append(
                self.env._(
                    "Of these, %s have another suggestion that agrees just as well as the first one. If in doubt, "
                    "decide about them one by one.",
                    ties,
                )
            )
        if count > AT_ONCE:
            lines.append(
                self.env._("This takes a while: it is done in the background, and you are told when it has ended.")
            )
        return "\n".join(lines)

    def _skipped_text(self, skipped: Any) -> Any:
        """Return a line for each reason to leave questions out."""
        reasons = {
            "answered": self.env._("answered already, or being answered at this moment"),
            "changed": self.env._("changed since you looked: the record or its first suggestion is another one now"),
            "no_access": self.env._("you may not change these questions"),
            "no_suggestion": self.env._("nobody is suggested, or the suggested customer is no more"),
            "no_customer_access": self.env._("you may not change the suggested customer"),
            "linked": self.env._(
                "the suggested customer is linked to another record of that platform already; if it is the same "
                "customer, say that all are second records"
            ),
            "not_linked": self.env._(
                "the suggested customer is linked to no record of that platform yet: link the record to it instead"
            ),
            "against": self.env._("more speaks against the first suggestion than for it: decide about them one by one"),
            "rival": self.env._(
                "another selected record is linked to the same customer: it has more in common with it, or was asked "
                "about earlier"
            ),
        }
        return "\n".join(f"{count} - {reasons[why]}" for why, count in (skipped or {}).items() if count)

    @api.depends("n_done", "n_total", "skipped", "state")
    def _compute_progress_text(self) -> None:
        for wizard in self:
            wizard.progress_text = wizard._result_text(wizard.n_done, wizard.skipped or {})

    def _result_text(self, done: Any, skipped: Any) -> Any:
        lines = [self.env._("Questions answered: %s.", done), self._skipped_text(skipped)]
        return "\n".join(line for line in lines if line)

    def action_answer(self) -> Any:
        """Do what was said: at once when it is little, in the background when it is much."""
        self.ensure_one()
        if self.state != "asking":
            raise UserError(self.env._("This is under way already."))
        found = bulk_answer.plan_answer(self.env, self.answer, self.message_ids, self.seen or [])
        if not found.chosen:
            raise UserError(self.env._("None of the selected questions can be answered so.\n%s", self.left_out_text))
        chosen = self.message_ids.browse(found.chosen)
        skipped = {why: len(ids) for why, ids in found.skipped.items()}
        if len(chosen) > AT_ONCE:
            # Each customer is wanted by one record of the plan only, so no two parts link to the same.
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
                    "Somebody linked one of these customers at this very moment. Nothing was done: close this, select "
                    "the questions again, and look at what is said then."
                )
            ) from error
        for why, count in missed.items():
            skipped[why] = skipped.get(why, 0) + count
        self.write({"state": "done", "n_total": len(chosen), "n_done": len(done), "skipped": skipped})
        return self.env["retail.sync.message"]._notify(self._result_text(len(done), skipped))

    def action_refresh(self) -> Any:
        """Show how far the work has come."""
        return self._reopen()

    def _went_on(self, done: Any, skipped: Any, ended: Any) -> None:
        """Note that a part of the work is done; tell the person when it was the last. No harm if the dialog is gone."""
        for wizard in self:
            total = dict(wizard.skipped or {})
            for why, count in skipped.items():
                total[why] = total.get(why, 0) + count
            wizard.write({"n_done": wizard.n_done + done, "skipped": total, "state": "done" if ended else "running"})
            if ended:
                self.env.user._bus_send(
                    "simple_notification",
                    {
                        "type": "success",
                        "title": self.env._("Questions"),
                        "message": wizard._result_text(wizard.n_done, total),
                        "sticky": True,
                    },
                )

    def _reopen(self) -> Any:
        self.ensure_one()
        return actions.dialog(self._description, self)
