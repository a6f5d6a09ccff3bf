"""How a request reaches the agent API, and how its errors are answered."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from urllib.parse import quote

from odoo.http import Request, Response

from odoo.addons.fastapi.context import odoo_env_ctx
from odoo.addons.fastapi.fastapi_dispatcher import FastApiDispatcher
from odoo.addons.fastapi.pools import fastapi_app_pool

from ...api.app import ROOT_PATH
from ...api.errors import ApiProblem, answer_of, correlation_id_of, problem_of
from ...api.guard import MOST_BYTES
from . import faults, log_lines, repeats
from .visit import CURRENT, Visit

__all__ = ["ROUTING_TYPE", "AgentApiDispatcher"]

ROUTING_TYPE = "retail_sync_agent"
# What the API takes as a correlation id, though it may replace it by its own.
_HEADER_TEXT = re.compile(r"[\x20-\x7e]{0,200}")
_CORRELATION = "HTTP_X_CORRELATION_ID"


class AgentApiDispatcher(FastApiDispatcher):
    """Dispatches to one application, whatever the path: OCA's keeps one for each path that was ever asked for."""

    routing_type = ROUTING_TYPE

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self._visit: Visit | None = None

    @property
    def visit(self) -> Visit:
        """Return the request: the same one however often it is tried."""
        if self._visit is None:
            given = self.request.httprequest.environ.get(_CORRELATION)
            self._visit = Visit(correlation_id_of(given))
            threading.current_thread().retail_sync_request = self._visit.correlation_id  # type: ignore[attr-defined]
        return self._visit

    def dispatch(self, endpoint: Any, args: Any) -> Response:
        self.request.params = {}
        environ = self._readable_environ()
        visit, env = self.visit, self.request.env
        visit.arrive(env, environ.get("HTTP_AUTHORIZATION"))
        if repeated := repeats.answer_at_once(env, visit, environ):
            headers = {**visit.headers, "Idempotency-Replayed": "true", "Content-Type": "application/json"}
            return self.request.make_response(repeated.text, headers=list(headers.items()), status=repeated.status)
        data = BytesIO()
        uid = env["fastapi.endpoint"].sudo().get_uid(ROOT_PATH)
        with fastapi_app_pool.get_app(env=env, root_path=ROOT_PATH) as app, self._manage_odoo_env(uid):
            token = CURRENT.set(visit)
            try:
                for part in app(environ, self._make_response):
                    data.write(part)
            finally:
                CURRENT.reset(token)
            if visit.error:
                raise self._raised(visit.error)
            return self.request.make_response(data.getvalue(), headers=self.headers, status=self.status)

    @contextmanager
    def _manage_odoo_env(self, uid: int | None = None) -> Iterator[None]:
        """Run as the technical user. The language is chosen for each caller: OCA's dispatcher fails on some headers."""
        token = odoo_env_ctx.set(self.request.env(user=uid))
        try:
            yield
            self.request.env(user=uid).flush_all()
        finally:
            odoo_env_ctx.reset(token)

    def handle_error(self, exc: Exception) -> Response:
        """Return the answer to an error, whoever raised it. The database is not asked: it may be the error."""
        problem = faults.problem_of_error(exc)
        faults.log(exc, problem, self.visit.correlation_id)
        answer = answer_of(problem, self.visit.correlation_id, self.visit.headers)
        headers = {**answer.headers, "Content-Type": answer.media_type}
        return self.request.make_json_response(dict(answer.body), headers=headers, status=answer.status)

    @staticmethod
    def _raised(error: Exception) -> Exception:
        """Return what is raised for an error of the application. Errors about values repeat the values: they go."""
        if faults.repeats(error) or isinstance(error, ApiProblem):
            return error
        problem = problem_of(error)
        return error if problem.code == "internal_error" else problem

    def _readable_environ(self) -> dict[str, Any]:
        """Return what the server knows of the request, as far as ASGI can carry it.

        :raises ApiProblem: payload_too_large, not_found
        """
        size = self.request.httprequest.environ.get("CONTENT_LENGTH") or "0"
        if size.isdigit() and int(size) > MOST_BYTES:
            raise ApiProblem("payload_too_large", f"At most {MOST_BYTES} bytes.")
        environ = self._get_environ()
        if environ.get("PATH_INFO", "").rstrip("/") == ROOT_PATH:
            # FastAPI would send callers from one to the other.
            raise ApiProblem("not_found")
        query = environ.get("QUERY_STRING", "")
        if not query.isascii():
            environ["QUERY_STRING"] = quote(query.encode("latin-1"), safe="%&=+;,:@!$'()*/?-._~[]")
        if _HEADER_TEXT.fullmatch(environ.get(_CORRELATION, "")):
            environ[_CORRELATION] = self.visit.correlation_id
        return environ


log_lines.install(ROOT_PATH)
