"""Which fields and objects the integration user may see and change, from the permission sets that it is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from . import package
from .schema import Field, ObjectType, Schema
from .standard_objects import contact_field

Key = tuple[str, str]

# Fields that Salesforce shows without a permission: they are no choice in field-level security.
ALWAYS_VISIBLE = frozenset(
    "Name FirstName LastName MiddleName Suffix Salutation OwnerId RecordTypeId MasterRecordId CurrencyIsoCode "
    "IndividualId LastActivityDate IsPersonAccount PersonContactId PersonIndividualId".split()
)
ALWAYS_VISIBLE_OF = {
    "Case": frozenset("CaseNumber Status IsClosed ClosedDate".split()),
    "Opportunity": frozenset(
        "StageName CloseDate Pricebook2Id IsClosed IsWon ForecastCategoryName HasOpportunityLineItem".split()
    ),
    "OpportunityLineItem": frozenset("OpportunityId PricebookEntryId Product2Id SortOrder".split()),
    "Pricebook2": frozenset({"IsStandard"}),
    "PricebookEntry": frozenset("ProductCode IsActive UseStandardPrice".split()),
    "Order": frozenset("OrderNumber Status StatusCode Pricebook2Id".split()),
    "OrderItem": frozenset("OrderItemNumber Product2Id Quantity UnitPrice".split()),
}
SYSTEM = frozenset(
    "Id IsDeleted CreatedDate CreatedById LastModifiedDate LastModifiedById SystemModstamp".split()
)  # fmt: skip


def permissionable(field: Field) -> bool:
    """Whether field-level security decides about a field."""
    return not field.required and field.name not in ALWAYS_VISIBLE | SYSTEM


class FieldSecurity:
    """Rights of the integration user on the objects that its permission sets name; others are free.

    permission_sets: names in the package; None for a user who may do everything. grants: further fields of the org that
    an administrator lets the user read and change, {object: names}; "*" are all of an object.
    """

    def __init__(
        self, schema: Schema, permission_sets: Sequence[str] | None, grants: Mapping[str, Sequence[str]]
    ) -> None:
        self.hidden: frozenset[Key] = frozenset()
        self.readonly: frozenset[Key] = frozenset()
        self.objects: dict[str, set[str]] = {}
        if permission_sets is None:
            return
        given = package.rights(permission_sets)
        self.objects = given.objects
        granted = {(name.lower(), each.lower()) for name, names in grants.items() for each in names}
        named = given.objects.keys() | {object_name for object_name, _ in given.readable}
        hidden, readonly = set(), set()
        for defn in schema:
            object_name = defn.name.lower()
            if object_name not in named or (object_name, "*") in granted:
                continue
            for field in _decided(defn):
                key = (object_name, field.name.lower())
                if key in granted:
                    continue
                asked = _asked(defn, field)
                if asked not in given.readable:
                    hidden.add(key)
                elif asked not in given.editable:
                    readonly.add(key)
        self.hidden, self.readonly = frozenset(hidden), frozenset(readonly)

    def may(self, defn: ObjectType, right: str) -> bool:
        """Whether the user has a right such as ``allowDelete``; objects that the package does not name are free."""
        given = self.objects.get(defn.name.lower())
        return given is None or right in given


def _decided(defn: ObjectType) -> Iterator[Field]:
    """Fields that need a permission. The org's own custom fields do not: who makes them here, grants them."""
    shown = ALWAYS_VISIBLE_OF.get(defn.name, frozenset())
    for field in defn.fields.values():
        if field.name not in shown and permissionable(field) and (field.packaged or not field.custom):
            yield field


def _asked(defn: ObjectType, field: Field) -> Key:
    """The name under which a permission is given: an address as a whole, a person's field by the contact's."""
    object_name, name, whole = defn.name, field.name, field.compound
    mirrored = contact_field(field) if defn.name == "Account" else None
    if mirrored is not None:
        object_name, name = "Contact", mirrored
        whole = whole and whole.removeprefix("Person")
    return object_name.lower(), (whole or name).lower()
