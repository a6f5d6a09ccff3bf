"""What a secret is bound to: the URL that it is sent to, and all else that decides who receives it."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from urllib.parse import urlsplit


def origin(url: str | None) -> str:
    """Return ``https://host[:port]`` of a URL, in the form in which URLs are compared.

    What is no such URL is returned as it is, so that two of them are equal only if they are written alike.
    """
    text = (url or "").strip()
    if not text:
        return ""
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        return text
    if parts.scheme != "https" or not host or parts.username or " " in parts.netloc:
        return text
    host = f"[{host}]" if ":" in host else host
    return f"https://{host}" if port in (None, 443) else f"https://{host}:{port}"


def host_of(url: str | None) -> str:
    """Return the host name of a URL in lower case, '' where there is none."""
    text = (url or "").strip()
    try:
        return urlsplit(text if "://" in text else f"https://{text}").hostname or ""
    except ValueError:
        return ""


def words(text: str | None) -> str:
    """Return a text with each run of blanks as one: PEM blocks are equal whatever their lines end with."""
    return " ".join((text or "").split())


def fingerprint(values: Mapping[str, object], salt: str) -> str:
    """Return a digest of all that a sign-in was made with; without the salt no guess can be checked against it."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), default=str)
    return hmac.new(salt.encode(), text.encode(), hashlib.sha256).hexdigest()
