"""Mapping tables that tests of reading and writing share: those that a new connection starts with, by shape of org.

The shipped lines are loaded by their file: the package they stand in imports Odoo.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from retail_sync.domain.mapping.decoding import MapRow
from retail_sync.domain.values.states import States

_LINES = Path(__file__).resolve().parents[4] / "retail_sync_salesforce" / "mapping" / "default_lines.py"
# Transforms of the addon itself: ids of other records.
_LINKS = ("salesforce_ref", "salesforce_owner")

CREDIT = {"OK": "ok", "Near limit": "near_limit", "Hold": "hold"}
NAME_PATHS = ("FirstName", "MiddleName", "LastName", "Suffix")
STATES = States(
    [
        ("IT", "MI", "Milano"),
        ("IT", "AL", "Alessandria"),
        ("US", "AL", "Alabama"),
        ("US", "CA", "California"),
        ("DE", "DE-NW", "Nordrhein-Westfalen"),
        ("DE", "DE-BY", "Bayern"),
        ("IE", "C", "Cork"),
        ("IE", "D", "Dublin"),
        ("MX", "MEX", "México"),
    ]
)
# The platform's own lists: {country: {code: label}}.
LISTED = {"IT": {"MI": "Milano", "AL": "Alessandria"}, "IE": {"CO": "Cork", "D": "Dublin"}, "MX": {"ME": "México"}}


def row(field, path, transform="", part="main", **options):
    return MapRow(field, path, transform, part, options, direction="both")


def address(prefix, part="main"):
    return [
        row("street", f"{prefix}Street", "street_line1", part),
        row("street2", f"{prefix}Street", "street_rest", part),
        row("city", f"{prefix}City", "line", part),
        row("zip", f"{prefix}PostalCode", "line", part),
        row("state", f"{prefix}StateCode|{prefix}State", "state", part),
        row("country", f"{prefix}CountryCode|{prefix}Country", "country", part),
    ]


def shipped(kind=None, main_address="billing"):
    """Rows of the shipped lines that write: of accounts of one kind (business, person), or of contacts."""
    spec = spec_from_file_location("shipped_lines", _LINES)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    lines = module.account_lines(main_address) if kind else module.contact_lines()
    return [
        row(line["canonical_field"], line["remote_path"], line["transform"] or "", line["part"],
            **line.get("options", {}))
        for line in lines
        if line["direction"] == "both" and line["sf_applies_to"] in ("all", kind) and line["transform"] not in _LINKS
    ]  # fmt: skip


SHAPES = {
    "business account": shipped("business"),
    "business account, delivery address first": shipped("business", "shipping"),
    "person account": shipped("person"),
    "contact": shipped(),
}
PERSONS = ("person account", "contact")
