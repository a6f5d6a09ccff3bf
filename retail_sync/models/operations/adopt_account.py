"""Another account of the platform with the same records, such as a refreshed sandbox: look at it, then adopt it."""

from typing import Any, Self

from odoo import fields, models
from odoo.exceptions import UserError

from ...adapter.values import AccountReport
from ...domain.resilience.faults import FaultError
from ...domain.resilience.limits import OTHER_ACCOUNT
from ...domain.security.audit import AuditKind
from ...runtime import actions
from ...runtime.constants import WAITING_STATES
from ..audit import trail

# Ids of each stream that are looked for in the other account: the oldest links, and the newest.
SAMPLE = 100
# From this share on, the records of the other account are those of the links.
ENOUGH = 0.9


class RetailSyncConnection(models.Model):
    _inherit = "retail.sync.connection"

    def action_adopt_account(self) -> dict[str, Any]:
        """Look at the account that the credentials lead to now, and show what adopting it would mean."""
        self.ensure_one()
        self._require_manager()
        report = self.sudo()._inspect_account()
        wizard = self.env["retail.sync.adopt.account"].create({"connection_id": self.id, **self._shown_account(report)})
        return actions.open_record(wizard, name=self.env._("Adopt an account"), target="new")

    def _inspect_account(self) -> AccountReport:
        """Return what the account that the credentials lead to has of the links, in a bounded number of calls."""
        self.ensure_one()
        links = self.env["retail.sync.link"]
        sample: dict[int, list[str]] = {}
        for stream in self.stream_ids:
            domain = [("stream_id", "=", stream.id), ("is_primary", "=", True), ("part", "=", "main")]
            found = links.search(domain, order="id", limit=SAMPLE) | links.search(domain, order="id desc", limit=SAMPLE)
            sample[stream.id] = list(dict.fromkeys(found.mapped("external_id")))
        try:
            report = self._adapter().inspect_account(self, sample)
        except FaultError as fault:
            raise UserError(
                self.env._("The account could not be read: %s Test the connection to see why.", fault.message)
            ) from None
        if report is None:
            raise UserError(self.env._("This platform does not say which account the credentials lead to."))
        return report

    def _shown_account(self, report: AccountReport) -> dict[str, Any]:
        """Return the field values of the wizard."""
        streams = {stream.id: stream.name for stream in self.stream_ids}
        lines = [
            self.env._(
                "%(stream)s: %(found)s of %(asked)s ids exist there.",
                stream=streams[stream_id],
                found=found,
                asked=asked,
            )
            for stream_id, (asked, found) in report.found.items()
        ]
        return {
            "account_id": report.account_id,
            "account_name": report.name,
            "link_count": self.env["retail.sync.link"].sudo().search_count([("connection_id", "=", self.id)]),
            "waiting_count": self.env["retail.sync.message"]
            .sudo()
            .search_count(
                [("connection_id", "=", self.id), ("direction", "=", "out"), ("state", "in", WAITING_STATES)]
            ),
            "checked_text": "\n".join(lines) or self.env._("This connection has no links."),
            "doubt": "\n".join(self._doubts(report)) or False,
        }

    def _doubts(self, report: AccountReport) -> list[str]:
        """Return what speaks against adopting an account; a person has to agree to each."""
        doubts = []
        asked = sum(asked for asked, _found in report.found.values())
        found = sum(found for _asked, found in report.found.values())
        if found < ENOUGH * asked:
            doubts.append(
                self.env._(
                    "Only %(found)s of %(asked)s ids exist there: the account is no copy of the former one. Links to "
                    "the others count as deleted remotely.",
                    found=found,
                    asked=asked,
                )
            )
        if report.production is not None and self.environment != "simulator":
            if report.production and self.environment != "production":
                doubts.append(
                    self.env._("The account is a production account, and this connection is not one for production.")
                )
            if not report.production and self.environment == "production":
                doubts.append(self.env._("The account is a sandbox, and this connection is one for production."))
        return doubts


class RetailSyncAdoptAccount(models.TransientModel):
    """Shows what an account has of a connection's links; adopting it looks again."""

    _name = "retail.sync.adopt.account"
    _description = "Adopt an account"

    connection_id = fields.Many2one(
        "retail.sync.connection", required=True, readonly=True, ondelete="cascade", index=True
    )
    account_id = fields.Char("Account id", readonly=True, help="Id of the account that the credentials lead to now.")
    account_name = fields.Char(readonly=True, string="Name of the account")
    link_count = fields.Integer("Links", readonly=True, help="They are kept, and point to records of this account.")
    waiting_count = fields.Integer(
        "Waiting changes", readonly=True, help="Changes in Odoo that are sent to this account once it is adopted."
    )
    checked_text = fields.Text("Checked", readonly=True)
    doubt = fields.Text("Doubts", readonly=True)
    confirmed = fields.Boolean(
        "Adopt it in spite of the doubts", help="Noted with your name and the reason in the audit trail."
    )
    reason = fields.Char(help="Why this account takes the place of the former one.")

    def action_adopt(self) -> dict[str, Any]:
        """Let the connection be about the account from now on."""
        self.ensure_one()
        wizard: Self = self
        connection = wizard.connection_id
        connection._require_manager()
        if not (wizard.reason or "").strip():
            raise UserError(self.env._("Enter a reason: it is kept in the audit trail."))
        connection = connection.sudo()
        # What the form shows could be another account's by now, or written by whoever called.
        report = connection._inspect_account()
        if report.account_id != wizard.account_id:
            raise UserError(
                self.env._("The credentials lead to another account by now. Close this form and look again.")
            )
        if connection._doubts(report) and not wizard.confirmed:
            raise UserError(self.env._("Read the doubts and confirm them, or correct the credentials."))
        former = connection._adapter().adopt_account(connection, report)
        guard = connection.call_guard_ids[:1]
        if guard.fault_code == OTHER_ACCOUNT and not guard.forced:
            connection._call_guard("critical").force("")
        trail.add(
            self.env,
            AuditKind.CREDENTIAL,
            model="retail.sync.connection",
            res_ids=connection.ids,
            connection=connection,
            reason=wizard.reason,
            details={"adopted": report.account_id, "former": former, "in_spite_of_doubts": bool(wizard.confirmed)},
        )
        connection.message_post(
            body=self.env._(
                "%(user)s adopted account %(new)s in place of %(former)s. %(found)s",
                user=self.env.user.name,
                new=report.account_id,
                former=former or self.env._("none"),
                found=connection._shown_account(report)["checked_text"],
            )
        )
        return {"type": "ir.actions.act_window_close"}
