"""Sealing of stored secrets with ``secrets_key`` of the server configuration."""

from ..domain.security import sealing
from .server_config import options


def seal(text: str) -> str:
    """Return a secret as it is stored: sealed, if the server configuration has a key."""
    return sealing.seal(text, options("secrets_key"))


def unseal(text: str | None) -> str:
    """Return a stored secret in clear; '' where there is none, or where no key opens it."""
    try:
        return sealing.unseal(text or "", options("secrets_key"))
    except sealing.KeyMissing:
        return ""
