"""Fields that commerce documents share, and the form of their lines."""

from typing import Any

from .field_spec import FieldSpec


def odoo_field(name: str, kind: str, label: str, help: str = "", **more: Any) -> FieldSpec:
    """Return a field of a document that Odoo alone writes; computed unless said otherwise."""
    return FieldSpec(name, kind, label=label, help=help, owner="odoo", **{"computed": True, **more})


def amount(name: str, label: str, help: str = "", **more: Any) -> FieldSpec:
    """Return an amount of money as Odoo tells it, in the currency that it names."""
    return odoo_field(name, "amount", label, help, sensitivity="internal", **more)


def quantity(name: str, label: str, help: str = "", **more: Any) -> FieldSpec:
    """Return a quantity of goods in the unit that it names."""
    return odoo_field(name, "quantity", label, help, **more)
