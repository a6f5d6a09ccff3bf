"""Words that people write into one field, separated by commas."""

from __future__ import annotations

__all__ = ["words_of"]


def words_of(text: str | bool | None) -> list[str]:
    """Return the words of a text, in their order, each once."""
    return list(dict.fromkeys(word for part in (text or "").split(",") if (word := part.strip())))
