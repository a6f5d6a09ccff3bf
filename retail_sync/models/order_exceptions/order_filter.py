"""Filters of orders that people enter and the system evaluates: which fields they ask for."""

from odoo import models
from odoo.api import Environment
from odoo.fields import Domain

# Models whose fields tell about the order itself: who may change rules may filter by them, with or without a role in
# Sales.
OF_ORDERS = ("sale.order", "sale.order.line")


def hidden_fields(env: Environment, domain: Domain) -> list[str]:
    """Return the paths of the conditions of a filter of orders that lead to something the user may not read."""
    return _hidden(env["sale.order"].sudo(False), domain)


def _hidden(model: models.BaseModel, domain: Domain) -> list[str]:
    found = []
    for condition in domain.iter_conditions():
        path = condition.field_expr
        reached = _reached(model, path)
        if reached is None:
            found.append(path)
        elif condition.operator in ("any", "not any"):
            found.extend(f"{path}.{inner}" for inner in _hidden(reached, Domain(condition.value)))
    return found


def _reached(model: models.BaseModel, path: str) -> models.BaseModel | None:
    """Return the model that a path of fields ends in; None if the user may not read one of the fields."""
    for name in path.split("."):
        field = model._fields.get(name)
        if field is None:
            # A part of a value, such as the month of a date.
            return model
        if not model._has_field_access(field, "read"):
            return None
        if field.relational:
            model = model.env[field.comodel_name]
            if model._name not in OF_ORDERS and not model.has_access("read"):
                return None
    return model
