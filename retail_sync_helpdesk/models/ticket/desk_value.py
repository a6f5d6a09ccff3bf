"""What the words of a desk mean in Odoo: its groups, agents, types and channels."""

from collections.abc import Collection, Mapping
from typing import Any

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.retail_sync.runtime.erasure import Erasure
from odoo.addons.retail_sync.runtime.transactions import LostRaceError

KINDS = [("team", "Group"), ("assignee", "Agent"), ("type", "Type"), ("channel", "Channel")]
# Tickets that one request reads again.
AT_ONCE = 200
COLUMNS = {"team": "team_id", "assignee": "user_id", "type": "type_id", "channel": "channel_id"}


class RetailSyncTicketValue(models.Model):
    """One word of a desk and what it stands for, for all tickets of a connection.

    The adapter lists the words that the desk has, tickets bring others. Until a word stands for something, tickets are
    taken in without it, and what they have in Odoo stays as it is.
    """

    _name = "retail.sync.ticket.value"
    _description = "Value of a desk"
    _order = "connection_id, kind, label, value"
    _rec_name = "label"
    _erasure = Erasure(why="Holds groups, agents, types and channels as desks spell them.")

    connection_id = fields.Many2one("retail.sync.connection", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id")
    kind = fields.Selection(KINDS, required=True)
    value = fields.Char("Desk's value", required=True, help="Key or word, as the desk writes it.")
    label = fields.Char("Name on the desk", help="As the desk shows it; the e-mail address of an agent.")
    team_id = fields.Many2one("helpdesk.ticket.team", ondelete="cascade")
    user_id = fields.Many2one("res.users", domain=[("share", "=", False)], ondelete="cascade")
    type_id = fields.Many2one("helpdesk.ticket.type", ondelete="cascade")
    channel_id = fields.Many2one("helpdesk.ticket.channel", ondelete="cascade")
    solved = fields.Boolean(compute="_compute_solved", store=True, help="It stands for something in Odoo.")

    _value_uniq = models.UniqueIndex("(connection_id, kind, value)", "This value has a line already.")

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        lines = super().create(vals_list)
        lines.filtered("solved")._meaning_changed()
        return lines

    def write(self, vals: dict[str, Any]) -> bool:
        before = {line: (line.kind, line.value, line[COLUMNS[line.kind]]) for line in self}
        result = super().write(vals)
        self.filtered(lambda line: before[line] != (line.kind, line.value, line[COLUMNS[line.kind]]))._meaning_changed()
        return result

    def _meaning_changed(self) -> None:
        """Let tickets meet these words anew, and read them again.

        Odoo could not hold a word without a meaning, or held another one for it: that was no edit of a person.
        """
        links = self.env["retail.sync.link"].sudo()
        links.flush_model()
        found: list[int] = []
        for (connection, kind), lines in self.grouped(lambda line: (line.connection_id, line.kind)).items():
            rows = self.env.execute_query(
                SQL(
                    "UPDATE retail_sync_link SET base = base - %s WHERE connection_id = %s AND res_model = %s"
                    " AND part = 'main' AND lower(base->>%s) = ANY(%s) RETURNING id",
                    kind,
                    connection.id,
                    "helpdesk.ticket",
                    kind,
                    [line.value.lower() for line in lines],
                )
            )
            found += [link_id for (link_id,) in rows]
        links.invalidate_model(["base"])
        for start in range(0, len(found), AT_ONCE):
            links.browse(found[start : start + AT_ONCE]).action_sync_now()

    @api.depends("kind", "team_id", "user_id", "type_id", "channel_id")
    def _compute_solved(self) -> None:
        for line in self:
            line.solved = bool(line.kind and line[COLUMNS[line.kind]])

    @api.model
    def _teams(self, connection: models.BaseModel) -> list[int]:
        """Return the ids of the teams that stand for a group of a desk."""
        domain = [("connection_id", "=", connection.id), ("kind", "=", "team"), ("solved", "=", True)]
        return self.search(domain).team_id.ids

    @api.model
    def _list(self, connection: models.BaseModel, kind: str, labels: Mapping[str, str]) -> None:
        """Keep which words a desk has, and what they stand for where that is plain: an equal name, or e-mail address.

        :param labels: {value: name; of agents the e-mail address}
        """
        lines = self.sudo().search([("connection_id", "=", connection.id), ("kind", "=", kind)])
        known = {line.value: line for line in lines}
        meant = self._meant(connection, kind, {label for label in labels.values() if label})
        new = []
        for value, label in labels.items():
            line, target = known.get(value), meant.get((label or "").casefold())
            if line is None:
                new.append(
                    {
                        "connection_id": connection.id,
                        "kind": kind,
                        "value": value,
                        "label": label or value,
                        COLUMNS[kind]: target,
                    }
                )
                continue
            changes = {"label": label} if label and label != line.label else {}
            if target and not line.solved:
                changes[COLUMNS[kind]] = target
            if changes:
                line.write(changes)
        if not new:
            return
        try:
            with self.env.cr.savepoint():
                self.sudo().create(new)
        except UniqueViolation as error:
            # Another page of tickets met a new word at the same moment, in a transaction that this one does not see.
            raise LostRaceError("another worker has listed a value of the desk") from error

    @api.model
    def _meant(self, connection: models.BaseModel, kind: str, labels: Collection[str]) -> dict[str, int]:
        """Return {name or e-mail address in lower case: id} of what these names mean without a doubt."""
        if not labels:
            return {}
        if kind == "assignee":
            wanted = [label.lower() for label in labels]
            users = (
                self.env["res.users"]
                .sudo()
                .search(["|", ("login", "in", wanted), ("email_normalized", "in", wanted), ("share", "=", False)])
            )
            found = {(user.email_normalized or ""): user.id for user in users}
            return {**found, **{user.login.lower(): user.id for user in users}}
        model = self.env[self._fields[COLUMNS[kind]].comodel_name].sudo()
        domain: list[Any] = []
        if connection.company_id and "company_id" in model._fields:
            domain = [("company_id", "in", [False, connection.company_id.id])]
        wanted_names = {label.casefold() for label in labels}
        named: dict[str, list[int]] = {}
        for record in model.search_fetch(domain, ["name"]):
            if (name := (record.name or "").casefold()) in wanted_names:
                named.setdefault(name, []).append(record.id)
        return {name: ids[0] for name, ids in named.items() if len(ids) == 1}
