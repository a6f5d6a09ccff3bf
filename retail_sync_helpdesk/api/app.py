"""The application: the routers, its documentation, and errors as problem documents."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from .errors import ApiProblem, ProblemAnswer, answer_of, correlation_id_of
from .guard import sent_headers
from .operations import SCOPES
from .routers import routers
from .schemas.caller import ProblemDocument
from .service import Admission, admission_of

__all__ = ["ROOT_PATH", "VERSION", "make_app", "openapi", "response_of"]

ROOT_PATH = "/retail_sync/api/v1"
VERSION = "1.0.0"
TITLE = "Retail Sync agent API"
DESCRIPTION = """Odoo's truth about customers and orders, and actions on orders, for service agents and their consoles.

Every action is previewed, then submitted with an `Idempotency-Key`. Errors are `application/problem+json` with a stable
`code`. Amounts and quantities are decimal texts. Times are UTC.

Scopes of a key, beside the codes of the actions: {scopes}."""


def make_app(admission: Admission) -> FastAPI:
    """Return the API over a admission, outside Odoo: for tests and for the published document.

    Inside Odoo, the dispatcher of the endpoint makes the application and answers errors, by the same functions.
    """
    app = FastAPI(title=TITLE, version=VERSION, openapi_url="/openapi.json", docs_url="/docs", redoc_url=None)
    for router in routers():
        app.include_router(router)

    async def given() -> Admission:
        return admission

    app.dependency_overrides[admission_of] = given
    for kind in (ApiProblem, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _handle)
    app.openapi = lambda: openapi(app)  # type: ignore[method-assign]
    return app


def openapi(app: FastAPI) -> dict[str, Any]:
    """Return the published document of an application that has the routers."""
    if app.openapi_schema is None:
        scopes = ", ".join(f"`{name}` ({text})" for name, text in SCOPES.items())
        found = get_openapi(
            title=TITLE, version=VERSION, description=DESCRIPTION.format(scopes=scopes), routes=app.routes
        )
        found["servers"] = [{"url": ROOT_PATH}]
        components = found["components"]["schemas"]
        template = "#/components/schemas/{model}"
        problem = ProblemDocument.model_json_schema(ref_template=template)
        components.update(problem.pop("$defs", {}))
        components[ProblemDocument.__name__] = problem
        # FastAPI adds its own error to every operation, which none of ours answers.
        for name in ("HTTPValidationError", "ValidationError"):
            components.pop(name, None)
        app.openapi_schema = found
    return app.openapi_schema


def response_of(answer: ProblemAnswer) -> Response:
    """Return a problem as a response of Starlette."""
    return JSONResponse(dict(answer.body), answer.status, dict(answer.headers), answer.media_type)


async def _handle(request: Request, error: Exception) -> Response:
    known = getattr(request.state, "correlation_id", None) or request.headers.get("x-correlation-id")
    return response_of(answer_of(error, correlation_id_of(known), sent_headers(request.state)))
