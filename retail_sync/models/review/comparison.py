"""Compare an incoming record with its candidates, as plain values for a dialog."""

from collections.abc import Mapping
from typing import Any

from odoo import models
from odoo.api import Environment

from ...domain.canonical.schema import PART_MAIN
from ...domain.security.masking import mask_value
from ...domain.values.text import fold
from ..identity.evidence_labels import in_words
from ..links import lookups
from ..mapping import record_names
from ..mapping.item import Reconciled
from ..mapping.sensitivity import Sensitivities

# Fields that distinguish customers, in the order in which people compare them.
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
# Kinds of text by which a masked value is formatted.
MASK_KINDS = {"email": "email", "phone": "phone", "address": "location"}


def build(env: Environment, message: models.BaseModel, chosen: models.BaseModel, revealed: bool) -> dict[str, Any]:
    """Return {"fields": [{"name", "label", "incoming", "cells": [{"value", "same"}]}], "candidates": [...]}.

    Incoming values are masked unless revealed, or unless they equal a value of a candidate that the user may read.
    Candidates that the user may not read are left out.

    :param chosen: the customer that the user chose, compared as well
    """
    incoming = _incoming(env, message)
    partners, candidates = _partners(env, message, chosen)
    values_of = _local_values(message, partners)
    linked = _linked(env, message, partners)
    classes = Sensitivities(env, message.connection_id, message.sudo().stream_id.entity or "customer")
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
                "incoming": _shown(
                    env, classes, name, incoming.get(name), revealed, any(cell["same"] for cell in cells)
                ),
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
                "evidence": in_words(env, candidates.get(partner.id)),
                "linked": linked.get(partner.id, ""),
                "active": partner.active,
            }
            for partner in partners
        ],
    }


def _incoming(env: Environment, message: models.BaseModel) -> dict[str, Any]:
    """Return {canonical field: value} of the record; {} when the record was not stored or cannot be decoded."""
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


def _parent_name(env: Environment, message: models.BaseModel, ref: str) -> str:
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


def _partners(
    env: Environment, message: models.BaseModel, chosen: models.BaseModel
) -> tuple[models.BaseModel, dict[int, dict]]:
    """Return (customers that the user may read, {id: candidate as the message stores it})."""
    candidates = {candidate["id"]: candidate for candidate in message.sudo().candidates or []}
    partners = env["res.partner"].with_context(active_test=False).browse(list(candidates)).exists()
    partners |= chosen.with_context(active_test=False)
    return partners._filtered_access("read"), candidates


def _local_values(message: models.BaseModel, partners: models.BaseModel) -> dict[int, dict[str, Any]]:
    if not partners or not message.stream_id:
        return {}
    entity = message.stream_id.sudo()._entity()
    context = entity._context(message.connection_id.sudo(), [])
    values_of = entity._local_values(partners.sudo(), context, {})
    parent_of = {partner.id: partner.parent_id.id for partner in partners.sudo()}
    names = record_names.readable(message.env, [("res.partner", parent_id) for parent_id in parent_of.values()])
    for partner_id, parent_id in parent_of.items():
        values_of.setdefault(partner_id, {})["parent"] = names.get(("res.partner", parent_id))
    return values_of


def _linked(env: Environment, message: models.BaseModel, partners: models.BaseModel) -> dict[int, str]:
    """Return {partner id: name of its link} of partners that are already linked on this connection."""
    links = lookups.primary_links(env, message.connection_id, "res.partner", partners.ids)
    return {link.res_id: link.display_name for link in links}


def _field_names(incoming: Mapping[str, Any], values_of: Mapping[int, Mapping[str, Any]]) -> list[str]:
    filled = {name for name, value in incoming.items() if value not in (None, "", False)}
    for values in values_of.values():
        filled |= {name for name, value in values.items() if value not in (None, "", False)}
    return [name for name in SHOWN if name in filled]


def _label(env: Environment, name: str) -> str:
    labels = dict(env["retail.sync.ownership.rule"]._fields["canonical_field"]._description_selection(env))
    return labels.get(name, name)


def _text(env: Environment, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return env._("Yes") if value else env._("No")
    if isinstance(value, (list, tuple)):
        return ", ".join(str(part) for part in value if part)
    return str(value)


def _same(env: Environment, value: Any, incoming: Any) -> bool:
    return bool(incoming) and fold(_text(env, value)) == fold(_text(env, incoming))


def _shown(env: Environment, classes: Sensitivities, name: str, value: Any, revealed: bool, known: bool) -> str:
    """Return the text of an incoming value, masked unless it is revealed or known from a candidate."""
    text = _text(env, value)
    if revealed or known or not text:
        return text
    return str(mask_value(text, classes.of(name).sensitivity, MASK_KINDS.get(name, "name")))
