"""What the checks of an incoming order find: a code, both values, and what may be put in their place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

NO_CUSTOMER = "ORDER_NO_CUSTOMER"
BLOCKED = "ORDER_CUSTOMER_BLOCKED"
CREDIT_HOLD = "ORDER_CREDIT_HOLD"
ROUTE = "ORDER_ROUTE"
NO_LINES = "ORDER_NO_LINES"
SKU_MISSING = "ORDER_SKU_MISSING"
SKU_UNKNOWN = "ORDER_SKU_UNKNOWN"
SKU_AMBIGUOUS = "ORDER_SKU_AMBIGUOUS"
SKU_ARCHIVED = "ORDER_SKU_DISCONTINUED"
SKU_NOT_SOLD = "ORDER_SKU_NOT_SOLD"
QUANTITY = "ORDER_QUANTITY"
UNIT = "ORDER_UNIT"
PRICE = "ORDER_PRICE"
TAX = "ORDER_TAX_MISSING"
CURRENCY = "ORDER_CURRENCY"
TOTAL = "ORDER_TOTAL"
ADDRESS = "ORDER_ADDRESS"
DATE = "ORDER_DATE"
DUPLICATE = "ORDER_DUPLICATE"
# A known order changed on the platform, and Odoo's cannot simply follow.
REOPENED = "ORDER_REOPENED"
WON_AGAIN = "ORDER_WON_AGAIN"
CHANGED = "ORDER_CHANGED"
EDITED = "ORDER_EDITED_HERE"
COMPANY = "ORDER_OTHER_COMPANY"
# All checks passed, and Odoo refused to confirm what was made.
NOT_CONFIRMED = "ORDER_NOT_CONFIRMED"
# Several checks of different codes failed.
SEVERAL = "ORDER_CHECKS"

CHANGES = (REOPENED, WON_AGAIN, CHANGED, EDITED, COMPANY)
# A person may take these as they are; the others are corrected in Odoo or on the platform.
ACCEPTABLE_VALUES = frozenset((PRICE, TOTAL, DUPLICATE))
ACCEPTABLE_CHANGES = frozenset((*CHANGES, NOT_CONFIRMED))


class Accepted(NamedTuple):
    """What a person has accepted: a finding with the platform's value. Another value is checked again."""

    code: str
    line: str
    value: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A failed check. ``line``: key of the line, empty for the order. ``remote``, ``ours``: both values as texts.

    ``offer``: SKU of the product that takes the place of a discontinued one. ``field``: canonical name of a value that
    changed, for which ``ours`` is the value before and ``remote`` the present one. ``state``: what an acceptance is
    about where the values alone do not say it.
    """

    code: str
    line: str = ""
    remote: str = ""
    ours: str = ""
    offer: str = ""
    field: str = ""
    state: str = ""

    def accepted_as(self) -> Accepted:
        """Return what has to be accepted for this finding not to count."""
        value = self.state or (self.ours if self.code == DUPLICATE else self.remote)
        return Accepted(self.code, self.line, value)

    def to_json(self) -> dict[str, str]:
        """Return the finding as it is stored with the exception, without empty values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in values.items() if value}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Finding":
        """Return a stored finding; names of another version are left out."""
        return cls(**{name: str(value) for name, value in values.items() if name in cls.__slots__})


def code_of(findings: Iterable[Finding]) -> str:
    """Return the code of the exception: the one that all findings have, else that of several failed checks."""
    codes = {finding.code for finding in findings}
    return codes.pop() if len(codes) == 1 else SEVERAL
