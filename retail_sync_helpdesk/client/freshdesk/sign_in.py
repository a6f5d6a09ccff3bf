"""Signing in with the API key of an agent."""

import base64

from ..tokens import Token


class ApiKey:
    """An agent's API key. A refused one can only be replaced by a person."""

    renewable = False

    def __init__(self, api_key: str) -> None:
        if not api_key:
            raise ValueError("A connection needs the API key of an agent.")
        self._api_key = api_key

    def authorization(self, token: Token) -> str:
        # the service reads the key as the user's name; the password may be anything
        return f"Basic {base64.b64encode(f'{token.access_token}:X'.encode()).decode()}"

    def fetch(self, stored: Token | None) -> Token:
        return Token(self._api_key)
