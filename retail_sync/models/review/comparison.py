"""An incoming record beside the customers it may be, as plain values for a screen."""

from typing import Any

from odoo.api import Environment

from ...domain.canonical.schema import ENTITIES, PART_MAIN
from ...domain.security.masking import mask_value
from ...domain.values.text import fold
from ..identity.evidence_labels import in_words
from ..links import lookups
from ..mapping.item import Reconciled

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


def build(env: Environment, message: Any, chosen: Any, revealed: Any) -> dict[str, Any]:
    """Return {"fields": [{"name", "label", "incoming", "cells": [{"value", "same"}]}], "candidates": [...]}.

    Incoming values are masked unless revealed; one that equals a customer's is not
    told to anybody who could not read it on the customer. Customers the user may not
    read are left out.
    """
    incoming = _incoming(env, message)
    partners, found = _partners(env, message, chosen)
    values_of = _local_values(message, partners)
    linked = _linked(env, message, partners)
    rows = []
    for name in _field_names(incoming, values_of):
        cells = []
        for partner in partners:
            value = values_of.get(partner.id, {}).get(name)
            cells.append({"value": _text(env, value), "same": bool(value) and _same(env, value, incoming.get(name))})
        rows.append(
            {
                "name": name,
                "label": _label(env, name),
                "incoming": _shown(env, name, incoming.get(name), revealed, any(cell["same"] for cell in cells)),
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
                "evidence": in_words(env, found.get(partner.id)),
                "linked": linked.get(partner.id, ""),
                "active": partner.active,
            }
            for partner in partners
        ],
    }


def _incoming(env: Environment, message: Any) -> Any:
    """Return the record's values in our words, {} when it was not kept or cannot be read."""
    message = message.sudo()
    payload, stream = message.payload, message.stream_id
    if not payload or not stream:
        return {}
    adapter = stream._adapter()
    incoming, _errors = adapter.decode(stream, stream._decoder(), payload, adapter.decode_options(stream))
    item, entity = Reconciled(incoming), stream._entity()
    entity._fold(item, entity._context(message.connection_id, [item]))
    values = dict(item.folded.get(PART_MAIN) or {})
    if values.get("parent"):
        values["parent"] = _parent_name(env, message, values["parent"])
    return values


def _parent_name(env: Environment, message: Any, ref: Any) -> Any:
    remote_object, _slash, external_id = ref.partition("/")
    link = env["retail.sync.link"].search(
        [
            ("connection_id", "=", message.connection_id.id),
            ("remote_object", "=", remote_object),
            ("external_id", "=", external_id),
            ("part", "=", PART_MAIN),
        ],
        limit=1,
    )
    return env["res.partner"].browse(link.res_id).exists().display_name if link else ref


def _partners(env: Environment, message: Any, chosen: Any) -> Any:
    """Return (candidates the user may read, {id: what is kept of each})."""
    found = {candidate["id"]: candidate for candidate in message.candidates or []}
    partners = env["res.partner"].with_context(active_test=False).browse(list(found)).exists()
    partners |= chosen.with_context(active_test=False)
    return partners._filtered_access("read"), found


def _local_values(message: Any, partners: Any) -> Any:
    if not partners or not message.stream_id:
        return {}
    entity = message.stream_id.sudo()._entity()
    context = entity._context(message.connection_id.sudo(), [])
    values_of = entity._local_values(partners.sudo(), context, {})
    for partner in partners.sudo():
        values_of.setdefault(partner.id, {})["parent"] = partner.parent_id.display_name or None
    return values_of


def _linked(env: Environment, message: Any, partners: Any) -> Any:
    """Return {partner id: remote id} of those linked on this connection already."""
    links = lookups.primary_links(env, message.connection_id, "res.partner", partners.ids)
    return {link.res_id: link.display_name for link in links}


def _field_names(incoming: Any, values_of: Any) -> Any:
    filled = {name for name, value in incoming.items() if value not in (None, "", False)}
    for values in values_of.values():
        filled |= {name for name, value in values.items() if value not in (None, "", False)}
    return [name for name in SHOWN if name in filled]


def _label(env: Environment, name: str) -> Any:
    labels = dict(env["retail.sync.ownership.rule"]._fields["canonical_field"]._description_selection(env))
    return labels.get(name, name)


def _text(env: Environment, value: Any) -> Any:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return env._("Yes") if value else env._("No")
    if isinstance(value, (list, tuple)):
        return ", ".join(str(part) for part in value if part)
    return str(value)


def _same(env: Environment, one: Any, other: Any) -> Any:
    return bool(other) and fold(_text(env, one)) == fold(_text(env, other))


def _shown(env: Environment, name: str, value: Any, revealed: Any, known: Any) -> Any:
    text = _text(env, value)
    if revealed or known or not text:
        return text
    spec = ENTITIES["customer"].fields.get(name)
    sensitivity = spec.sensitivity if spec else "personal"
    return str(mask_value(text, sensitivity, MASK_KINDS.get(name, "name")))
