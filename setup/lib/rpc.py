"""Odoo's JSON-RPC as its web client uses it. Standard library only."""

import http.client
import itertools
import json
from typing import Any
from urllib.parse import urlsplit


class RpcError(Exception):
    """An answer that says an error. ``name`` is the Python class, ``debug`` the traceback on the server."""

    def __init__(self, name: str, message: str, debug: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name, self.message, self.debug = name, message, debug


class OdooRpc:
    """A session of one user; may be used from several threads."""

    def __init__(self, url: str, database: str, login: str = "admin", password: str = "admin", timeout: float = 120):
        self.timeout = timeout
        self._address = urlsplit(url)
        self._credentials = {"db": database, "login": login, "password": password}
        self._ids = itertools.count(1)
        self._cookie = ""

    def __call__(
        self, model: str, method: str, args: list[Any] | None = None, kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Call a public method of a model, as the web client does, and return its result.

        Raises RpcError when the server refuses, OSError or HTTPException when it does not answer.
        """
        if not self._cookie:
            self.login()
        params = {"model": model, "method": method, "args": args or [], "kwargs": kwargs or {}}
        return self._post(f"/web/dataset/call_kw/{model}/{method}", params)

    def login(self) -> None:
        """Open a session. Raises RpcError for a wrong password."""
        self._cookie = ""
        self._post("/web/session/authenticate", self._credentials)

    def _post(self, path: str, params: dict[str, Any]) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": next(self._ids), "params": params})
        headers = {"Content-Type": "application/json"}
        if self._cookie:
            headers["Cookie"] = f"session_id={self._cookie}"
        connection = http.client.HTTPConnection(self._address.hostname or "", self._address.port, timeout=self.timeout)
        try:
            connection.request("POST", path, body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status != 200:
            raise http.client.HTTPException(f"{path}: HTTP {answer.status}: {text[:500]}")
        for value in answer.msg.get_all("Set-Cookie") or []:
            if value.startswith("session_id="):
                self._cookie = value.split(";")[0].partition("=")[2]
        result = json.loads(text)
        if "error" in result:
            data = result["error"].get("data", {})
            raise RpcError(data.get("name", "error"), data.get("message", ""), data.get("debug", ""))
        return result.get("result")
