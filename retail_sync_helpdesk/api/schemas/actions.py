"""What an action would do, and what it did."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from .base import Amount, Answer, Code, Currency, Id, Page, Part, Quantity, Reference, Rule


class LineVerdict(Part):
    """What is possible of a line. ``most``: the quantity that no rule forbids."""

    line_id: Id
    most: Quantity
    refusals: tuple[Rule, ...] = ()
    owed: Amount | None = Field(
        None, description="Of refund_lines: what an exchange has left, to be claimed by amount."
    )


class ActionVerdict(Part):
    """Whether an action is possible now.

    ``allowed``: without anyone's agreement. ``approvable``: an approval, or an override with a reason, makes it
    possible.
    """

    action: Code
    allowed: bool
    approvable: bool = False
    amount: Amount | None = Field(None, description="The most that can be given back, of actions with money.")
    refusals: tuple[Rule, ...] = ()
    notices: tuple[Rule, ...] = ()
    lines: tuple[LineVerdict, ...] = ()


class Eligibility(Answer):
    """What may be done with an order now: the same decision is taken again when an action is submitted."""

    order_id: Id
    currency: Currency
    policy: str = Field("", description='"id/version" of the policy that decides; empty: none applies.')
    actions: tuple[ActionVerdict, ...]


class Effect(Part):
    """One thing that the action does."""

    code: Code
    text: str
    document: Reference | None = None


class PreviewLine(Part):
    """What happens to an order line. ``amount``: taxes included; ``kept``: the restocking fee."""

    line_id: Id
    quantity: Quantity = "0"
    amount: Amount | None = None
    kept: Amount | None = None


class Preview(Answer):
    """What an action would do now. Nothing has happened yet.

    ``amounts``: credit (of the credit notes), debt (what only lowers what the customer owes), money (what is paid
    back), kept (fees), value (of goods that are sent without a charge), and of an exchange: charge (the difference that
    the new order charges) or left (what the goods that come back are worth more); those that are zero are left out.
    """

    token: str = Field(description="Proves what was shown. Submit it with the same request, within ten minutes.")
    valid_until: datetime
    order_id: Id
    verdict: ActionVerdict
    needs_approval: bool = False
    approval: str = Field("", description="Who has to agree, and why.")
    currency: Currency
    amounts: dict[str, Amount] = Field(default_factory=dict)
    lines: tuple[PreviewLine, ...] = ()
    effects: tuple[Effect, ...] = ()
    method: str = Field("", description="How money goes back: original, bank, gift_card, credit.")
    policy: str = ""


class RefundState(Part):
    """Money on its way back. ``by_hand``: finance pays it, since the provider cannot be asked."""

    uuid: str
    amount: Amount
    currency: Currency
    state: Literal["waiting", "sent", "by_hand", "paid", "failed", "in_doubt"]
    method: str = ""


class ActionResult(Answer):
    """What became of an action. Answers are repeated byte for byte: GET /actions/{uuid} tells what followed."""

    uuid: str
    action: Code
    state: Literal["done", "waiting", "refused", "withdrawn", "expired"]
    order_id: Id
    order_number: str
    currency: Currency
    amounts: dict[str, Amount] = Field(default_factory=dict)
    documents: tuple[Reference, ...] = ()
    refunds: tuple[RefundState, ...] = ()
    waits_for: str = Field("", description="Who has to agree.")
    submitted_at: datetime
    decided_at: datetime | None = None
    decision: str = ""


class ActionPage(Page[ActionResult]):
    """Actions, the newest first."""


class Reason(Part):
    """A reason that an action may have. ``defect``: the shop's fault, by the policy."""

    code: Code
    text: str
    actions: tuple[Code, ...]


class Reasons(Answer):
    """The reasons that actions may have."""

    items: tuple[Reason, ...]
