"""What is asked to be done with an order."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from .base import Asked, AskedAmount, AskedQuantity, Code, Country, Id, Line, Note

_MOST_LINES = 200


class AskedLine(Asked):
    """A quantity of an order line."""

    line_id: Id
    quantity: AskedQuantity


class ClaimedLine(Asked):
    """What is to be paid back of a line: a quantity, or an amount with taxes. One of the two, not both."""

    line_id: Id
    quantity: AskedQuantity | None = None
    amount: AskedAmount | None = None


class WantedProduct(Asked):
    """A product that the customer gets in exchange."""

    sku: Line
    quantity: AskedQuantity


class AskedAddress(Asked):
    """Where the goods are to go."""

    name: Line
    street: Line
    street2: Annotated[str, StringConstraints(max_length=255, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    zip: Annotated[str, StringConstraints(max_length=24, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    city: Line
    state: Annotated[str, StringConstraints(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    country: Country
    phone: Annotated[str, StringConstraints(max_length=32, pattern=r"^[0-9+() ./-]*$")] = ""


class _Action(Asked):
    """What all actions share. ``ticket``: id of the ticket that gets a note of what was done."""

    reason: Code = Field(description="Code of a reason, as GET /reasons lists them.")
    note: Note = Field("", description="For colleagues; the customer does not see it.")
    ticket: Id | None = Field(None, description="Odoo's id of the ticket that this is about.")


class CancelOrder(_Action):
    """Cancel the whole order: while nothing has left and nothing is billed. What was paid goes back."""

    action: Literal["cancel_order"]


class CancelRest(_Action):
    """Cancel what is still to be delivered: of some lines, or of all where none is named."""

    action: Literal["cancel_rest"]
    lines: Annotated[tuple[AskedLine, ...], Field(max_length=_MOST_LINES)] = ()


class ChangeAddress(_Action):
    """Send what has not left yet to another address."""

    action: Literal["change_address"]
    address: AskedAddress


class ReturnGoods(_Action):
    """Announce a return: goods, reasons, and a label where the carrier makes one."""

    action: Literal["return"]
    lines: Annotated[tuple[AskedLine, ...], Field(min_length=1, max_length=_MOST_LINES)]


class RefundFull(_Action):
    """Pay back all that is left of the order; of a cancelled one, what was paid and never billed too.

    ``waive_fee``: keep no restocking fee, against the policy: it needs an approval, or an override with a reason.
    """

    action: Literal["refund_full"]
    waive_fee: bool = False


class RefundLines(_Action):
    """Pay back lines, by quantity or by amount.

    Of goods that came back without a defect, the fee of the policy is kept. ``restocking``: keep it of all goods that
    are claimed by quantity. ``waive_fee``: keep none, which needs an approval, or an override with a reason.
    """

    action: Literal["refund_lines"]
    lines: Annotated[tuple[ClaimedLine, ...], Field(min_length=1, max_length=_MOST_LINES)]
    restocking: bool = False
    waive_fee: bool = False


class RefundShipping(_Action):
    """Pay back shipping costs, up to what the policy allows."""

    action: Literal["refund_shipping"]
    amount: AskedAmount


class RefundGoodwill(_Action):
    """Pay back an amount that stands for no goods."""

    action: Literal["refund_goodwill"]
    amount: AskedAmount


class Replace(_Action):
    """Send goods again, without a charge."""

    action: Literal["replace"]
    lines: Annotated[tuple[AskedLine, ...], Field(min_length=1, max_length=_MOST_LINES)]


class Exchange(_Action):
    """Take goods back and send others."""

    action: Literal["exchange"]
    lines: Annotated[tuple[AskedLine, ...], Field(min_length=1, max_length=_MOST_LINES)]
    wanted: Annotated[tuple[WantedProduct, ...], Field(min_length=1, max_length=_MOST_LINES)]


class AdjustLoyalty(_Action):
    """Give or take points of a loyalty card, with an entry in its history."""

    action: Literal["adjust_loyalty"]
    card: Id
    points: Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,9}(\.[0-9]{1,2})?$")]


class ResendInvoice(_Action):
    """Mail a posted invoice again: to the customer's address, or to one of its contacts'."""

    action: Literal["resend_invoice"]
    invoice: Id
    contact: Id | None = None


ActionRequest = Annotated[
    CancelOrder
    | CancelRest
    | ChangeAddress
    | ReturnGoods
    | RefundFull
    | RefundLines
    | RefundShipping
    | RefundGoodwill
    | Replace
    | Exchange
    | AdjustLoyalty
    | ResendInvoice,
    Field(discriminator="action"),
]


class PreviewRequest(Asked):
    """An action to be previewed."""

    request: ActionRequest


class Submission(Asked):
    """An action to be carried out, as it was previewed."""

    request: ActionRequest
    token: Annotated[str, StringConstraints(min_length=1, max_length=16_384, pattern=r"^[A-Za-z0-9_.-]+$")]
    override_reason: Note = Field("", description="Of a person with the right to set rules of the policy aside.")
