from odoo import api, models

from ...domain.canonical.schema import ENTITIES, PART_MAIN
from ...domain.security.masking import mask_value
from ...domain.values.text import fold
from ..identity.evidence_labels import in_words
from ..mapping.item import Item

# What tells customers apart, in the order people look at it.
SHOWN = (
    "kind",
    "name",
    "email",
    "phone",
    "vat",
    "customer_number",
    "website",
    "address",
    "job_title",
    "parent",
    "language",
)
# Text kinds whose masked form must be told.
MASK_KINDS = {"email": "email", "phone": "phone", "address": "address"}


class RetailSyncComparison(models.AbstractModel):
    """An incoming record beside the customers it may be, as plain values for a screen."""

    _name = "retail.sync.comparison"
    _description = "Comparison of an incoming record with customers"

    @api.model
    def _build(self, message, chosen, revealed):
        """Return {"fields": [{"name", "label", "incoming", "cells": [{"value", "same"}]}], "candidates": [...]}.

        Incoming values are masked unless revealed; one that equals a customer's is not
        told to anybody who could not read it on the customer. Customers the user may not
        read are left out.
        """
        incoming = self._incoming(message)
        partners, found = self._partners(message, chosen)
        values_of = self._local_values(message, partners)
        linked = self._linked(message, partners)
        rows = []
        for name in self._field_names(incoming, values_of):
            cells = []
            for partner in partners:
                value = values_of.get(partner.id, {}).get(name)
                cells.append(
                    {"value": self._text(value), "same": bool(value) and self._same(value, incoming.get(name))}
                )
            rows.append(
                {
                    "name": name,
                    "label": self._label(name),
                    "incoming": self._shown(name, incoming.get(name), revealed, any(cell["same"] for cell in cells)),
                    "cells": cells,
                }
            )
        return {
            "title": message.display_name,
            "revealed": revealed,
            "fields": rows,
            "candidates": [
                {
                    "id": partner.id,
                    "name": partner.display_name,
                    "evidence": in_words(self.env, found.get(partner.id)),
                    "linked": linked.get(partner.id, ""),
                    "active": partner.active,
                }
                for partner in partners
            ],
        }

    @api.model
    def _incoming(self, message):
        """Return the record's values in our words, {} when it was not kept or cannot be read."""
        message = message.sudo()
        payload, stream = message.payload, message.stream_id
        if not payload or not stream:
            return {}
        adapter = stream._adapter()
        incoming, _errors = adapter.decode(stream, stream._decoder(), payload, adapter.decode_options(stream))
        item, entity = Item(incoming), stream._entity()
        entity._fold(item, entity._context(message.connection_id, [item]))
        values = dict(item.folded.get(PART_MAIN) or {})
        if values.get("parent"):
            values["parent"] = self._parent_name(message, values["parent"])
        return values

    @api.model
    def _parent_name(self, message, ref):
        remote_object, _slash, external_id = ref.partition("/")
        link = self.env["retail.sync.link"].search(
            [
                ("connection_id", "=", message.connection_id.id),
                ("remote_object", "=", remote_object),
                ("external_id", "=", external_id),
                ("part", "=", PART_MAIN),
            ],
            limit=1,
        )
        return self.env["res.partner"].browse(link.res_id).exists().display_name if link else ref

    @api.model
    def _partners(self, message, chosen):
        """Return (candidates the user may read, {id: what is kept of each})."""
        found = {candidate["id"]: candidate for candidate in message.candidates or []}
        partners = self.env["res.partner"].with_context(active_test=False).browse(list(found)).exists()
        partners |= chosen.with_context(active_test=False)
        return partners._filtered_access("read"), found

    @api.model
    def _local_values(self, message, partners):
        if not partners or not message.stream_id:
            return {}
        entity = message.stream_id.sudo()._entity()
        context = entity._context(message.connection_id.sudo(), [])
        values_of = entity._local_values(partners.sudo(), context, {})
        for partner in partners.sudo():
            values_of.setdefault(partner.id, {})["parent"] = partner.parent_id.display_name or None
        return values_of

    @api.model
    def _linked(self, message, partners):
        """Return {partner id: remote id} of those linked on this connection already."""
        links = self.env["retail.sync.link"].search(
            [
                ("connection_id", "=", message.connection_id.id),
                ("res_model", "=", "res.partner"),
                ("res_id", "in", partners.ids),
                ("is_primary", "=", True),
            ]
        )
        return {link.res_id: link.display_name for link in links}

    @api.model
    def _field_names(self, incoming, values_of):
        filled = {name for name, value in incoming.items() if value not in (None, "", False)}
        for values in values_of.values():
            filled |= {name for name, value in values.items() if value not in (None, "", False)}
        return [name for name in SHOWN if name in filled]

    @api.model
    def _label(self, name):
        labels = dict(
            self.env["retail.sync.ownership.rule"]._fields["canonical_field"]._description_selection(self.env)
        )
        return labels.get(name, name)

    @api.model
    def _text(self, value):
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return self.env._("Yes") if value else self.env._("No")
        if isinstance(value, (list, tuple)):
            return ", ".join(str(part) for part in value if part)
        return str(value)

    @api.model
    def _same(self, one, other):
        return bool(other) and fold(self._text(one)) == fold(self._text(other))

    @api.model
    def _shown(self, name, value, revealed, known):
        text = self._text(value)
        if revealed or known or not text:
            return text
        spec = ENTITIES["customer"].fields.get(name)
        sensitivity = spec.sensitivity if spec else "personal"
        return str(mask_value(text, sensitivity, MASK_KINDS.get(name, "name")))
