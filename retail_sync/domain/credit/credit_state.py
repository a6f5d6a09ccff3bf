"""The credit state of a customer: may we deliver on account, soon not any more, or not at all?"""

import math
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import NamedTuple

OK = "ok"
NEAR_LIMIT = "near_limit"
HOLD = "hold"
# From best to worst.
STATES = (OK, NEAR_LIMIT, HOLD)

BLOCKED = "BLOCKED"
OVER_LIMIT = "OVER_LIMIT"
OVERDUE = "OVERDUE"
LIMIT_NEAR = "NEAR_LIMIT"
WITHIN_LIMIT = "WITHIN_LIMIT"
NO_LIMIT = "NO_LIMIT"
NEAR_PERCENT = 90.0


class CreditDecision(NamedTuple):
    """``state``: ok, near_limit or hold. ``reason``: code of what weighs most, such as OVERDUE."""

    state: str
    reason: str


def credit_state(
    limit: float | None,
    amount_due: float,
    overdue_amount: float = 0.0,
    *,
    near_percent: float = NEAR_PERCENT,
    overdue_hold: bool = False,
    grace: float = 0.0,
    blocked: bool = False,
    rounding: float = 0.01,
) -> CreditDecision:
    """Decide one customer. All amounts are in one currency, whose smallest unit is ``rounding`` (0.01, 0.05, 1).

    ``limit``: ``None`` for none; 0 grants no credit at all, and a negative one counts as 0. Exactly at the limit is
    near it, above is on hold. ``near_percent``: of the limit, from which on it is near; above 100 never.
    ``overdue_hold``: more than ``grace`` overdue puts on hold, whatever the limit. A customer who owes nothing is never
    near. ValueError for an amount that is not finite or absurdly large, and for a rounding that is not positive.
    """
    unit = _exact(rounding, "rounding")
    if unit <= 0:
        raise ValueError("The rounding of a currency is positive.")
    due = _rounded(_exact(amount_due, "amount due"), unit)
    overdue = _rounded(_exact(overdue_amount, "overdue amount"), unit)
    tolerated = max(_rounded(_exact(grace, "grace amount"), unit), Decimal(0))
    percent = _exact(near_percent, "near percentage")
    most = None if limit is None else max(_rounded(_exact(limit, "limit"), unit), Decimal(0))
    if blocked:
        return CreditDecision(HOLD, BLOCKED)
    if most is not None and due > most:
        return CreditDecision(HOLD, OVER_LIMIT)
    if overdue_hold and overdue > tolerated:
        return CreditDecision(HOLD, OVERDUE)
    if most is None:
        return CreditDecision(OK, NO_LIMIT)
    if due > 0 and due * 100 >= most * percent:
        return CreditDecision(NEAR_LIMIT, LIMIT_NEAR)
    return CreditDecision(OK, WITHIN_LIMIT)


def _exact(amount: float, name: str) -> Decimal:
    # By its text: 0.1 is meant as a tenth, not as the nearest binary fraction.
    if not math.isfinite(amount):
        raise ValueError(f"The {name} is not a finite number.")
    return Decimal(str(amount))


def _rounded(amount: Decimal, unit: Decimal) -> Decimal:
    try:
        return (amount / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit
    except InvalidOperation:
        raise ValueError(f"{amount} has more digits than can be counted in units of {unit}.") from None
