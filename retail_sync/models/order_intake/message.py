from typing import Any

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError

from ...domain.commerce.intake_findings import (
    ACCEPTABLE_CHANGES,
    ACCEPTABLE_VALUES,
    Accepted,
    Finding,
)
from ...runtime import rights
from ...runtime.constants import OPEN_MESSAGE_STATES
from ...runtime.rights import Role
from ..audit import trail
from ..mapping.sensitivity import Sensitivities
from . import texts

# What a person may do about failed checks: the findings that it answers.
ACCEPT, DONE, SUCCESSOR = "accept", "done", "successor"


class RetailSyncMessage(models.Model):
    """The exception of an incoming order shows the whole order, and lets a person decide about single values."""

    _inherit = "retail.sync.message"

    intake = fields.Json(
        groups=fields.NO_ACCESS, help="The incoming order and its failed checks: {currency, lines, total, findings}."
    )
    intake_table = fields.Html("Incoming order", compute="_compute_intake_table", compute_sudo=True, sanitize=False)
    may_accept = fields.Boolean(compute="_compute_intake_answers", compute_sudo=True)
    may_mark_done = fields.Boolean(compute="_compute_intake_answers", compute_sudo=True)
    may_use_successor = fields.Boolean(compute="_compute_intake_answers", compute_sudo=True)

    def _intake_findings(self) -> list[Finding]:
        """Return the failed checks that the message was opened for."""
        self.ensure_one()
        return [Finding.of(values) for values in (self.sudo().intake or {}).get("findings", ())]

    def _compute_intake_answers(self) -> None:
        for message in self:
            findings = message._intake_findings() if message.state in OPEN_MESSAGE_STATES else []
            message.may_accept = any(finding.code in ACCEPTABLE_VALUES for finding in findings)
            message.may_mark_done = any(finding.code in ACCEPTABLE_CHANGES for finding in findings)
            message.may_use_successor = any(finding.offer for finding in findings)

    def _compute_intake_table(self) -> None:
        for message in self:
            message.intake_table = message._intake_markup() if message.intake else False

    def _intake_classes(self) -> Sensitivities:
        """Return the classes of the values of incoming orders on the connection."""
        return Sensitivities(self.env, self.connection_id, "incoming_order")

    def _intake_markup(self) -> Markup:
        """Return the order as a table: each line with both prices and what is wrong with it."""
        tree, classes = self.intake, self._intake_classes()
        findings = [texts.shown(finding, classes) for finding in self._intake_findings()]
        by_line: dict[str, list[Finding]] = {}
        for finding in findings:
            by_line.setdefault(finding.line, []).append(finding)
        known = {line["key"] for line in tree["lines"]}
        rows = [
            _row(
                [classes.masked(cell, "lines") for cell in _cells(line)],
                self._intake_sentences(by_line.get(line["key"], [])),
            )
            for line in tree["lines"]
        ]
        titles = [
            self.env._("SKU"),
            # Beside the SKU, where a phone shows it without scrolling.
            self.env._("Failed checks"),
            self.env._("Description"),
            self.env._("Quantity"),
            self.env._("Price on the platform"),
            self.env._("Price in Odoo"),
        ]
        table = Markup('<div class="table-responsive"><table class="table table-sm mb-2"><thead><tr>%s</tr></thead>')
        table += Markup("<tbody>%s</tbody></table></div>")
        head = Markup("").join(Markup("<th>%s</th>") % title for title in titles)
        # A line that the platform has removed stands in no row.
        rest = [finding for finding in findings if finding.line not in known]
        total = self.env._(
            "Total: %(total)s. Sum of the lines: %(lines)s.",
            total=classes.masked(tree.get("total"), "total") or "-",
            lines=classes.masked(tree.get("lines_total"), "total") or "-",
        )
        return (
            table % (head, Markup("").join(rows))
            + Markup("<p>%s</p>") % total
            + Markup("").join(Markup('<p class="text-danger mb-1">%s</p>') % texts.sentence(self.env, f) for f in rest)
        )

    def _intake_sentences(self, findings: list[Finding]) -> Markup:
        return Markup("<br/>").join(texts.sentence(self.env, finding) for finding in findings)

    # -- what a person decides

    def action_ask_accept(self) -> Any:
        """Ask why, then take prices, totals or a repeated reference as the platform has them."""
        return self._ask_intake(ACCEPT, self.env._("Accept values"))

    def action_ask_done(self) -> Any:
        """Ask why, then note that Odoo's order was brought in line by hand, or stays as it is."""
        return self._ask_intake(DONE, self.env._("Done in Odoo"))

    def action_ask_successor(self) -> Any:
        """Ask why, then put the successors in the place of discontinued products."""
        return self._ask_intake(SUCCESSOR, self.env._("Use successor"))

    def _ask_intake(self, answer: str, title: str) -> Any:
        self.ensure_one()
        rights.require(self, Role.steward)
        if not self._intake_answered(answer):
            raise UserError(self.env._("This message has nothing of that kind to decide: reload the page."))
        return self._ask("retail.sync.order.accept", title, message_id=self.id, answer=answer)

    def _intake_answered(self, answer: str) -> list[Finding]:
        """Return the findings that an answer ends."""
        findings = self._intake_findings() if self.state in OPEN_MESSAGE_STATES else []
        if answer == SUCCESSOR:
            return [finding for finding in findings if finding.offer]
        codes = ACCEPTABLE_CHANGES if answer == DONE else ACCEPTABLE_VALUES
        return [finding for finding in findings if finding.code in codes]

    def _answer_intake(self, answer: str, reason: str) -> Any:
        """Keep a person's answer to the failed checks of this order, and read the order again.

        :raises UserError: no reason is given, or nothing is to be decided any more
        """
        messages = rights.require(self, Role.steward)
        messages.ensure_one()
        if not reason.strip():
            raise UserError(self.env._("Enter a reason: it is kept in the audit trail."))
        findings = messages._intake_answered(answer)
        if not findings:
            raise UserError(self.env._("This message has nothing of that kind to decide: reload the page."))
        if answer == SUCCESSOR:
            decisions = [Accepted(finding.code, finding.line, finding.offer) for finding in findings]
        else:
            decisions = list(dict.fromkeys(finding.accepted_as() for finding in findings))
        kind = "successor" if answer == SUCCESSOR else "accepted"
        self.env["retail.sync.order.decision"]._decide(messages, kind, decisions)
        trail.decided(
            messages, f"order_{answer}", reason=reason.strip(), codes=sorted({finding.code for finding in findings})
        )
        messages._retry("critical")
        return self._notify(self.env._("The order is read again, and checked with your decision."))


def _cells(line: dict[str, str]) -> list[str]:
    """Return what a line of the order shows: SKU, description, quantity, both prices."""
    sku = f"{line['sku']} → {line['successor']}" if line.get("successor") else line["sku"]
    return [sku, line.get("name") or "", line["quantity"], line["price"], line["ours"]]


def _row(cells: list[Any], checks: Markup) -> Markup:
    """Return a line of the order: its SKU, what is wrong with it, its other values."""
    inner = Markup("").join(Markup("<td>%s</td>") % cell for cell in (cells[0], checks, *cells[1:]))
    return Markup('<tr class="%s">%s</tr>') % ("table-warning" if checks else "", inner)
