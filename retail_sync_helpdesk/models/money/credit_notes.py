"""Credit notes that say exactly what an offer promised."""

from __future__ import annotations

from typing import Any

from ...domain.service.claims import Offer

__all__ = ["write_credit_notes"]


def write_credit_notes(
    env: Any, order: Any, offer: Offer, *, reason: str, action: Any, cut_ordered: bool = True
) -> Any:
    """Return one posted credit note for each invoice of an offer, reconciled with it as far as it is open.

    :param reason: what the credit note says as its reason
    :param action: ``retail.sync.action`` that asked for it; empty: none
    :param cut_ordered: of the policy: lower what was ordered by what is credited, so that it is not billed again
    """
    raise NotImplementedError
