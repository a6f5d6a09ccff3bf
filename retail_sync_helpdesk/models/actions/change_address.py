"""Send what of an order has not left yet to another address.

The address is a new contact of the customer, or one that equals it: an address that others use is never changed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from odoo.tools import escape_psql

from ...api.errors import ApiProblem
from ...domain.service.before_shipping import CHANGE_ADDRESS
from ...domain.service.order_facts import Address
from .cancel_order import open_transfers
from .saying import effect, in_words, listed, references_of
from .work import Done, Executor, Shown, Work

__all__ = ["CHANGE", "address_of"]

# What these delivery methods of Odoo charge does not depend on the address; others ask a carrier.
_SAME_EVERYWHERE = ("fixed", "base_on_rule")
_TEXTS = ("name", "street", "street2", "zip", "city", "phone")


def address_of(order: Any, request: Any) -> Address:
    """Return what the wanted address changes: its country, the fiscal position, and whether carriers go there.

    :raises ApiProblem: there is no such country or state
    """
    values = _values(order, request.address)
    place = order.env["res.partner"].new({**values, "company_id": False})
    position = order.env["account.fiscal.position"]._get_fiscal_position(order.partner_id, place)
    away = _carriers(order).filtered(lambda carrier: not carrier._match_address(place))[:1]
    return Address(place.country_id.code or "", position.name or "", away.name or "")


def _carriers(order: Any) -> Any:
    """Return the delivery methods of what has not left yet."""
    return order.carrier_id | _transfers(order).carrier_id


def _values(order: Any, asked: Any) -> dict[str, Any]:
    country = order.env["res.country"].search([("code", "=", asked.country)], limit=1)
    if not country:
        raise _invalid("country", "There is no such country.")
    state = order.env["res.country.state"]
    if asked.state:
        domain = [
            ("country_id", "=", country.id),
            "|",
            ("code", "=ilike", escape_psql(asked.state)),
            ("name", "=ilike", escape_psql(asked.state)),
        ]
        state = state.search(domain, limit=1)
        if not state:
            raise _invalid("state", "The country has no such state.")
    return {
        **{name: getattr(asked, name) or False for name in _TEXTS},
        "type": "delivery",
        "parent_id": order.partner_id.id,
        "country_id": country.id,
        "state_id": state.id,
    }


def _invalid(name: str, detail: str) -> ApiProblem:
    return ApiProblem("invalid_values", errors=[{"pointer": f"/body/request/address/{name}", "detail": detail}])


def _show(work: Work) -> Shown:
    env, order = work.env, work.order
    asked = work.request.address
    place = ", ".join(part for part in (asked.street, f"{asked.zip} {asked.city}".strip(), asked.country) if part)
    pickings = _transfers(order)
    effects = [effect("address_changed", env._("Goods go to: %s.", place), order)]
    for picking in pickings:
        text = env._("Transfer %s gets the new address.", picking.name)
        effects.append(effect("shipment_readdressed", text, picking))
    after = address_of(order, work.request)
    if after.tax_zone != work.facts.address.tax_zone:
        text = env._("The taxes of the order are calculated anew, because the address is in another tax zone.")
        effects.append(effect("taxes_changed", text))
    charged = sum(order.order_line.filtered("is_delivery").mapped("price_total"))
    for carrier in _carriers(order).filtered(lambda found: found.delivery_type not in _SAME_EVERYWHERE):
        text = env._(
            "%(carrier)s charges by address. The order keeps its delivery charge of %(amount)s: rate it again there if "
            "the customer is to pay another one.",
            carrier=carrier.name,
            amount=in_words(env, Decimal(str(charged)), order.currency_id),
        )
        effects.append(effect("delivery_not_rated", text, order))
    options = {"shipments": sorted(pickings.ids), "country": after.country, "tax_zone": after.tax_zone}
    return Shown(effects=tuple(effects), options=options)


def _carry_out(work: Work) -> Done:
    order = work.order
    partner = _contact(order, work.request.address)
    pickings = _transfers(order)
    before = order.fiscal_position_id
    pickings.write({"partner_id": partner.id})
    pickings.move_ids.write({"partner_id": partner.id})
    # Odoo would ask a person to change the address of the transfers, which is done.
    order.with_context(mail_activity_automation_skip=True).write({"partner_shipping_id": partner.id})
    if order.fiscal_position_id != before and not work.facts.money.invoices:
        order._recompute_taxes()
    note = work.env._("New address of: %s.", listed(pickings)) if pickings else ""
    return Done(references_of([order, *pickings]), note=note)


def _transfers(order: Any) -> Any:
    """Return the open transfers towards the customer; what comes back goes where it went."""
    return open_transfers(order).filtered(lambda picking: picking.picking_type_code != "incoming")


def _contact(order: Any, asked: Any) -> Any:
    values = _values(order, asked)
    equal = [(name, "=", value) for name, value in values.items()]
    found = order.env["res.partner"].search(equal, limit=1)
    return found or order.env["res.partner"].create(values)


CHANGE = Executor(CHANGE_ADDRESS, _show, _carry_out)
