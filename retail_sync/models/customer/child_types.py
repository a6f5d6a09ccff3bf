"""What a child of each type is: a customer of its own, or an address that a part of its parent's record shows."""

from odoo import models
from odoo.fields import Domain

from ...domain.canonical.customer import PART_DELIVERY, PART_INVOICE, PART_OTHER

# Type -> (part below a company, part below a person); None: a customer of its own, where a stream creates such.
# Odoo gives a child of type 'contact' its parent's address: a colleague or branch with another one is of type 'other'.
CHILD_TYPES: dict[str, tuple[str | None, str | None]] = {
    "contact": (None, None),
    "invoice": (PART_INVOICE, PART_INVOICE),
    "delivery": (PART_DELIVERY, PART_DELIVERY),
    "other": (None, PART_OTHER),
}
# Types that are addresses below everybody, and those that are addresses below persons alone.
ADDRESS_TYPES = tuple(name for name, (company, person) in CHILD_TYPES.items() if company and person)
PERSON_ADDRESS_TYPES = tuple(name for name, (company, person) in CHILD_TYPES.items() if person and not company)
IS_ADDRESS = Domain("type", "in", ADDRESS_TYPES) | Domain.AND(
    [
        Domain("type", "in", PERSON_ADDRESS_TYPES),
        Domain("parent_id", "!=", False),
        Domain("is_company", "=", False),
        Domain("parent_id.is_company", "=", False),
    ]
)


def part_of(child: models.BaseModel) -> str | None:
    """Return the part of its parent's record that shows a child; None for a customer of its own."""
    below_company, below_person = CHILD_TYPES.get(child.type, (None, None))
    return below_company if child.is_company or child.parent_id.is_company else below_person
