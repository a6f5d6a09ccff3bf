"""Apply a merge in Odoo to the losers' records on a platform: keep, ask people to merge, or mark as duplicates."""

import uuid
from collections.abc import Iterable, Mapping

from odoo import models
from odoo.api import Environment

from ...adapter.values import Answer
from ...domain.canonical.schema import PART_MAIN
from ...domain.merge.journal import Journal
from ...domain.resilience.faults import FaultError
from ...runtime import jobs
from ...runtime.constants import LANE_PRIORITY, OPEN_MESSAGE_STATES, channel
from ..exceptions import exception_queue
from ..exceptions.subject import of_two_records
from ..links import lookups
from ..outbox import outbox
from ..runs import run_start


def merged_remotely(merge: models.BaseModel) -> set[str]:
    """Return the external ids that the platform itself merged before Odoo followed."""
    return set(merge.line_ids.filtered("external_id").mapped("external_id")) if merge.source == "platform" else set()


def apply_to_secondary_links(
    env: Environment, merge: models.BaseModel, survivor: models.BaseModel, secondary: models.BaseModel
) -> None:
    """Handle the losers' records as each connection is configured. Sends nothing in this transaction."""
    before = {row["id"]: row for row in Journal.of(merge.journal).links}
    gone = merged_remotely(merge)
    for link in secondary.filtered(lambda link: link.part == PART_MAIN and link.external_id not in gone):
        if before[link.id]["state"] not in outbox.LIVING or not link.stream_id:
            continue
        handling = link.connection_id.odoo_merge_handling
        if handling == "retire" and link.stream_id._adapter().retires(link.stream_id):
            _enqueue_retire(env, link.stream_id, {link.external_id: _primary_link(link, survivor).external_id})
        elif handling != "secondary":
            _ask_to_merge(env, link, survivor)


def _primary_link(link: models.BaseModel, survivor: models.BaseModel) -> models.BaseModel:
    return lookups.primary_links(link.env, link.connection_id, survivor._name, survivor.ids, role=link.role)[:1]


def _ask_to_merge(env: Environment, link: models.BaseModel, survivor: models.BaseModel) -> None:
    """Create the task to merge two records on the platform, where the engine cannot."""
    text = env._(
        "%(platform)s has two records of this customer: %(main)s and %(second)s. "
        "Merge the two records on %(platform)s so that %(main)s remains.",
        platform=link.connection_id.name,
        main=_name_with_url(_primary_link(link, survivor)),
        second=_name_with_url(link),
    )
    exception_queue.technical(
        env,
        link.connection_id,
        "TWO_RECORDS",
        text,
        of_two_records(link.external_id),
        stream=link.stream_id,
        fault_class="duplicate",
    ).write(
        {
            "team": "business",
            "user_id": link.connection_id.business_user_id.id,
            "res_model": survivor._name,
            "res_id": survivor.id,
        }
    )


def close_tasks(env: Environment, connection: models.BaseModel, external_ids: Iterable[str], resolution: str) -> None:
    """Close the tasks to merge records that no longer need a merge.

    :param resolution: sentence for the closed messages
    """
    env["retail.sync.message"].sudo().search(
        [
            ("connection_id", "=", connection.id),
            ("external_id", "in", list(external_ids)),
            ("merge_task", "=", "two_records"),
            ("state", "in", list(OPEN_MESSAGE_STATES)),
        ]
    )._resolve(resolution)


# -- undo


def apply_undo(env: Environment, merge: models.BaseModel, links: models.BaseModel) -> None:
    """Close the tasks and clear the marks that a merge created for the losers' records.

    :param links: the links that the undo restored
    """
    primaries = links.filtered(lambda link: link.part == PART_MAIN and link.is_primary)
    for connection, connection_links in primaries.grouped("connection_id").items():
        close_tasks(env, connection, connection_links.mapped("external_id"), env._("The merge was undone"))
    losers = primaries.filtered(lambda link: link.res_id != merge.survivor_ref and link.state in outbox.LIVING)
    for stream, stream_links in losers.filtered("stream_id").grouped("stream_id").items():
        if stream.connection_id.odoo_merge_handling == "retire" and stream._adapter().retires(stream):
            _enqueue_retire(env, stream, dict.fromkeys(stream_links.mapped("external_id")))


def outlook_of_undo(env: Environment, merge: models.BaseModel, journal: Journal) -> list[str]:
    """Return sentences that say what an undo changes on the platforms."""
    gone = merged_remotely(merge)
    lines = [
        env._(
            "The platform itself merged %(external)s, and Odoo cannot undo that: %(external)s stays a secondary link "
            "of %(customer)s. The restored customer gets a new record if its stream creates records.",
            external=external_id,
            customer=merge.survivor_id.display_name,
        )
        for external_id in sorted(gone)
    ]
    losers = [row for row in journal.links if row["res_id"] != merge.survivor_ref and row["is_primary"]]
    links = env["retail.sync.link"].browse([row["id"] for row in losers]).exists()
    links = links.filtered(lambda link: link.part == PART_MAIN and link.external_id not in gone)
    lines += [
        env._(
            "%(link)s is linked to customer %(id)s again and receives its values.",
            link=_name_with_url(link),
            id=row["res_id"],
        )
        for link in links
        for row in losers
        if row["id"] == link.id
    ]
    return lines


def outlook_of_merge(env: Environment, survivor: models.BaseModel, losers: models.BaseModel) -> list[str]:
    """Return sentences that say what a merge changes on the platforms, before it happens."""
    links = lookups.primary_links(env, None, survivor._name, (survivor | losers).ids)
    links = links.filtered(lambda link: link.state in outbox.LIVING)
    lines = []
    for connection, connection_links in links.grouped("connection_id").items():
        primary = connection_links.filtered(lambda link: link.res_id == survivor.id) or connection_links.sorted("id")
        primary = primary[:1]
        if primary.res_id != survivor.id:
            lines.append(
                env._(
                    "%(link)s becomes the survivor's record on %(connection)s.",
                    link=_name_with_url(primary),
                    connection=connection.name,
                )
            )
        for link in connection_links - primary:
            handling = connection.sudo().odoo_merge_handling
            can_mark = (
                handling == "retire" and link.stream_id and connection.sudo()._adapter().retires(link.stream_id.sudo())
            )
            texts = {
                "secondary": env._("%s stays as a secondary link. Odoo ignores its values.", _name_with_url(link)),
                "task": env._("%s gets a task: a person merges it on the platform.", _name_with_url(link)),
                "retire": env._("%s is marked as a duplicate on the platform.", _name_with_url(link)),
            }
            lines.append(texts["task" if handling == "retire" and not can_mark else handling])
    return lines


# -- marks on duplicate records, where a platform has such a mark


def _enqueue_retire(env: Environment, stream: models.BaseModel, winners: Mapping[str, str | None]) -> None:
    env["retail.sync.merge.jobs"].with_user(stream.connection_id.user_id).with_delay(
        channel=channel("standard"),
        priority=LANE_PRIORITY["standard"],
        max_retries=0,
        description=env._("Mark %(count)s duplicate records of %(stream)s", count=len(winners), stream=stream.name),
    )._job_retire(stream.id, winners)


def job_retire(env: Environment, stream_id: int, winners: Mapping[str, str | None]) -> None:
    """Mark records as duplicates on the platform, or clear the mark. A record that fails becomes an exception.

    :param winners: {external id: external id of the primary record, None to clear the mark}
    """
    stream = env["retail.sync.stream"].sudo().browse(stream_id).exists()
    if not stream:
        return
    calls, correlation_id = jobs.CallCount(), uuid.uuid4().hex
    calling = jobs.calling(stream, "standard", correlation_id, calls)
    answers = jobs.outside(calling, _retire, winners)
    run = run_start.create_run(env, stream, "records", correlation_id)
    for external_id, answer in zip(winners, answers, strict=True):
        if not answer.ok:
            fault = answer.fault or FaultError("unknown", "UNKNOWN", env._("The platform gave no reason."))
            exception_queue.technical(
                env(su=True),
                stream.connection_id,
                "TWO_RECORDS",
                fault.message,
                of_two_records(external_id),
                stream=stream,
                run=run,
            ).write({"team": "business"})
    run.write({"n_read": len(winners), "api_calls": calls.made})
    run._finish()


def _retire(stream: models.BaseModel, winners: Mapping[str, str | None]) -> list[Answer]:
    answers: list[Answer] = stream._adapter().retire_remote(stream, winners)
    return answers


def _name_with_url(link: models.BaseModel) -> str:
    return f"{link.display_name} ({link.url})" if link.url else link.display_name
