"""Secrets as they lie in the database: sealed with a key that is kept elsewhere, if there is one."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

# What begins a sealed text. No secret of a platform does.
PREFIX = "sealed:"


class KeyMissing(ValueError):
    """A sealed text cannot be opened: none of the keys is the one that it was sealed with."""


def seal(text: str, keys: Sequence[str]) -> str:
    """Return a text sealed with the first key; as it is without keys, or if it is empty or sealed.

    Raises ValueError for what is no key: 32 bytes in URL-safe Base64.
    """
    if not text or not keys or text.startswith(PREFIX):
        return text
    return PREFIX + _box(keys).encrypt(text.encode()).decode()


def unseal(text: str, keys: Sequence[str]) -> str:
    """Return the text that was sealed, with whichever of the keys; what is not sealed as it is.

    Raises KeyMissing where no key opens it.
    """
    if not text.startswith(PREFIX):
        return text
    try:
        return _box(keys).decrypt(text.removeprefix(PREFIX).encode()).decode()
    except (InvalidToken, ValueError):
        raise KeyMissing("no key opens this secret") from None


def _box(keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
