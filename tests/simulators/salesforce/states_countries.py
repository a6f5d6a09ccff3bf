"""State and country picklists: the configured values and the checks on addresses."""

from __future__ import annotations

from typing import Any

from .errors import ApiError
from .schema import ObjectType
from .table import Row

COUNTRIES = {
    "AT": "Austria", "BE": "Belgium", "CH": "Switzerland", "DE": "Germany", "DK": "Denmark", "ES": "Spain",
    "FR": "France", "GB": "United Kingdom", "IE": "Ireland", "IT": "Italy", "JP": "Japan", "NL": "Netherlands",
    "PL": "Poland", "PT": "Portugal", "SE": "Sweden", "US": "United States", "CA": "Canada", "AU": "Australia",
}  # fmt: skip
STATES = {
    "IT": {"MI": "Milano", "RM": "Roma", "TO": "Torino", "UD": "Udine", "VE": "Venezia", "TS": "Trieste",
           "NA": "Napoli"},
    "US": {"CA": "California", "NY": "New York", "TX": "Texas", "MA": "Massachusetts", "HI": "Hawaii", "IN": "Indiana",
           "AL": "Alabama", "DE": "Delaware"},
    "CA": {"ON": "Ontario", "QC": "Quebec", "BC": "British Columbia"},
    "AU": {"NSW": "New South Wales", "VIC": "Victoria"},
    "IE": {"D": "Dublin", "CO": "Cork"},
}  # fmt: skip


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
