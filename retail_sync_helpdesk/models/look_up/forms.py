"""Normal forms of contact values, as the engine's identity decisions read them."""

from __future__ import annotations

from odoo.addons.retail_sync.domain.identity.blocking.hashes import key_hash
from odoo.addons.retail_sync.domain.identity.normalise.contacts import PERSONAL, read_email, read_phone, read_phones

__all__ = ["EngineForms", "email_keys", "numbers_of", "phone_keys", "phone_tail"]


class EngineForms:
    """The forms that ``domain.tickets.match_quality`` compares."""

    def email(self, text: str) -> tuple[str, bool] | None:
        """Return (address in its normal form, whether one person alone reads it); None for no address."""
        found = read_email(text)
        return (found.address, found.kind == PERSONAL) if found else None

    def phone(self, text: str, country: str) -> str | None:
        """Return the number in its normal form; None for no number, or a made-up one."""
        found = read_phone(text, country)
        return found.number if found else None


def numbers_of(text: str, country: str) -> tuple[str, ...]:
    """Return the numbers that stand in one field."""
    return tuple(phone.number for phone in read_phones(text, country)) if text else ()


def email_keys(text: str) -> list[int]:
    """Return the keys by which the engine's index of customers knows an address."""
    found = read_email(text)
    return [key_hash(f"e:{found.address}")] if found else []


def phone_keys(text: str, country: str) -> list[int]:
    """Return the keys by which the engine's index of customers knows a number."""
    found = read_phone(text, country)
    return [key_hash(f"p:{found.tail}")] if found else []


def phone_tail(text: str, country: str) -> str:
    """Return the last nine digits of a number, however it is written; empty for no number."""
    found = read_phone(text, country)
    return found.tail if found else ""
