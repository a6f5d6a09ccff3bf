"""The signature of a webhook call, and the headers around it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """base64 of the HMAC-SHA256 over the timestamp header's text, followed by the raw body."""
    return base64.b64encode(hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256).digest()).decode()


def authentication(given: dict[str, Any] | None) -> dict[str, str]:
    """The header that the webhook's ``authentication`` asks for."""
    if not given:
        return {}
    data = given.get("data") or {}
    if given.get("type") == "bearer_token":
        return {"Authorization": f"Bearer {data.get('token', '')}"}
    if given.get("type") == "basic_auth":
        pair = f"{data.get('username', '')}:{data.get('password', '')}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    if given.get("type") == "api_key":
        return {str(data.get("name")): str(data.get("value"))}
    return {}
