"""The reasons of returns, as people read them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["reason_texts"]


def reason_texts(env: Any, codes: Iterable[str]) -> dict[str, str]:
    """Return {code: text}, of archived reasons too. A code that no reason has any more is left out."""
    found = env["retail.sync.reason"].sudo().with_context(active_test=False).search([("code", "in", list(codes))])
    return {row.code: row.display_name for row in found}
