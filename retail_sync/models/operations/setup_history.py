from typing import Any

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang, human_size


class RetailSyncSetup(models.TransientModel):
    """The step "History": how far back published streams go, counted before anything starts."""

    _inherit = "retail.sync.setup"

    history_summary = fields.Html(compute="_compute_history", sanitize=False)
    history_warning = fields.Html(compute="_compute_history", sanitize=False)
    history_ready = fields.Boolean("Counted", compute="_compute_history", help="Every stream that waits is counted.")
    history_confirmed = fields.Boolean(
        string="Send it nevertheless",
        help="The history is queued behind all other work. What does not fit waits, or is refused by the platform.",
    )

    def _compute_history(self) -> None:
        for wizard in self:
            connection = wizard.connection_id._origin
            plan = connection.get_history_plan() if connection and wizard.step == "history" else {}
            wizard.history_ready = plan.get("counted", False)
            wizard.history_summary = wizard._history_table(plan) if wizard.history_ready else False
            wizard.history_warning = (
                Markup().join(Markup("<div>%s</div>") % text for text in plan.get("warnings", ())) or False
            )

    def _history_table(self, plan: dict[str, Any]) -> Markup:
        """Return what the history needs in all, beside what the platform has left."""
        unknown = self.env._("not known")
        storage, calls = plan["storage_left"], plan["calls_left"]
        rows = (
            (self.env._("Records"), self._number(plan["records"]), ""),
            (
                self.env._("Storage"),
                human_size(plan["storage"]) or "0",
                self.env._("%s left", unknown if storage is None else human_size(storage) or "0"),
            ),
            (
                self.env._("Calls"),
                self._number(plan["calls"]),
                self.env._("%s left today", unknown if calls is None else self._number(calls)),
            ),
        )
        html = Markup().join(
            Markup('<tr><th>%s</th><td class="text-end">%s</td><td class="text-muted">%s</td></tr>') % row
            for row in rows
        )
        note = Markup('<p class="text-muted">%s</p>') % plan["fault"] if plan["fault"] else Markup()
        return Markup('<table class="table table-sm w-auto mb-1">%s</table>%s') % (html, note)

    def _number(self, value: int) -> str:
        return formatLang(self.env, value, digits=0)

    def action_to_history(self) -> Any:
        """Go on to how far back the published streams go; nothing starts yet."""
        self.ensure_one()
        self.history_confirmed = False
        return self._go("history")

    def action_count_history(self) -> Any:
        """Count what the history needs, and ask the platform what it has left."""
        self.ensure_one()
        self.history_confirmed = False
        self.connection_id.count_history()
        return self._go("history")

    def action_to_live(self) -> Any:
        """Go on to the consent once the history is counted, and fits or is wanted nevertheless."""
        self.ensure_one()
        if self.step == "history":
            if not self.history_ready:
                raise UserError(self.env._("Count the history first, so that you know what the platform will get."))
            if self.history_warning and not self.history_confirmed:
                raise UserError(self.env._("The history does not fit. Choose a later date, or confirm it."))
        return super().action_to_live()

    def _steps(self) -> list[str]:
        """Leave out what a connection does not need: reading where nothing is read, history where nothing waits."""
        steps = super()._steps()
        if not self.connection_id.reading_stream_ids:
            steps = [step for step in steps if step not in ("dry", "load")]
        return steps if self.connection_id.waits_to_publish else [step for step in steps if step != "history"]
