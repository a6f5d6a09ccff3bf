"""The first phase of a refund: what is to be paid back, written with the credit notes in one transaction."""

from __future__ import annotations

from typing import Any

from ...domain.service.claims import Offer

__all__ = ["make_refunds"]


def make_refunds(env: Any, order: Any, notes: Any, offer: Offer, *, action: Any, method: str) -> Any:
    """Return the refunds (``retail.sync.refund``) of credit notes; their money leaves after the commit.

    :param notes: what ``write_credit_notes`` returned for this offer
    :param method: original, bank, gift_card or credit
    """
    raise NotImplementedError
