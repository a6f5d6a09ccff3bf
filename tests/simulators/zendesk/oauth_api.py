"""Calls on tokens, and the page on which a person consents."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from .errors import ApiError, not_found
from .messages import Call, Request, Response, answer
from .routes import ANYBODY, Route

if TYPE_CHECKING:
    from .account import Account


def authorize(account: Account, request: Request) -> Response:
    """``GET /oauth/authorizations/new``: the account's owner consents at once, and the browser is sent back."""
    query = request.query
    client = account.authority.clients.get(query.get("client_id", ""))
    target = query.get("redirect_uri", "")
    if client is None or query.get("response_type") != "code" or target not in client.redirect_uris:
        raise ApiError(400, "invalid_request", "The client, the response type or the redirect URI is invalid")
    scope = query.get("scope", "read")
    code = account.authority.consent(client.client_id, account.users["admin"], scope, target)
    back = {"code": code, **({"state": query["state"]} if "state" in query else {})}
    return Response(302, None, {"Location": f"{target}?{urlencode(back)}"})


def current(call: Call) -> Response:
    """The token of the call; ``DELETE`` revokes it."""
    authority = call.account.authority
    value = call.request.headers.get("authorization", "").partition(" ")[2].strip()
    token = authority.tokens.get(value)
    if token is None:
        raise not_found()
    if call.request.method == "DELETE":
        del authority.tokens[value]
        authority.refresh_tokens.pop(token.pair, None)
        return answer(204)
    return answer(200, {"token": {"user_id": token.user_id, "scopes": sorted(token.scopes), "token": value[:10]}})


ROUTES = [
    Route("GET", "oauth/tokens/current", current, "", ANYBODY),
    Route("DELETE", "oauth/tokens/current", current, "", ANYBODY),
]
