"""Words that people write into one field, separated by commas."""

from __future__ import annotations

__all__ = ["words_of"]


def words_of(text: str | bool | None) -> list[str]:
    """Return the words of a text, in their order, each once. An empty field of Odoo is False."""
    if not isinstance(text, str):
        return []
    return list(dict.fromkeys(word for part in text.split(",") if (word := part.strip())))
