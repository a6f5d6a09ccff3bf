"""The application of the agent API: one for the process, whatever the database, the path and the number of requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from typing import Any

from fastapi import FastAPI

from ...api.app import make_app
from .admission import OdooAdmission
from .visit import CURRENT

__all__ = ["Answered", "application"]

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


@lru_cache(maxsize=1)
def application() -> FastAPI:
    """Return the application. It holds nothing of a request or of a database, so all requests share it.

    Built anew for each path, as OCA's dispatcher does, 100,000 orders would fill the memory of a worker; built anew
    whenever Odoo's caches are cleared, requests would wait for it.
    """
    app = make_app(OdooAdmission())
    app.router.redirect_slashes = False
    return app


class Answered:
    """An application that always answers, and leaves what it raised with the request.

    a2wsgi has two threads look at the end of an application: an error that comes right after the body was read was
    lost between them, and the request ended without any answer.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            CURRENT.get().error = error
            if not begun:
                await send({"type": "http.response.start", "status": 500, "headers": []})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
