"""What changed in a sale that Odoo knows already, and whether its quotation may follow."""

import json
from collections.abc import Mapping
from enum import Enum
from hashlib import blake2b
from typing import Any

from .intake_findings import CHANGED, EDITED, NOT_CONFIRMED, REOPENED, WON_AGAIN, Finding

# Values that decide what is sold to whom, and by whom. Changes of the others, such as the title, need no consent.
ROUTING = ("brand", "region", "delivery_country")
DECIDING = ("customer", "currency", "total", "customer_reference", "requested_on", *ROUTING, "lines")
_LINE_FIELDS = ("sku", "quantity", "unit_price", "discount", "requested_on")


class Standing(str, Enum):
    """Where Odoo's document stands. untouched: a quotation as it was made; edited: staff have changed it since."""

    untouched = "untouched"
    edited = "edited"
    confirmed = "confirmed"
    cancelled = "cancelled"


def shown(value: Any) -> str:
    """Return a canonical value as people read it."""
    if isinstance(value, Mapping):
        if "amount" in value:
            return f"{value['amount']} {value.get('currency') or ''}".strip()
        if "quantity" in value:
            return f"{value['quantity']} {value.get('unit') or ''}".strip()
        return json.dumps(value, sort_keys=True)
    return "" if value is None else str(value)


def differences(base: Mapping[str, Any], main: Mapping[str, Any]) -> list[Finding]:
    """Return what changed against what was agreed on: one finding of code CHANGED per value, by line and field.

    A value that the platform did not report, and one that was never agreed on, is no change.
    """
    found = []
    for name in DECIDING:
        if name not in main or name not in base or base[name] == main[name]:
            continue
        if name == "lines":
            found.extend(_line_differences(base[name] or (), main[name] or ()))
        else:
            found.append(Finding(CHANGED, "", shown(main[name]), shown(base[name]), field=name))
    return found


def _line_differences(before: Any, after: Any) -> list[Finding]:
    old, new = ({str(line["key"]): line for line in lines} for lines in (before, after))
    found = []
    for key in dict.fromkeys((*old, *new)):
        if key not in new:
            found.append(Finding(CHANGED, key, "", _line_text(old[key]), field="lines"))
        elif key not in old:
            found.append(Finding(CHANGED, key, _line_text(new[key]), "", field="lines"))
        else:
            found.extend(
                Finding(CHANGED, key, shown(new[key].get(name)), shown(old[key].get(name)), field=name)
                for name in _LINE_FIELDS
                if name in new[key] and name in old[key] and new[key][name] != old[key][name]
            )
    return found


def _line_text(line: Mapping[str, Any]) -> str:
    parts = (shown(line.get("quantity")), "x", line.get("sku") or "", "at", shown(line.get("unit_price")))
    return " ".join(part for part in parts if part)


def state_of(main: Mapping[str, Any]) -> str:
    """Return a digest of the values that decide: what a person accepts is this state and no later one."""
    content = {name: main.get(name) for name in (*DECIDING, "ready")}
    return blake2b(json.dumps(content, sort_keys=True, default=str).encode(), digest_size=12).hexdigest()


def not_confirmed(main: Mapping[str, Any], text: str = "") -> Finding:
    """Return that Odoo refused to confirm the order of a sale. text: what Odoo said."""
    return Finding(NOT_CONFIRMED, ours=text, state=state_of(main))


def judge(base: Mapping[str, Any], main: Mapping[str, Any], standing: Standing) -> list[Finding]:
    """Return why Odoo's document cannot follow a sale that changed; none: it may, or nothing changed.

    A sale that is no longer won takes back its document, and one that is won again has none that counts, whatever else
    changed: that is for a person.
    """
    state = state_of(main)
    if main.get("ready") and base.get("ready") is False and standing is Standing.cancelled:
        return [Finding(WON_AGAIN, state=state, ours=standing.value)]
    if main.get("ready") is False and base.get("ready") is not False:
        gone = standing is Standing.cancelled
        return [] if gone else [Finding(REOPENED, state=state, ours=standing.value)]
    found = differences(base, main)
    if not found or standing is Standing.untouched:
        return []
    code = EDITED if standing is Standing.edited else CHANGED
    return [Finding(code, entry.line, entry.remote, entry.ours, field=entry.field, state=state) for entry in found]
