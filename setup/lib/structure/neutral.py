"""Find where the engine names a platform, and where a room for all entities speaks of customers."""

import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .floors import ADDONS, ENGINE, PUBLIC, PUBLIC_TO_SERVICE_DESK, PURE, SERVICE_DESK
from .references import imports
from .rooms import RoomOf
from .source import Source, walk

PLATFORMS = re.compile(
    r"salesforce|zendesk|shopify|woocommerce|magento|hubspot|prestashop|bigcommerce|pipedrive|freshdesk|dynamics.?365"
    r"|netsuite|zoho|klaviyo|mailchimp"
    r"|(?<=[\"'])ticket(?:_comment)?(?=[\"'])",  # entities of the service desk's addon
    re.IGNORECASE,
)
PARTNER = re.compile(r"res[._]partner(?![a-z])", re.IGNORECASE)
CUSTOMER = re.compile(r"(?<![a-z])(?:address(?:es)?|parents?)(?![a-z])", re.IGNORECASE)

# Rooms that are about customers, or will move with an addon of their own.
_CUSTOMER_ROOMS = {
    *("models/customer", "models/credit", "models/merge", "models/duplicates", "models/review"),
    "models/identity",  # weighs evidence about people and companies: docs/adr/0014
    *("domain/identity", "domain/merge", "domain/credit"),
    # Orders have delivery addresses.
    *("models/milestone", "models/product", "models/order", "models/shipment", "models/invoice", "models/returns"),
    *("models/order_intake", "models/order_exceptions", "domain/commerce"),
}


@dataclass(frozen=True)
class Exempt:
    """A file that may use a word, by globs and a pattern of the line; with the reason."""

    files: str
    line: str
    reason: str


EXEMPT_PLATFORMS: tuple[Exempt, ...] = (
    Exempt("retail_sync/domain/identity/*contact_tables.py", r"\.com\b", "Hosts of e-mail addresses, which are data."),
)
EXEMPT_CUSTOMER: tuple[Exempt, ...] = (
    Exempt("retail_sync/domain/canonical/customer.py", r"", "The declaration of the customer."),
    Exempt("retail_sync/domain/canonical/*.py", r"delivery_address|Delivery address", "Where an order goes."),
    Exempt("retail_sync/domain/values/addresses.py", r"", "The values of an address, which any entity may have."),
    Exempt("*", r"(?i)e-?mail[ _]address|(?:ip|remote|web)[ _]address", "Not the address of a customer."),
    Exempt("retail_sync/domain/security/masking.py", r"_LOCATION_WORDS = ", "Words of remote field names."),
    Exempt("retail_sync/adapter/client_faults.py", r"ADDRESS_NOT_ALLOWED", "The address of a host."),
    Exempt("*", r"\bIPv[46]Address\b", "Python's own."),
    Exempt("*", r"(?i)deferred[ ._]parent", "The glossary's word for a reference whose record comes later."),
    Exempt("*", r"\bast\b|Path\(|\.parents?\b[\[(]", "Python's own."),
)


@dataclass(frozen=True)
class Line:
    """A line that names what it should not."""

    path: str
    line: int
    word: str
    text: str


def platform_names(root: Path) -> list[Line]:
    """Return the lines of the engine that name a platform or an entity of an addon; not readme, tests, translations."""
    found = []
    for name, path in walk(root / ENGINE, (".py", ".xml", ".js", ".csv")):
        full = f"{ENGINE}/{name}"
        if not {"tests", "i18n", "readme", "description"} & set(full.split("/")):
            found += _lines(full, path.read_text(encoding="utf-8"), PLATFORMS, EXEMPT_PLATFORMS)
    return found


def partner_names(sources: Iterable[Source], room_of: RoomOf) -> list[Line]:
    """Return the lines that name res.partner in a room that serves all entities."""
    return _for_all_entities(sources, room_of, PARTNER)


def customer_words(sources: Iterable[Source], room_of: RoomOf) -> list[Line]:
    """Return the lines that speak of addresses or parents in a room that serves all entities."""
    return _for_all_entities(sources, room_of, CUSTOMER)


def _for_all_entities(sources: Iterable[Source], room_of: RoomOf, pattern: re.Pattern[str]) -> list[Line]:
    found = []
    for source in sources:
        if not source.path.startswith(f"{ENGINE}/") or source.is_package or source.is_test:
            continue
        if room_of(source.path) not in _CUSTOMER_ROOMS:
            found += _lines(source.path, source.text, pattern, EXEMPT_CUSTOMER)
    return found


def private_imports(sources: Iterable[Source]) -> list[Line]:
    """Return the imports of another addon that reach past what the engine has for it."""
    found = []
    for source in sources:
        addon = source.path.split("/")[0]
        if addon in ADDONS[1:]:
            known = (*PUBLIC, *(PUBLIC_TO_SERVICE_DESK if addon == SERVICE_DESK else ()))
            for number, name in imports(source):
                inside = name == ENGINE or name.startswith(f"{ENGINE}.")
                if inside and not any(name == public or name.startswith(f"{public}.") for public in known):
                    found.append(Line(source.path, number, name, f"imports {name}"))
    return found


def impure_imports(sources: Iterable[Source]) -> list[Line]:
    """Return the imports of Odoo and of database or HTTP libraries of Odoo's in the parts that are plain Python."""
    return [
        Line(source.path, number, name, f"imports {name}")
        for source in sources
        if source.path.startswith(PURE)
        for number, name in imports(source, of_addons=False)
        if name.split(".")[0] in ("odoo", "psycopg2")
    ]


def _lines(path: str, text: str, pattern: re.Pattern[str], exempt: tuple[Exempt, ...]) -> list[Line]:
    excuses = [re.compile(item.line) for item in exempt if fnmatch.fnmatchcase(path, item.files)]
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = pattern.search(line)
        if match and not any(excuse.search(line) for excuse in excuses):
            found.append(Line(path, number, match[0].lower(), line.strip()[:120]))
    return found
