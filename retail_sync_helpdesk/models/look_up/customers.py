"""Customers."""

from typing import Any

from .looking import Looking


def answer(look: Looking, *asked: Any) -> Any:
    raise NotImplementedError
