"""Several requests in one API call (API sheet section 4.2)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from . import errors, replies
from .errors import ClientError
from .session import SalesforceSession

MAX_PARTS = 25
#: query, queryAll and collections together
MAX_HEAVY_PARTS = 5


@dataclass(frozen=True, slots=True)
class Subrequest:
    """One part. path: relative to the API version or from the root, its query already percent-encoded."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] | None = None

    @property
    def is_heavy(self) -> bool:
        """Whether it counts against the five queries and collections that one call may hold."""
        path = self.path.partition("?")[0]
        return path.startswith("query") or any(part in path for part in ("/query", "composite/sobjects"))


@dataclass(frozen=True, slots=True)
class CompositeResult:
    """The answer to one part: its HTTP status, its parsed body, and the error when the status says so."""

    status: int
    body: Any
    error: ClientError | None
    headers: Mapping[str, str] = field(default_factory=dict)


def composite(
    session: SalesforceSession,
    subrequests: Sequence[Subrequest],
    all_or_none: bool = False,
    timeout: tuple[float, float] | None = None,
    headers: Mapping[str, str] | None = None,
) -> list[CompositeResult]:
    """The results in the order of the parts; more than 25 parts, or 5 heavy ones, are spread over several calls.

    A part's failure is in its result. timeout: (connect, read) seconds, if not the session's own; headers: of the call
    itself. Raises ClientError when a whole call fails, ValueError when all_or_none is asked for more than one call can
    hold.
    """
    groups = list(_groups(subrequests))
    if all_or_none and len(groups) > 1:
        raise ValueError("all_or_none cannot span several calls")
    results: list[CompositeResult] = []
    for group in groups:
        results.extend(_call(session, group, all_or_none, timeout, headers))
    return results


def _groups(subrequests: Sequence[Subrequest]) -> Iterator[list[Subrequest]]:
    group: list[Subrequest] = []
    heavy = 0
    for part in subrequests:
        if len(group) == MAX_PARTS or (part.is_heavy and heavy == MAX_HEAVY_PARTS):
            yield group
            group, heavy = [], 0
        group.append(part)
        heavy += part.is_heavy
    if group:
        yield group


def _call(
    session: SalesforceSession,
    group: list[Subrequest],
    all_or_none: bool,
    timeout: tuple[float, float] | None,
    headers: Mapping[str, str] | None,
) -> list[CompositeResult]:
    parts = []
    for index, part in enumerate(group):
        entry: dict[str, Any] = {"method": part.method, "url": session.path(part.path), "referenceId": f"r{index}"}
        if part.body is not None:
            entry["body"] = part.body
        if part.headers:
            entry["httpHeaders"] = dict(part.headers)
        parts.append(entry)
    response = session.request(
        "POST",
        "composite",
        json={"allOrNone": all_or_none, "collateSubrequests": False, "compositeRequest": parts},
        idempotent=all(part.method in ("GET", "PATCH", "DELETE") for part in group),
        timeout=timeout,
        headers=headers,
    )
    answers = _by_reference(response.json())
    missing = [entry["referenceId"] for entry in parts if entry["referenceId"] not in answers]
    if missing:
        raise ClientError(
            errors.CONTRACT, "ODD_ANSWER", f"a composite answer lacks {len(missing)} of {len(parts)} parts"
        )
    results = [_result(answers[entry["referenceId"]], entry["url"]) for entry in parts]
    return _inherit(results)


def _by_reference(body: Any) -> dict[str, dict[str, Any]]:
    answers = body.get("compositeResponse") if isinstance(body, dict) else None
    if not isinstance(answers, list):
        raise ClientError(errors.CONTRACT, "ODD_ANSWER", "a composite call was answered with something else than parts")
    return {str(answer.get("referenceId")): answer for answer in answers if isinstance(answer, dict)}


def _result(answer: Mapping[str, Any], url: str) -> CompositeResult:
    status, body, headers = answer.get("httpStatusCode"), answer.get("body"), answer.get("httpHeaders") or {}
    if not isinstance(status, int):
        # The other parts have their answers, and may be stored.
        return CompositeResult(0, body, errors.odd_answer(body, "a part of a composite answer has no status"), headers)
    well = 200 <= status < 300 or status == 304
    error = None if well else replies.from_body(status, body, path=url.partition("?")[0])
    return CompositeResult(status, body, error, headers)


def _inherit(results: list[CompositeResult]) -> list[CompositeResult]:
    """Parts that were only rolled back along with another take that one's class: it decides what to do with them."""
    leader = next((r.error for r in results if r.error and r.error.code not in errors.FOLLOWERS), None)
    if leader is None:
        return results
    return [
        replace(result, error=_as_follower(result.error, leader))
        if result.error and result.error.code in errors.FOLLOWERS
        else result
        for result in results
    ]


def _as_follower(error: ClientError, leader: ClientError) -> ClientError:
    return ClientError(
        leader.kind,
        error.code,
        f"{error.message} (because of {leader.code})",
        http_status=error.http_status,
        retry_after=leader.retry_after,
        body_excerpt=error.body_excerpt,
    )
