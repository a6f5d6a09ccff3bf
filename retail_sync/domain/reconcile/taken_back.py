"""Which edits of Odoo's people a comparison took back: what their authors have to hear."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ..canonical.kinds import NO_OPTIONS, equal
from ..canonical.schema import FieldSpec, Value
from .reasons import Reason


@dataclass(frozen=True, slots=True)
class TakenBack:
    """An edit that the platform's value replaced. odoo_value: what Odoo had; remote_value: what Odoo has now."""

    part: str
    field: str
    odoo_value: Value
    remote_value: Value
    reason: Reason


def taken_back(
    part: str,
    applied: Mapping[str, Value],
    local: Mapping[str, Value],
    base: Mapping[str, Value],
    edited: Collection[str],
    reasons: Mapping[str, Reason],
    specs: Mapping[str, FieldSpec],
) -> list[TakenBack]:
    """Return the edits among the values that Odoo gets from the platform.

    A value of Odoo that differs from what both sides last agreed on, and of which an edit waits to be sent, is the work
    of a person. At a first meeting nothing was agreed on: that is a link, not an edit.

    :param applied: the platform's values that Odoo gets
    :param edited: fields with an edit in Odoo that the platform has not accepted
    :param reasons: of the decisions, by field
    """
    found = []
    for name in sorted(applied):
        if name not in edited or name not in base or name not in local:
            continue
        spec = specs.get(name)
        kind, options = (spec.kind, spec.options) if spec else ("", NO_OPTIONS)
        if not equal(local[name], base[name], kind, options):
            found.append(TakenBack(part, name, local[name], applied[name], reasons[name]))
    return found
