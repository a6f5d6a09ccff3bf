"""The keys that sign preview tokens and cursors of pages."""

from __future__ import annotations

import hmac
from typing import Any

from ...domain.api.signed_text import SigningKey

__all__ = ["signing_keys"]


def signing_keys(env: Any) -> tuple[SigningKey, ...]:
    """Return the keys of this database, the one that signs first.

    They are derived from the secret of the database: a copy of the database that was given another secret accepts no
    token of the original.
    """
    secret = env["ir.config_parameter"].sudo().get_param("database.secret")
    derived = hmac.new(secret.encode(), b"retail_sync_helpdesk signing 1", "sha256").digest()
    return (SigningKey("db1", derived),)
