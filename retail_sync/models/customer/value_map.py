"""What values of a platform mean in Odoo: salespeople, languages and states that Odoo does not know by these words."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from odoo import api, fields, models
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...domain.values.states import State
from ...domain.values.text import fold
from ...runtime import rights
from ...runtime.erasure import Erasure
from ...runtime.rights import Role
from ...runtime.transactions import run_separately
from ..runs import refresh_queue

KINDS = [("owner", "Salesperson"), ("language", "Language"), ("state", "State or province")]
# The value of the line that holds for every salesperson without a line.
ANY = "*"
# Records that one job reads again.
BATCH = 1000


def _create_owners(tx: Environment, stream: models.BaseModel, counts: Mapping[str, int]) -> None:
    """Add a line for each owner that has none: {owner: records}."""
    value_map = tx["retail.sync.value.map"]
    value_map.create(
        [
            {
                "connection_id": stream.connection_id.id,
                "kind": "owner",
                "value": value,
                "counts": {str(stream.id): counts[value]},
            }
            for value in value_map._new_owners(stream, counts)
        ]
    )


class RetailSyncValueMap(models.Model):
    """One value of the platform and what it means in Odoo, for all records of a connection.

    A dry run adds the values that it does not know, with the number of their records. Until a person says what a value
    means, the records are taken in without it, with a warning each.
    """

    _name = "retail.sync.value.map"
    _inherit = ["retail.sync.company.reach"]
    _description = "Value of a platform"
    _erasure = Erasure(why="Holds salespersons, languages and states as platforms spell them.")
    _order = "connection_id, kind, count desc, value"

    connection_id = fields.Many2one("retail.sync.connection", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id")
    kind = fields.Selection(KINDS, required=True)
    value = fields.Char(
        "Platform's value", required=True, help="As the platform writes it. * for every other salesperson."
    )
    country_code = fields.Char("Country", help="Of a state: the country code that stands beside it.")
    user_id = fields.Many2one("res.users", domain=[("share", "=", False)])
    lang_id = fields.Many2one("res.lang", string="Language", domain=[("active", "=", True)])
    state_id = fields.Many2one("res.country.state")
    leave_empty = fields.Boolean("Leave empty", help="Take records in without this value, and without a warning.")
    solved = fields.Boolean(compute="_compute_solved", store=True, help="A person said what the value means.")
    counts = fields.Json(readonly=True, help="Records that name the value, by stream, in the last dry run.")
    count = fields.Integer("Records", compute="_compute_count", store=True)

    _value_uniq = models.UniqueIndex(
        "(connection_id, kind, value, COALESCE(country_code, ''))", "This value has a line already."
    )

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        """Create records; what only the engine writes begins anew, also in a copy."""
        return super().create([rights.without_managed(self, vals) for vals in vals_list])

    def write(self, vals: dict[str, Any]) -> bool:
        """Write what people may write; states, positions and counts are the engine's."""
        rights.refuse_managed(self, vals)
        return super().write(vals)

    @api.depends("user_id", "lang_id", "state_id", "leave_empty")
    def _compute_solved(self) -> None:
        for line in self:
            line.solved = bool(line.leave_empty or line.user_id or line.lang_id or line.state_id)

    @api.depends("counts")
    def _compute_count(self) -> None:
        for line in self:
            line.count = sum((line.counts or {}).values())

    @api.onchange("user_id", "lang_id", "state_id")
    def _onchange_target(self) -> None:
        if self.user_id or self.lang_id or self.state_id:
            self.leave_empty = False

    def action_install_language(self) -> Any:
        """Open Odoo's own dialog that installs languages."""
        self.ensure_one()
        code = self.value.replace("-", "_").lower()
        languages = self.env["res.lang"].with_context(active_test=False).search([], limit=1000)
        exact = languages.filtered(lambda lang: lang.code.lower() == code)
        found = exact or languages.filtered(lambda lang: lang.code.split("_")[0].lower() == code.split("_")[0])
        if not found:
            raise UserError(
                self.env._("Odoo has no language %s. Choose another one, or leave the value empty.", self.value)
            )
        action = self.env["ir.actions.act_window"]._for_xml_id("base.action_view_base_language_install")
        return dict(action, context={"default_lang_ids": found[:1].ids})

    @api.model
    def _forget_blanks(self, connection: models.BaseModel, owners: list[str]) -> None:
        """Let customers without a salesperson meet these owners anew: Odoo could not hold them, that is no edit."""
        self.env["retail.sync.link"].flush_model()
        self.env["res.partner"].flush_model(["user_id"])
        self.env.cr.execute(
            SQL(
                "UPDATE retail_sync_link link SET base = link.base - 'owner' FROM res_partner partner"
                " WHERE link.connection_id = %s AND link.part = 'main' AND link.res_model = 'res.partner'"
                " AND partner.id = link.res_id AND partner.user_id IS NULL"
                " AND (lower(link.base->>'owner') = ANY(%s) OR (%s AND link.base->>'owner' IS NOT NULL))",
                connection.id,
                owners,
                ANY in owners,
            )
        )
        self.env["retail.sync.link"].invalidate_model(["base"])

    def action_apply(self) -> Any:
        """Read the linked records again that carry a warning, or whose owner the lines name."""
        rights.require(self, Role.manager)
        for connection, lines in self.grouped("connection_id").items():
            connection._require_manager()
            owners = lines.filtered(lambda line: line.kind == "owner").mapped(lambda line: line.value.lower())
            self.env["retail.sync.link"].flush_model()
            found = self.env.execute_query(
                SQL(
                    "SELECT stream_id, array_agg(external_id ORDER BY external_id) FROM retail_sync_link"
                    " WHERE connection_id = %s AND part = 'main' AND stream_id IS NOT NULL"
                    " AND (has_warnings OR lower(base->>'owner') = ANY(%s) OR (%s AND base->>'owner' IS NOT NULL))"
                    " GROUP BY stream_id",
                    connection.id,
                    owners,
                    ANY in owners,
                )
            )
            self._forget_blanks(connection, owners)
            for stream_id, external_ids in found:
                stream = self.env["retail.sync.stream"].sudo().browse(stream_id)
                for start in range(0, len(external_ids), BATCH):
                    refresh_queue.enqueue_ids(
                        self.env(su=True), stream, external_ids[start : start + BATCH], lane="bulk"
                    )
        return self.env["retail.sync.message"]._notify(
            self.env._("The records are read again. Runs shows the progress.")
        )

    @api.model
    def _owner_words(self, connection: models.BaseModel, addresses: Collection[str]) -> dict[str, list[str]]:
        """Return {e-mail address of a user: the platform's owners that stand for the user}, as persons said."""
        found: dict[str, list[str]] = {}
        lines = self.sudo().search([("connection_id", "=", connection.id), ("kind", "=", "owner")])
        for line in lines.filtered(lambda line: line.user_id and line.value != ANY):
            address = (line.user_id.email or line.user_id.login or "").lower()
            if address in addresses:
                found.setdefault(address, []).append(line.value.lower())
        return found

    @api.model
    def _note_owners(self, stream: models.BaseModel, counts: Mapping[str, int]) -> None:
        """List owners that a page names and Odoo does not know: one line each, instead of a remark on each record."""
        if counts and self._new_owners(stream, counts):
            # Pages of one load meet the same owners at the same time: the second one sees what the first one noted.
            run_separately(self.env, _create_owners, stream, dict(counts))

    @api.model
    def _new_owners(self, stream: models.BaseModel, counts: Mapping[str, int]) -> list[str]:
        """Return which owners of {owner: records} have no line yet, sorted."""
        known = self.search(
            [("connection_id", "=", stream.connection_id.id), ("kind", "=", "owner"), ("value", "in", list(counts))]
        )
        return sorted(counts.keys() - set(known.mapped("value")))

    @api.model
    def _note(self, stream: models.BaseModel, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Keep what a dry run of a stream did not know. Lines that it did not meet count no record of it."""
        key = str(stream.id)
        lines = self.search([("connection_id", "=", stream.connection_id.id)])
        known = {(line.kind, line.country_code or "", line.value): line for line in lines}
        met = {}
        for kind, values in counts.items():
            for word, number in values.items():
                country, _slash, value = word.partition("/") if kind == "state" else ("", "", word)
                met[kind, country, value] = number
        for name, line in known.items():
            number, before = met.pop(name, 0), (line.counts or {}).get(key, 0)
            if number != before and (number or not line.solved):
                line.counts = {**(line.counts or {}), key: number}
        self.create(
            [
                {
                    "connection_id": stream.connection_id.id,
                    "kind": kind,
                    "value": value,
                    "country_code": country or False,
                    "counts": {key: number},
                }
                for (kind, country, value), number in met.items()
            ]
        )


def overlay(
    env: Environment, connection: models.BaseModel, tables: dict[str, Any], owners: Iterable[str | None]
) -> None:
    """Add to the look-up tables of a page what persons said about values of this connection.

    ``left_empty``: {(kind, value)} of values that are left empty without a warning.
    """
    lines = env["retail.sync.value.map"].sudo().search([("connection_id", "=", connection.id), ("solved", "=", True)])
    tables["left_empty"] = {(line.kind, _key(line)) for line in lines if line.leave_empty}
    words = tables["state_words"] = {}
    default = None
    for line in lines:
        if line.kind == "owner" and line.value == ANY:
            default = line
        elif line.kind == "owner" and line.user_id:
            tables["owner"].setdefault(line.value.lower(), line.user_id.id)
        elif line.kind == "language" and line.lang_id:
            tables["lang"].setdefault(_key(line), line.lang_id.code)
        elif line.kind == "state" and line.state_id:
            words[_key(line)] = tables["state_of"].get(line.state_id.id)
    if default:
        rest = {owner.lower() for owner in owners if owner} - tables["owner"].keys()
        for owner in rest:
            if default.user_id:
                tables["owner"][owner] = default.user_id.id
            else:
                tables["left_empty"].add(("owner", owner))


def left_empty(ctx: Mapping[str, Any], kind: str, value: str, country: str | None = None) -> bool:
    """Return whether a person said that a value is left empty."""
    key = {"language": language_key(value), "state": f"{country or ''}/{fold(value)}"}.get(kind, value.lower())
    return (kind, key) in ctx.get("left_empty", ())


def state(ctx: Mapping[str, Any], value: str, country: str | None) -> State | None:
    """Return the state that a person said a value means."""
    found: State | None = ctx.get("state_words", {}).get(f"{country or ''}/{fold(value)}")
    return found


def language_key(value: str) -> str:
    return value.replace("-", "_").lower()


def _key(line: models.BaseModel) -> str:
    if line.kind == "language":
        return language_key(line.value)
    return f"{line.country_code or ''}/{fold(line.value)}" if line.kind == "state" else line.value.lower()
