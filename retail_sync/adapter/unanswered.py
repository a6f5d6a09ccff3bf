"""A method of the contract that an adapter does not answer, and why it has to."""

from typing import Any, NoReturn

from .declarations import ALWAYS, REQUIRED
from .errors import AdapterContractError


def unanswered(adapter: Any, method: str) -> NoReturn:
    """Raise AdapterContractError for a method that this adapter lacks."""
    ability = next((name for name, methods in REQUIRED.items() if method in methods), "polls")
    reason = f"{ALWAYS}." if ability == ALWAYS else f"an adapter that declares the ability {ability!r} answers it."
    raise AdapterContractError(adapter._name, method, reason)
