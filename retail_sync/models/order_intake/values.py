"""From checked trees to the vals of quotations and their lines."""

from collections.abc import Iterable
from typing import Any

from odoo import Command, fields, models
from odoo.api import Environment

from ...domain.commerce.intake import Line
from .checks import Plan
from .trees import Tree

# What follows from who buys, and where the goods go.
PARTIES = ("partner_id", "partner_shipping_id", "partner_invoice_id", "pricelist_id", "fiscal_position_id")

# What a routing rule may name, beside the company.
ROUTED = ("warehouse_id", "team_id")


def salespeople(env: Environment, plans: Iterable[Plan]) -> dict[str, int]:
    """Return {e-mail address: user id} of the salespeople that orders name: one query."""
    wanted = {address.lower() for plan in plans if (address := plan.tree.main.get("salesperson"))}
    if not wanted:
        return {}
    users = env["res.users"].search([("email_normalized", "in", list(wanted)), ("share", "=", False)], limit=1000)
    return {user.email_normalized: user.id for user in users if user.email_normalized}


def order_vals(tree: Tree, people: dict[str, int]) -> dict[str, Any]:
    """Return the vals of a new quotation. Prices are the platform's: they are within the tolerance."""
    vals = {
        "partner_id": tree.partner.id,
        "partner_shipping_id": tree.delivery.id,
        "partner_invoice_id": tree.invoice.id,
        "company_id": tree.company.id,
        "pricelist_id": tree.pricelist.id,
        "fiscal_position_id": tree.position.id,
        "client_order_ref": tree.main.get("customer_reference") or False,
        "origin": tree.main.get("number") or tree.main.get("title") or False,
        "commitment_date": _commitment(tree),
        # Without it, Odoo takes the user of the connection for the salesperson.
        "user_id": people.get((tree.main.get("salesperson") or "").lower()) or tree.partner.user_id.id or False,
        "order_line": [Command.create(line_vals(tree, line)) for line in tree.lines],
    }
    return vals | {name: tree.route[name].id for name in ROUTED if tree.route[name]}


def _commitment(tree: Tree) -> Any:
    day = tree.main.get("requested_on")
    return fields.Datetime.to_string(fields.Datetime.to_datetime(f"{str(day)[:10]} 12:00:00")) if day else False


def line_vals(tree: Tree, line: Line) -> dict[str, Any]:
    """Return the vals of a line of a quotation."""
    product = tree.products[line.key]
    vals = {
        "product_id": product.id,
        "product_uom_qty": float(line.quantity or 0),
        # Lines of the platform have no unit: their quantities and prices are for the unit in which the product is sold.
        "product_uom_id": product.uom_id.id,
        "price_unit": float(line.price or 0),
        "discount": float(line.discount),
        "intake_key": line.key,
    }
    if line.description and line.description.strip() != product.name:
        named = product.with_context(lang=tree.partner.lang).get_product_multiline_description_sale()
        vals["name"] = f"{named}\n{line.description.strip()}"
    return vals


def changed_vals(tree: Tree) -> dict[str, Any]:
    """Return the vals that bring a quotation to its tree: the header where it differs, and lines by their key."""
    order, vals = tree.order, {}
    wanted = order_vals(tree, {})
    moved = order.partner_id != tree.partner
    for name in PARTIES:
        # With another customer, Odoo computes the others again: the pricelist of a route would give way.
        if moved or order[name].id != wanted[name]:
            vals[name] = wanted[name]
    if moved:
        vals["user_id"] = order.user_id.id or wanted["user_id"]
    if (order.client_order_ref or False) != wanted["client_order_ref"]:
        vals["client_order_ref"] = wanted["client_order_ref"]
    if (fields.Datetime.to_string(order.commitment_date) if order.commitment_date else False) != wanted[
        "commitment_date"
    ]:
        vals["commitment_date"] = wanted["commitment_date"]
    for name in ROUTED:
        if name in wanted or tree.former_route[name]:
            target = wanted[name] if name in wanted else _usual(tree, name)
            if order[name].id != target:
                vals[name] = target
    commands = _line_commands(tree, order.order_line)
    if commands:
        vals["order_line"] = commands
    return vals


def _usual(tree: Tree, name: str) -> Any:
    """Return what Odoo chooses for a new order of the same salesperson, where no rule names one any more."""
    order = tree.order.with_company(tree.company)
    return order.new({"company_id": tree.company.id, "user_id": order.user_id.id})[name].id


def _line_commands(tree: Tree, present: models.BaseModel) -> list[Any]:
    by_key = {line.intake_key: line for line in present if line.intake_key}
    commands = [Command.delete(line.id) for line in present if line.intake_key not in {line.key for line in tree.lines}]
    for line in tree.lines:
        vals = line_vals(tree, line)
        known = by_key.get(line.key)
        if not known:
            commands.append(Command.create(vals))
            continue
        changed = {
            name: value
            for name, value in vals.items()
            if (known[name].id if name in ("product_id", "product_uom_id") else known[name]) != value
        }
        if changed:
            # With another quantity or product, Odoo would put its own price in the place of the platform's.
            commands.append(
                Command.update(known.id, {**changed, "price_unit": vals["price_unit"], "discount": vals["discount"]})
            )
    return commands
