"""Calls on many tickets, which run as jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import ticket_import
from .errors import ApiError
from .jobs import Failed, Job, Step
from .messages import Call, Response, answer
from .routes import ADMIN, Route
from .table import Row
from .ticket_merge import merge
from .ticket_writer import TicketWriter


def reply(call: Call, job: Job, status: int = 200, **more: Any) -> Response:
    """The answer of a call that has queued a job."""
    return answer(status, {**more, "job_status": call.account.jobs.shape(job)})


def _failed(error_name: str, ids: list[Any]) -> Failed:
    def result(index: int, error: ApiError) -> Row:
        number = {"id": ids[index]} if index < len(ids) and ids[index] is not None else {}
        name = error.error if error.status in (404, 409) else error_name
        return {**number, "index": index, "error": name, "details": error.text(), "success": False}

    return result


def _step(action: str, status: str, index: int, run: Callable[[], int]) -> Step:
    def result() -> Row:
        return {"id": run(), "index": index, "action": action, "status": status, "success": True}

    return result


def _writer(call: Call) -> TicketWriter:
    return TicketWriter(call.account, call.job_actor)


def create_later(call: Call) -> Response:
    """Create one ticket in a job: its id is known at once, the ticket is not."""
    values, writer = call.record("ticket"), _writer(call)
    number = call.account.ids.ticket(call.account.config.ticket_id_gap)
    step = _step("create", "Created", 0, lambda: int(writer.create(values, number)[0]["id"]))
    job = call.account.jobs.add("Create Ticket", [step], _failed("TicketCreateFailed", []))
    return reply(call, job, 202, ticket={"id": number})


def create_many(call: Call) -> Response:
    writer = _writer(call)

    def run(values: Row) -> Callable[[], int]:
        return lambda: int(writer.create(values)[0]["id"])

    steps = [_step("create", "Created", i, run(values)) for i, values in enumerate(call.records("tickets"))]
    return reply(call, call.account.jobs.add("Bulk Create Ticket", steps, _failed("TicketCreateFailed", [])))


def update_many(call: Call) -> Response:
    """One change for the tickets of ``ids`` or ``external_ids``, or a list of tickets with a change each."""
    writer = _writer(call)

    def run(number: Any, values: Row) -> Callable[[], int]:
        return lambda: int(writer.update(number if isinstance(number, int) else -1, values)[0]["id"])

    if call.query.get("ids") or call.query.get("external_ids"):
        same = call.payload().get("ticket")
        numbers = _named(call)
        changes: list[tuple[Any, Row]] = [(number, same if isinstance(same, dict) else {}) for number in numbers]
    else:
        changes = [(values.get("id"), values) for values in call.records("tickets")]
    steps = [_step("update", "Updated", i, run(number, values)) for i, (number, values) in enumerate(changes)]
    failed = _failed("TicketUpdateFailed", [number for number, _ in changes])
    return reply(call, call.account.jobs.add("Bulk Update Ticket", steps, failed))


def destroy_many(call: Call) -> Response:
    writer, numbers = _writer(call), _named(call)

    def run(number: int) -> Callable[[], int]:
        return lambda: int(writer.delete(number)["id"])

    steps = [_step("delete", "Deleted", i, run(number)) for i, number in enumerate(numbers)]
    return reply(call, call.account.jobs.add("Bulk Delete Ticket", steps, _failed("TicketDeleteFailed", numbers)))


def merge_tickets(call: Call) -> Response:
    values, target, actor = call.payload(), call.number(), call.job_actor
    sources = [int(number) for number in values.get("ids") or () if str(number).isdigit()]
    call.account.ticket(target)
    if not sources:
        raise ApiError(400, "Unprocessable Entity", "Parameter ids is required")

    def run() -> int:
        merge(call.account, actor, target, sources, values)
        return target

    job = call.account.jobs.add("Ticket Merge", [_step("merge", "Merged", 0, run)], _failed("TicketMergeFailed", []))
    return reply(call, job)


def import_many(call: Call) -> Response:
    actor = call.job_actor

    def run(values: Row) -> Callable[[], int]:
        return lambda: int(ticket_import.create(call.account, actor, values)["id"])

    steps = [_step("create", "Created", i, run(values)) for i, values in enumerate(call.records("tickets"))]
    return reply(call, call.account.jobs.add("Bulk Import Ticket", steps, _failed("TicketCreateFailed", [])))


def _named(call: Call) -> list[int]:
    numbers = [int(text) for text in call.listed() if text.isdigit()]
    find = call.account.records.tickets.find
    return numbers + [row["id"] for text in call.listed("external_ids") for row in find("external_id", text)]


ROUTES = [
    Route("POST", "tickets/create_many", create_many, "tickets"),
    Route("PUT", "tickets/update_many", update_many, "tickets"),
    Route("DELETE", "tickets/destroy_many", destroy_many, "tickets"),
    Route("POST", "tickets/{id}/merge", merge_tickets, "tickets"),
    Route("POST", "imports/tickets/create_many", import_many, "tickets", ADMIN),
]
