"""Canonical entities: the platform-neutral words in which two systems agree about a record.

Values are JSON-able scalars. A missing key means "we were not told"; ``None`` means "it was cleared". The two are never
the same thing: the first leaves a value alone, the second empties it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType
from typing import Any

Value = str | bool | int | float | None
Values = dict[str, Value]
# A part holds ``None`` when the remote record says that this part of it is empty.
Parts = dict[str, Values | None]

PART_MAIN = "main"
PART_INVOICE = "invoice"
PART_DELIVERY = "delivery"
PART_OTHER = "other"
PARTS = (PART_MAIN, PART_INVOICE, PART_DELIVERY, PART_OTHER)
ADDRESS_FIELDS = ("street", "street2", "city", "zip", "state", "country")

KINDS = frozenset({"text", "bool", "enum", "ref", "email", "phone", "code", "html", "url", "vat", "language", "number"})
OWNERS = ("remote", "odoo", "shared")
SENSITIVITIES = ("public", "internal", "personal", "sensitive", "secret")


class _Absent:
    """Type of ``ABSENT``: "we were not told", as opposed to ``None``: "it was cleared"."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One canonical field.

    ``restrictive`` marks an opt-out flag: once True on either side it stays True unless its owner lifts it.
    ``choices`` lists the values of an ``enum``. ``owner``: whose value counts where no ownership rule says otherwise.
    ``urgent``: a change of it travels in the critical lane. ``computed``: Odoo stores no column of its own for it, so
    its changes are reported by what causes them.
    """

    name: str
    kind: str
    sensitivity: str
    label: str
    help: str = ""
    restrictive: bool = False
    choices: tuple[str, ...] = ()
    urgent: bool = False
    computed: bool = False
    owner: str = "shared"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"Unknown kind {self.kind!r} of field {self.name!r}.")
        if self.sensitivity not in SENSITIVITIES:
            raise ValueError(f"Unknown sensitivity {self.sensitivity!r} of field {self.name!r}.")
        if self.owner not in OWNERS:
            raise ValueError(f"Unknown owner {self.owner!r} of field {self.name!r}.")


@dataclass(frozen=True, slots=True)
class EntitySpec:
    name: str
    version: int
    fields: Mapping[str, FieldSpec]

    def urgent_fields(self) -> frozenset[str]:
        return frozenset(name for name, spec in self.fields.items() if spec.urgent)


def make_entity(name: str, version: int, specs: Iterable[FieldSpec]) -> EntitySpec:
    """Build an entity; raises ValueError when a field is named twice."""
    fields: dict[str, FieldSpec] = {}
    for spec in specs:
        if spec.name in fields:
            raise ValueError(f"Field {spec.name!r} stands twice in entity {name!r}.")
        fields[spec.name] = spec
    return EntitySpec(name, version, MappingProxyType(fields))


_STREET = (
    FieldSpec("street", "text", "personal", "Street"),
    FieldSpec("street2", "text", "personal", "Street 2", "Everything of the street after its first line."),
    FieldSpec("city", "text", "personal", "City"),
    FieldSpec("zip", "text", "personal", "Postal code"),
    FieldSpec("state", "text", "internal", "State", "Code or name; resolved within the country when it is applied."),
    FieldSpec("country", "code", "internal", "Country", "ISO 3166-1 alpha-2 code."),
)


def _business(
    name: str, kind: str, label: str, help: str = "", sensitivity: str = "internal", computed: bool = False, **more: Any
) -> FieldSpec:
    """What the business decides about a customer: only Odoo knows it, and it has to be seen elsewhere at once."""
    return FieldSpec(name, kind, sensitivity, label, help, urgent=True, computed=computed, owner="odoo", **more)


_COMMERCIAL = (
    _business("odoo_id", "code", "Odoo ID", computed=True),
    _business("account_block", "bool", "Account blocked", "No sale order of this customer is confirmed."),
    _business("block_reason", "text", "Reason of the block"),
    _business("block_until", "text", "Blocked until", "Date as YYYY-MM-DD; none: until it is lifted."),
    _business("credit_limit", "number", "Credit limit", "None: no limit.", "sensitive", computed=True),
    _business("amount_due", "number", "Amount due", "", "sensitive", computed=True),
    _business("overdue_amount", "number", "Overdue amount", "", "sensitive", computed=True),
    _business(
        "credit_state",
        "enum",
        "Credit state",
        computed=True,
        choices=("ok", "near_limit", "hold"),
    ),
    _business("payment_terms", "text", "Payment terms"),
    _business("tax_class", "text", "Tax class", "Name of the fiscal position."),
    _business("vat_status", "enum", "VAT status", computed=True, choices=("valid", "invalid", "unchecked")),
)

_CUSTOMER = make_entity(
    "customer",
    2,
    (
        FieldSpec("kind", "enum", "internal", "Kind", choices=("company", "person")),
        FieldSpec("name", "text", "personal", "Name"),
        FieldSpec("first_name", "text", "personal", "First name"),
        FieldSpec("last_name", "text", "personal", "Last name"),
        FieldSpec("job_title", "text", "personal", "Job title"),
        FieldSpec("email", "email", "personal", "E-mail"),
        FieldSpec("phone", "phone", "personal", "Phone", "E.164 where it can be parsed, else as it came."),
        FieldSpec("website", "url", "internal", "Website"),
        FieldSpec("vat", "vat", "personal", "Tax ID"),
        FieldSpec("customer_number", "code", "internal", "Customer number", urgent=True),
        FieldSpec("language", "language", "internal", "Language", "For example en_US or it."),
        FieldSpec("notes", "html", "personal", "Notes", "Compared by its text, whatever the mark-up."),
        FieldSpec(
            "email_opt_out", "bool", "internal", "No e-mail", "The customer refuses marketing e-mail.", restrictive=True
        ),
        FieldSpec("phone_opt_out", "bool", "internal", "No calls", "The customer refuses calls.", restrictive=True),
        FieldSpec("active", "bool", "internal", "Active"),
        FieldSpec("owner", "email", "internal", "Owner", "E-mail address of the salesperson."),
        FieldSpec("parent", "ref", "internal", "Parent", "Remote object and external id, as Object/id."),
        *_STREET,
        *_COMMERCIAL,
    ),
)

_ADDRESS = make_entity(
    "address",
    1,
    (
        FieldSpec("kind", "enum", "internal", "Kind", choices=(PART_INVOICE, PART_DELIVERY, PART_OTHER)),
        FieldSpec("name", "text", "personal", "Name"),
        FieldSpec("phone", "phone", "personal", "Phone"),
        *_STREET,
        FieldSpec("active", "bool", "internal", "Active"),
    ),
)

ENTITIES: Mapping[str, EntitySpec] = MappingProxyType({"customer": _CUSTOMER, "address": _ADDRESS})


def part_specs(part: str, entity: str = "customer") -> Mapping[str, FieldSpec]:
    """Fields that may stand in ``part``: the entity's own in the main part, an address's in any other."""
    return ENTITIES[entity if part == PART_MAIN else "address"].fields


def make_ref(remote_object: str, external_id: str) -> str:
    return f"{remote_object}/{external_id}"


def split_ref(ref: str) -> tuple[str, str]:
    """``"Object/id"`` -> ``("Object", "id")``; raises ValueError when either part is missing."""
    remote_object, separator, external_id = ref.partition("/")
    if not (separator and remote_object and external_id):
        raise ValueError(f"{ref!r} is no reference of the form Object/id.")
    return remote_object, external_id


# Made once: json.dumps with options of its own builds a new encoder for each record.
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


def content_hash(parts: Mapping[str, Mapping[str, Value] | None], salt: str = "") -> str:
    """32 hex characters that are equal for equal content, whatever the order of keys.

    ``salt`` is the digest of the mapping, so that a changed mapping makes every record look changed once.
    """
    return blake2b(_encode([salt, parts]).encode("ascii"), digest_size=16).hexdigest()


@dataclass(slots=True)
class Incoming:
    """One remote record, decoded.

    ``version`` is the remote's own modification time in milliseconds since the epoch (UTC). ``aliases`` are
    (remote object, id) pairs that now mean this record, such as the losers of a merge. ``payload`` is the record as
    it came. ``local_ref`` is an Odoo id which the remote record already carries.
    """

    external_id: str
    remote_object: str
    version: int
    parts: Parts
    aliases: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    payload: dict = field(default_factory=dict)
    local_ref: str | None = None
    deleted: bool = False
    content_hash: str = ""
