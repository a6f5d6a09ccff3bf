from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import ormcache

from ...domain.resilience import plain_pattern
from ...domain.resilience.faults import Rule, classify_by_rules
from ...runtime import actions, rights
from ...runtime.erasure import Erasure
from ...runtime.rights import Role

FAULT_CLASSES = [
    ("transient", "Passing trouble"),
    ("throttled", "Platform asks us to wait"),
    ("auth", "Sign-in"),
    ("conflict", "Changed meanwhile"),
    ("business", "The data"),
    ("contract", "Schema or permission"),
    ("gone", "Record gone"),
    ("duplicate", "Possible duplicate"),
    ("dependency", "Waits for another record"),
    ("unknown", "Unknown"),
]


def _is_own_path(url: str) -> bool:
    """Return whether a browser stays on this server: two slashes, of either kind, begin the name of a host."""
    return url.startswith("/") and url[1:2] not in ("/", "\\")


class RetailSyncFaultRule(models.Model):
    """What a fault means and what to do about it, as data staff can extend."""

    _name = "retail.sync.fault.rule"
    _description = "Fault rule"
    _erasure = Erasure(why="Configuration.")
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="The cause in words; exceptions are grouped by it.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=100)
    system = fields.Char(help="Only for this kind of platform. Empty: for all.", string="Platform")
    code_pattern = fields.Char(
        required=True,
        default="*",
        help="Error codes, separated by blanks: the rule is for each of them. * stands for any text, ? for any "
        "single character. Upper and lower case are the same.",
        string="Codes",
    )
    message_pattern = fields.Char(
        help="Words that the beginning of the error text must contain (its first 500 characters), with * between them "
        "for any text. Upper and lower case are the same. Empty: any text.",
        string="Text",
    )
    fault_class = fields.Selection(
        FAULT_CLASSES, required=True, help="Decides whether and when the record is retried.", string="Class"
    )
    team = fields.Selection(
        [("technical", "Technical"), ("business", "Business")],
        required=True,
        default="business",
        help="The team that works on these exceptions.",
    )
    next_step = fields.Text(
        "What to do", required=True, translate=True, help="What the person who sees the exception should do."
    )
    runbook_url = fields.Char(
        help="Page with more details: a link that begins with https:// or http://, or a path of this server.",
        string="Runbook",
    )
    message_ids = fields.One2many("retail.sync.message", "rule_id", readonly=True)
    open_count = fields.Integer(compute="_compute_open_count", string="Open exceptions")
    retry_count = fields.Integer(compute="_compute_open_count", string="Exceptions to retry")

    def _compute_open_count(self) -> None:
        rows = self.env["retail.sync.message"]._read_group(
            [("rule_id", "in", self.ids), ("is_exception", "=", True)], ["rule_id", "state"], ["__count"]
        )
        counts = {(rule, state): count for rule, state, count in rows}
        for rule in self:
            rule.open_count = sum(count for (found, _state), count in counts.items() if found == rule)
            rule.retry_count = counts.get((rule, "open"), 0)

    @api.constrains("message_pattern", "code_pattern")
    def _check_pattern(self) -> None:
        for rule in self:
            if not rule.code_pattern.strip() or "," in rule.code_pattern or ";" in rule.code_pattern:
                raise ValidationError(
                    self.env._("%s: separate codes by blanks, without commas. * stands for any code.", rule.name)
                )
            if plain_pattern.looks_like_regular_expression(rule.message_pattern or ""):
                raise ValidationError(
                    self.env._(
                        "%s: the text is a regular expression. Write the words as the error shows them, with * for "
                        "any text between them.",
                        rule.name,
                    )
                )
            if len(rule.message_pattern or "") > plain_pattern.PATTERN_LIMIT:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: the text is too long. Write at most %(limit)s characters.",
                        rule=rule.name,
                        limit=plain_pattern.PATTERN_LIMIT,
                    )
                )

    @api.constrains("runbook_url")
    def _check_runbook_url(self) -> None:
        for rule in self:
            url = (rule.runbook_url or "").strip()
            if url and not (url.lower().startswith(("https://", "http://")) or _is_own_path(url)):
                raise ValidationError(
                    self.env._(
                        "%s: the runbook is no web address. Write one that begins with https:// or http://, or a path "
                        "of this server that begins with a single /.",
                        rule.name,
                    )
                )

    def _is_sound(self) -> bool:
        """Return whether the text is one that rules may search for."""
        text = self.message_pattern or ""
        return not plain_pattern.looks_like_regular_expression(text) and len(text) <= plain_pattern.PATTERN_LIMIT

    def _rule(self) -> Any:
        self.ensure_one()
        return Rule(
            code=self.code_pattern,
            message=self.message_pattern or "",
            sequence=self.sequence,
            key=self.id,
        )

    @api.model
    def _match(self, system: Any, code: str, message: Any) -> Any:
        """Return the first rule (a record, may be empty) that fits a fault of a system."""
        found = classify_by_rules(self._rules_of(system), code or "", message or "")
        return self.browse(found.key) if found else self.browse()

    @api.model
    @ormcache("system")
    def _rules_of(self, system: Any) -> tuple[Rule, ...]:
        """Return the rules for a system. Cached: a page of failing records asks once for each of them."""
        rules = self.sudo().search([("system", "in", [False, system])])
        # A rule of an older version may hold a regular expression: left out, it stops no delivery.
        return tuple(rule._rule() for rule in rules if rule._is_sound())

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> "RetailSyncFaultRule":
        rules = super().create([rights.without_managed(self, vals) for vals in vals_list])
        self.env.registry.clear_cache()
        return rules

    def write(self, vals: dict[str, Any]) -> bool:
        rights.refuse_managed(self, vals)
        done = super().write(vals)
        self.env.registry.clear_cache()
        return done

    def unlink(self) -> bool:
        done = super().unlink()
        self.env.registry.clear_cache()
        return done

    def action_retry_open(self) -> Any:
        """Try all exceptions of this cause again, e.g. once a missing right or field was added."""
        self.ensure_one()
        rights.require(self, Role.operator)
        open_ones = [("rule_id", "=", self.id), ("state", "=", "open")]
        messages = self.env["retail.sync.message"].search(open_ones, limit=rights.AT_ONCE, order="id")
        if not messages:
            raise UserError(
                self.env._(
                    "No exception of this cause waits for a retry. Records under Reviews need your decision instead."
                )
            )
        return messages.action_retry()

    def action_open(self) -> Any:
        self.ensure_one()
        self.check_access("read")
        return actions.open_record(self, target="new")
