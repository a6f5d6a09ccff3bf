"""What is an echo of a page, and what is a change of Odoo's own.

A page writes values, and Odoo reacts to them: computes, automations, other addons. An echo is a value that the platform
has already; what the reaction made of it is a change like any other, whatever transaction it happened in.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from ..canonical.kinds import equal, form_of
from ..canonical.schema import FieldSpec, Value
from .field_case import ODOO, REMOTE, OwnershipRule, default_ownership_rule


@dataclass(slots=True)
class Reaction:
    """What Odoo made of one record. ``send``: names to send. ``refused``: names of which Odoo keeps another value."""

    send: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)


def differing(
    names: Iterable[str],
    local: Mapping[str, Value],
    platform: Mapping[str, Value],
    specs: Mapping[str, FieldSpec],
) -> set[str]:
    """Return those of the names whose value in Odoo is not the platform's. One that Odoo does not report is none."""
    return {
        name
        for name in names
        if name in local and not equal(local[name], platform.get(name), *form_of(specs.get(name)))
    }


def reaction(
    names: Collection[str],
    specs: Mapping[str, FieldSpec],
    ownership_rules: Mapping[str, OwnershipRule],
    repeated: bool,
) -> Reaction:
    """Decide what becomes of differing values.

    A value that the platform owns is sent too: the delivery takes it back. Where that has happened (``repeated``) and
    Odoo has changed the value again, the two would correct each other for ever: a person decides.
    """
    found = Reaction()
    for name in names:
        rule = ownership_rules.get(name) or default_ownership_rule(name, specs.get(name))
        (found.refused if repeated and rule.owner == REMOTE else found.send).add(name)
    return found


def only_odoo_decides(
    names: Iterable[str], specs: Mapping[str, FieldSpec], ownership_rules: Mapping[str, OwnershipRule]
) -> set[str]:
    """Return those of the names that Odoo owns: to look at them once more is never taken for an edit."""
    return {
        name
        for name in names
        if (ownership_rules.get(name) or default_ownership_rule(name, specs.get(name))).owner == ODOO
    }
