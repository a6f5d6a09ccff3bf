"""State and country picklists: the configured values and the checks on addresses."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from typing import Any

from .errors import ApiError
from .schema import ObjectType
from .state_lists import LISTS
from .table import Row

COUNTRIES = {
    "AT": "Austria", "AU": "Australia", "BE": "Belgium", "BR": "Brazil", "CA": "Canada", "CH": "Switzerland",
    "CN": "China", "DE": "Germany", "DK": "Denmark", "ES": "Spain", "FR": "France", "GB": "United Kingdom",
    "IE": "Ireland", "IN": "India", "IT": "Italy", "JP": "Japan", "MX": "Mexico", "NL": "Netherlands", "PL": "Poland",
    "PT": "Portugal", "SE": "Sweden", "TW": "Chinese Taipei", "US": "United States",
}  # fmt: skip
STATES = {
    country: dict(entry.split(" ", 1) for entry in " ".join(text.split()).split("; "))
    for country, text in LISTS.items()
}


@cache
def picklist(field_name: str) -> list[dict[str, Any]]:
    """Entries of describe for a code field: countries, or the states of all, each valid for its country."""
    if field_name.endswith("CountryCode"):
        return [_entry(code, name) for code, name in COUNTRIES.items()]
    bits = {code: _bitmap(position) for position, code in enumerate(COUNTRIES)}
    return [_entry(code, name, bits[country]) for country, states in STATES.items() for code, name in states.items()]


def controller(field_name: str) -> str | None:
    """The field on which the values of a code field depend."""
    return field_name.removesuffix("StateCode") + "CountryCode" if field_name.endswith("StateCode") else None


def _entry(code: str, name: str, valid_for: str | None = None) -> dict[str, Any]:
    return {"active": True, "defaultValue": False, "label": name, "value": code, "validFor": valid_for}


def _bitmap(position: int) -> str:
    """Base64 of a bitmap with one bit set, the most significant one first."""
    data = bytearray(position // 8 + 1)
    data[position // 8] = 0x80 >> position % 8
    return b64encode(bytes(data)).decode()


def check_addresses(defn: ObjectType, new: Row, values: dict[str, Any]) -> None:
    """Make code and name of every written address agree, in place, or refuse the address."""
    for field in defn.fields.values():
        if field.type != "address":
            continue
        prefix = field.name[: -len("Address")]
        names = [f"{prefix}{part}" for part in ("Country", "CountryCode", "State", "StateCode")]
        if any(name in values for name in names):
            _complete(prefix, new, values)


def _complete(prefix: str, new: Row, values: dict[str, Any]) -> None:
    country, country_code, state, state_code = (
        f"{prefix}{part}" for part in ("Country", "CountryCode", "State", "StateCode")
    )
    code = _code(COUNTRIES, country, country_code, new, values, "country")
    _write(new, country_code, code)
    _write(new, country, COUNTRIES.get(code) if code else None)
    if not any(name in values for name in (state, state_code)) and new.get(state_code) not in STATES.get(
        code or "", {}
    ):
        if new.get(state_code) is not None or new.get(state) is not None:
            raise _mismatch("state", new.get(state) or new.get(state_code), [state])
        return
    known = STATES.get(code or "", {})
    if not known and (new.get(state) or new.get(state_code)):
        if code is None:
            message = "A country must be specified before specifying a state value for this record"
            raise ApiError("FIELD_INTEGRITY_EXCEPTION", message, fields=[state])
        raise _mismatch("state", new.get(state) or new.get(state_code), [state])
    found = _code(known, state, state_code, new, values, "state")
    _write(new, state_code, found)
    _write(new, state, known.get(found) if found else None)


def _code(known: dict[str, str], name: str, code: str, new: Row, values: dict[str, Any], what: str) -> str | None:
    """The code the record now stands for; what this call wrote decides over what was stored."""
    if values.get(code) is not None:
        given = new[code].upper()
        if given not in known:
            raise _mismatch(what, new[code], [code])
        if values.get(name) is not None and new[name].lower() != known[given].lower():
            raise _mismatch(what, new[name], [name])
        return given
    if values.get(name) is not None:
        wanted = new[name].lower()
        for candidate, label in known.items():
            if wanted in (label.lower(), candidate.lower()):
                return candidate
        raise _mismatch(what, new[name], [name])
    if code in values or name in values:
        return None
    return new.get(code)


def _mismatch(what: str, value: Any, fields: list[str]) -> ApiError:
    message = (
        f"There's a problem with this {what}, even though it may appear correct. Please select a {what} from the list "
        f"of valid {'countries' if what == 'country' else 'states'}.: {value}"
    )
    return ApiError("FIELD_INTEGRITY_EXCEPTION", message, fields=fields)


def _write(row: Row, name: str, value: str | None) -> None:
    if value is None:
        row.pop(name, None)
    else:
        row[name] = value
