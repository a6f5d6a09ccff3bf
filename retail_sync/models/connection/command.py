from typing import Any, NoReturn, Self

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...domain.resilience.faults import FaultClass
from ...runtime import retention
from ...runtime.constants import LANES
from ...runtime.erasure import Erasure

KEEP_DAYS = 365


class RetailSyncCommand(models.Model):
    """The audit of commands: who asked a platform to do what, and what it answered. Rows are only ever added.

    A row is committed before the call and ends in a transaction of its own after it: whatever becomes of the
    caller's transaction, the command stays on record.
    """

    _name = "retail.sync.command"
    _description = "Command to a platform"
    _erasure = Erasure(quotes=("arguments", "answer"))
    _log_access = False
    _order = "id desc"
    _rec_name = "action"

    connection_id = fields.Many2one("retail.sync.connection", ondelete="set null", index=True, readonly=True)
    connection_name = fields.Char(readonly=True, string="Connection name", help="Kept when the connection is deleted.")
    company_id = fields.Many2one("res.company", ondelete="set null", readonly=True)
    action = fields.Char(required=True, readonly=True, index=True)
    lane = fields.Selection(LANES, required=True, readonly=True)
    arguments = fields.Json(readonly=True, help="Masked by the sensitivity that the adapter declares.")
    arguments_text = fields.Text(compute="_compute_texts", string="Given")
    answer = fields.Json(readonly=True, help="Masked by the sensitivity that the adapter declares.")
    answer_text = fields.Text(compute="_compute_texts", string="Answered")
    state = fields.Selection(
        [("started", "Started"), ("done", "Done"), ("failed", "Failed")],
        required=True,
        readonly=True,
        index=True,
        help="A command that stays Started lost its worker. It may have taken effect.",
    )
    fault_class = fields.Selection([(name.value, name.value) for name in FaultClass], "Fault class", readonly=True)
    fault_code = fields.Char(readonly=True, string="Code")
    duration_ms = fields.Integer(readonly=True, string="Duration (ms)")
    user_id = fields.Many2one("res.users", ondelete="set null", readonly=True, index=True)
    correlation_id = fields.Char(readonly=True, index=True, string="Correlation id")
    at = fields.Datetime(required=True, readonly=True, index=True, string="Called on")

    @api.depends("arguments", "answer")
    def _compute_texts(self) -> None:
        for command in self:
            command.arguments_text = _lines(command.arguments)
            command.answer_text = _lines(command.answer)

    def write(self, vals: dict[str, Any]) -> NoReturn:  # pylint: disable=method-required-super
        raise UserError(self.env._("The audit of commands cannot be changed."))

    def unlink(self) -> NoReturn:  # pylint: disable=method-required-super
        # pylint: disable-next=no-raise-unlink
        raise UserError(self.env._("The audit of commands cannot be deleted; Settings say how long it is kept."))

    def copy(self, default: dict[str, Any] | None = None) -> NoReturn:  # pylint: disable=method-required-super
        raise UserError(self.env._("The audit of commands cannot be copied."))

    @api.model
    def _finish(self, command_id: int, vals: dict[str, Any]) -> None:  # pylint: disable=missing-return
        """End a command that has not ended yet: the one change that a row may have."""
        command: Self = self.browse(command_id).exists()
        if command.state == "started":
            # `write` refuses every user; the end of a command is recorded past it.
            super(RetailSyncCommand, command).write(vals)  # pylint: disable=super-method-mismatch

    @retention.batched
    def _gc_commands(self) -> retention.Progress:
        """Delete commands after the days of Settings. `unlink` refuses every user; retention passes it."""
        limit = retention.before(self.env, "keep_commands_days", KEEP_DAYS)
        return retention.delete_expired(self, SQL("at < %s", limit), SQL("at")) if limit else (0, 0)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retail_sync_keep_commands_days = fields.Integer(
        string="Keep commands for",
        default=KEEP_DAYS,
        config_parameter="retail_sync.keep_commands_days",
        help="Days. The audit of commands is deleted after that.",
    )


def _lines(value: Any) -> str | bool:
    if not isinstance(value, dict):
        return str(value) if value not in (None, False, "") else False
    return "\n".join(f"{name}: {part}" for name, part in value.items()) or False
