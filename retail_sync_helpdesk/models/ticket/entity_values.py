"""Values of tickets between the words of a desk and Odoo's records."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from odoo import api, models
from odoo.tools import is_html_empty

from . import stages
from .desk_value import COLUMNS

# Canonical priority -> Odoo's.
PRIORITIES = {"low": "0", "normal": "1", "high": "2", "urgent": "3"}
_PRIORITY_OF = {column: word for word, column in PRIORITIES.items()}
# The kinds of words that stand for records of Odoo.
WORDS = ("team", "assignee", "type", "channel")
NO_SUBJECT = "(No subject)"
NO_DESCRIPTION = "<p><br></p>"


class RetailSyncEntityTicket(models.AbstractModel):
    """What a status, a priority, a group or a tag of a desk means in Odoo, and back."""

    _inherit = "retail.sync.entity.ticket"

    @api.model
    def _columns(self) -> dict[str, tuple[str, ...]]:
        return {
            **super()._columns(),
            "status": ("stage_id",),
            "priority": ("priority",),
            "type": ("type_id",),
            "team": ("team_id",),
            "assignee": ("user_id",),
            "channel": ("channel_id", "sync_channel"),
            "custom": ("sync_custom",),
        }

    @api.model
    def _context(self, connection: models.BaseModel, items: Iterable[Any]) -> dict[str, Any]:
        names = {line["key"] for item in items for line in item.main.get("tags") or ()}
        return {**super()._context(connection, items), **self._tables(connection, names)}

    @api.model
    def _tables(self, connection: models.BaseModel, tags: Collection[str]) -> dict[str, Any]:
        """Return the look-up tables of a page: stages, words of the desk, tags; a query each.

        words: {kind: {word: record id}}; word_of: {kind: {record id: [words]}}.
        """
        words: dict[str, dict[str, int]] = {kind: {} for kind in WORDS}
        word_of: dict[str, dict[int, list[str]]] = {kind: {} for kind in WORDS}
        lines = self.env["retail.sync.ticket.value"].sudo().search([("connection_id", "in", connection.ids)])
        for line in lines.filtered("solved"):
            target = line[COLUMNS[line.kind]].id
            words[line.kind][line.value.casefold()] = target
            word_of[line.kind].setdefault(target, []).append(line.value)
        return {
            "stages": stages.read(self.env),
            "words": words,
            "word_of": word_of,
            "known_words": {(line.kind, line.value.casefold()) for line in lines},
            "tag": self._tag_ids(connection, tags),
        }

    @api.model
    def _tag_ids(self, connection: models.BaseModel, names: Collection[str]) -> dict[str, int]:
        """Return {tag in lower case: id}, of the connection's company or of all."""
        if not names:
            return {}
        company = connection.company_id.id
        tags = self.env["helpdesk.ticket.tag"].sudo().with_context(active_test=False)
        domain = [("company_id", "in", [False, company])] if company else []
        found: dict[str, int] = {}
        for tag in tags.search_fetch(domain, ["name"], order="active desc, id"):
            found.setdefault((tag.name or "").strip().casefold(), tag.id)
        return found

    # -- canonical -> Odoo

    @api.model
    def _vals(self, values: dict[str, Any], item: Any, ctx: dict[str, Any]) -> dict[str, Any]:
        vals = super()._vals(values, item, ctx)
        if "subject" in values:
            vals["name"] = values["subject"] or NO_SUBJECT
        if "description" in values:
            vals["description"] = values["description"] or NO_DESCRIPTION
        if "priority" in values:
            # None at all is written too: Odoo would fill in its own default, and send that to the desk.
            vals["priority"] = PRIORITIES.get(values["priority"], False)
        for kind in WORDS:
            if kind not in values:
                continue
            target = ctx["words"][kind].get((values[kind] or "").casefold())
            # A word that stands for nothing yet leaves what Odoo has.
            if target or not values[kind]:
                vals[COLUMNS[kind]] = target or False
        if "channel" in values:
            vals["sync_channel"] = values["channel"] or False
        if "tags" in values:
            vals["tag_ids"] = [(6, 0, self._tags_of(values["tags"] or (), ctx))]
        if "custom" in values:
            vals["sync_custom"] = {line["key"]: line.get("value") for line in values["custom"] or ()} or False
        if partner_id := vals.get("partner_id"):
            partner = self.env["res.partner"].sudo().browse(partner_id)
            vals.update(partner_name=partner.name, partner_email=partner.email)
        return vals

    @api.model
    def _tags_of(self, lines: Iterable[Mapping[str, Any]], ctx: dict[str, Any]) -> list[int]:
        """Return the ids of tags, made where Odoo has none of the name."""
        wanted = {line["key"]: line.get("name") or line["key"] for line in lines}
        missing = {key: name for key, name in wanted.items() if key.casefold() not in ctx["tag"]}
        if missing:
            made = self.env["helpdesk.ticket.tag"].create(
                [{"name": name, "company_id": ctx["company_id"]} for name in missing.values()]
            )
            ctx["tag"].update(zip((key.casefold() for key in missing), made.ids, strict=True))
        return [ctx["tag"][key.casefold()] for key in wanted]

    @api.model
    def _takes(self, name: str, value: Any, ctx: dict[str, Any]) -> bool:
        return name not in WORDS or not value or value.casefold() in ctx["words"][name]

    @api.model
    def _unknown_values(self, items: Iterable[Any], ctx: dict[str, Any]) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for item in items:
            for kind in WORDS:
                word = item.main.get(kind)
                if word and (kind, word.casefold()) not in ctx["known_words"]:
                    counts = found.setdefault(kind, {})
                    counts[word] = counts.get(word, 0) + 1
        return found

    @api.model
    def _note_unknown(self, stream: models.BaseModel, counts: dict[str, Mapping[str, int]], met: bool = False) -> None:
        """List words that tickets bring and the desk did not list, such as the keys of former agents."""
        for kind, words in counts.items():
            self.env["retail.sync.ticket.value"]._list(stream.connection_id, kind, dict.fromkeys(words, ""))

    # -- Odoo -> canonical

    @api.model
    def _local_values(self, records: models.BaseModel, ctx: dict[str, Any], bases: dict[int, Any]) -> dict[int, Any]:
        local = super()._local_values(records, ctx, bases)
        for ticket in records:
            values, base = local[ticket.id], bases.get(ticket.id) or {}
            if ticket.name == NO_SUBJECT:
                values["subject"] = None
            if is_html_empty(ticket.description):
                values["description"] = None
            values["status"] = ctx["stages"].status(
                ticket.stage_id.id, ticket.team_id.id or None, ticket.company_id.id, base.get("status")
            )
            values["priority"] = _PRIORITY_OF.get(ticket.priority)
            for kind in WORDS:
                values[kind] = self._word(kind, ticket[COLUMNS[kind]].id, base.get(kind), ctx)
            if ticket.sync_channel:
                values["channel"] = ticket.sync_channel
            values["tags"] = self._tag_lines(ticket, base.get("tags"))
            values["custom"] = [
                {"key": key, "value": value} for key, value in sorted((ticket.sync_custom or {}).items())
            ] or None
            values["orders"] = ", ".join(self._order_names(ticket)) or None
        return local

    @api.model
    def _word(self, kind: str, record_id: int, base: str | None, ctx: dict[str, Any]) -> str | None:
        """Return the desk's word for a record of Odoo.

        What was agreed on stays while it means this record, and while it means nothing here: Odoo cannot hold it, that
        is no edit. A record for which the desk has no word says what was agreed on.
        """
        if base and ctx["words"][kind].get(base.casefold()) == (record_id or None):
            return base
        if base and not record_id and base.casefold() not in ctx["words"][kind]:
            return base
        found = ctx["word_of"][kind].get(record_id)
        if found:
            return found[0]
        return base if record_id else None

    @api.model
    def _tag_lines(self, ticket: models.BaseModel, base: Any) -> list[dict[str, Any]] | None:
        """Return the tags as lines, in the spelling that was agreed on."""
        spelled = {line["key"].casefold(): line for line in base or ()}
        found = {}
        for tag in ticket.tag_ids:
            name = (tag.name or "").strip()
            if name:
                line = spelled.get(name.casefold()) or {"key": name.casefold(), "name": name}
                found[line["key"]] = line
        return [found[key] for key in sorted(found)] or None

    @api.model
    def _order_names(self, ticket: models.BaseModel) -> list[str]:
        """Return the numbers of the orders that a ticket is linked to."""
        documents = ticket.sudo().sync_document_ids.filtered(lambda document: document._counts() and document.order_id)
        return sorted(set(documents.order_id.mapped("name")))
