"""What a key may do, and what the errors mean."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import StringConstraints

from ...domain.api.problem import PROBLEMS
from ..answers import looked_up
from ..errors import ApiProblem
from ..guard import admit, documented
from ..schemas.actions import Reasons
from ..schemas.caller import Me, ProblemKind
from ..service import Service

router = APIRouter(tags=["Key"])


@router.get("/me", response_model=Me, summary="What this key may do", **documented("get_me"))
async def get_me(response: Response, service: Annotated[Service, Depends(admit("get_me"))]) -> Me:
    return service.me()


@router.get("/reasons", response_model=Reasons, summary="Reasons that actions may have", **documented("list_reasons"))
async def list_reasons(
    request: Request, response: Response, service: Annotated[Service, Depends(admit("list_reasons"))]
) -> Response:
    return looked_up(request, response, service.reasons())


@router.get("/problems/{code}", response_model=ProblemKind, summary="What an error means", **documented("get_problem"))
async def get_problem(
    code: Annotated[str, Path(description="The code of an error."), StringConstraints(pattern=r"^[a-z_]{1,64}$")],
    _service: Annotated[Service, Depends(admit("get_problem"))],
) -> ProblemKind:
    problem = PROBLEMS.get(code)
    if problem is None:
        raise ApiProblem("not_found")
    return ProblemKind(
        as_of=datetime.now(timezone.utc).replace(microsecond=0),
        code=code,
        status=problem.status,
        title=problem.title,
        action=problem.action,
        again=problem.again,
    )
