"""What all documents share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

# An amount of the currency that stands beside it, taxes included; negative where it is given back.
Amount = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$"), Field(examples=["129.90"])]
# In the unit of measure of the order line.
Quantity = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"), Field(examples=["2"])]
AskedAmount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?$"), Field(examples=["10.00"])]
AskedQuantity = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}(\.[0-9]{1,6})?$"), Field(examples=["1"])]
# ISO 4217 and ISO 3166-1 alpha-2.
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(examples=["EUR"])]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), Field(examples=["DE"])]
Id = Annotated[int, Field(ge=1, le=2_147_483_647)]
# No control characters: they break lines of logs, and PostgreSQL refuses NUL.
Line = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")]
Note = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]

T = TypeVar("T")


class Asked(BaseModel):
    """A part of a request. What is not known here is refused: a misspelt name would be a choice that was not made."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(Part):
    """An answer: read live from Odoo."""

    as_of: datetime = Field(description="When Odoo was asked, in UTC.")


class Masked(Part):
    """A part from which fields may be left out, since the scopes of the key do not cover them."""

    masked: tuple[str, ...] = Field((), description="Names of the fields that this key may not see. They are null.")


class Page(Answer, Generic[T]):
    """A part of a list."""

    items: tuple[T, ...]
    next_cursor: str | None = Field(None, description="Hand it back for the next page; null on the last one.")


class Rule(Part):
    """A rule that says no, or something to know before.

    ``force`` says what sets it aside: nothing (fact), an approval (policy), another key (right). A notice forbids
    nothing.
    """

    rule: Code
    force: Literal["fact", "policy", "right", "notice"]
    text: str = Field(description="A sentence for people, in the language of the request.")
    values: dict[str, str] = Field(default_factory=dict)


class Reference(Part):
    """A document in Odoo."""

    kind: Literal["order", "shipment", "invoice", "credit_note", "return", "payment", "ticket", "loyalty_card"]
    id: Id
    number: str = ""
