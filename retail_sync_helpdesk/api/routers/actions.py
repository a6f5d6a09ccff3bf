"""Actions: previewed, submitted once, looked up."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Header, Path, Query, Request, Response

from ...domain.api.idempotency import key_of
from ..answers import looked_up
from ..errors import ApiProblem
from ..guard import admit, documented
from ..schemas.actions import ActionPage, ActionResult, Preview
from ..schemas.requests import PreviewRequest, Submission
from ..service import Service
from .parameters import OrderId, PageParameters

router = APIRouter(tags=["Actions"])

_ANSWERS: dict[int | str, dict[str, Any]] = {
    201: {"model": ActionResult, "description": "Done, or waiting for an approval: `state` tells."},
}


async def _body_of(request: Request) -> bytes:
    """Return the body as it came, which FastAPI has read already."""
    return await request.body()


@router.post(
    "/orders/{order_id}/actions/preview",
    response_model=Preview,
    summary="What an action would do",
    **documented("preview_action"),
)
async def preview_action(
    order_id: OrderId,
    asked: Annotated[PreviewRequest, Body()],
    service: Annotated[Service, Depends(admit("preview_action"))],
) -> Preview:
    """Calculate an action and show it: rules, amounts, effects. Nothing happens.

    The token proves what was shown. An action that a rule forbids is shown too, with the rule.
    """
    return service.preview(order_id, asked.request)


@router.post(
    "/orders/{order_id}/actions",
    response_model=ActionResult,
    status_code=201,
    summary="Carry an action out",
    **documented("submit_action", responses=_ANSWERS),
)
async def submit_action(
    order_id: OrderId,
    asked: Annotated[Submission, Body()],
    response: Response,
    body: Annotated[bytes, Depends(_body_of)],
    service: Annotated[Service, Depends(admit("submit_action"))],
    idempotency_key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
            description="A new one for every new action. The same key and request get the same answer, byte for byte.",
        ),
    ],
) -> Response:
    """Carry out what was previewed, once for a key.

    Everything is calculated anew: what has changed since the preview is refused with the new preview. Money leaves
    after the answer; `GET /actions/{uuid}` follows it.
    """
    key = key_of(idempotency_key)
    if key is None:
        raise ApiProblem("idempotency_key_missing")
    stored = service.submit(order_id, asked, key, body)
    headers = {name: value for name, value in response.headers.items() if name.lower() != "content-length"}
    # Names in lower case, as Starlette has them: otherwise they would be sent twice.
    headers.update({name.lower(): value for name, value in stored.headers.items()})
    if stored.replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(stored.text, stored.status, headers, media_type="application/json")


@router.get("/actions", response_model=ActionPage, summary="Actions of this key", **documented("list_actions"))
async def list_actions(
    page: PageParameters,
    request: Request,
    response: Response,
    service: Annotated[Service, Depends(admit("list_actions"))],
    order_id: Annotated[int | None, Query(ge=1, le=2_147_483_647, description="Of this order alone.")] = None,
) -> Response:
    return looked_up(request, response, service.actions(order_id, page))


@router.get(
    "/actions/{uuid}", response_model=ActionResult, summary="What became of an action", **documented("get_action")
)
async def get_action(
    uuid: Annotated[str, Path(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", description="Its uuid.")],
    request: Request,
    response: Response,
    service: Annotated[Service, Depends(admit("get_action"))],
) -> Response:
    """The action as it is now: approvals, documents, and the money on its way."""
    return looked_up(request, response, service.action(uuid))
