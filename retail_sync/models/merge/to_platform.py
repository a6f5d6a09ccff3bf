"""What a merge in Odoo means for the second record on a platform."""

from odoo.api import Environment

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


def merged_there(merge):
    """Return the external ids that the platform itself merged, and that this merge followed."""
    return set(merge.line_ids.filtered("external_id").mapped("external_id")) if merge.source == "platform" else set()


def apply_merge_policies(env: Environment, merge, survivor, aliases):
    """Do with the losers' records what the policy of each connection says; nothing is sent here."""
    before = {row["id"]: row for row in Journal.of(merge.journal).links}
    gone = merged_there(merge)
    for link in aliases.filtered(lambda link: link.part == PART_MAIN and link.external_id not in gone):
        if before[link.id]["state"] not in outbox.LIVING or not link.stream_id:
            continue
        policy = link.connection_id.merge_remote_policy
        if policy == "retire" and link.stream_id._adapter().retires(link.stream_id):
            _enqueue_retire(env, link.stream_id, {link.external_id: _main_id(link, survivor)})
        elif policy != "alias":
            _ask_to_merge(env, link, survivor)


def _main_link(link, survivor):
    return lookups.primary_links(link.env, link.connection_id, survivor._name, survivor.ids, role=link.role)[:1]


def _main_id(link, survivor):
    return _main_link(link, survivor).external_id


def _ask_to_merge(env: Environment, link, survivor):
    """Give people the task to merge two records where we cannot."""
    main = _main_link(link, survivor)
    text = env._(
        "Two records of %(platform)s stand for one customer, %(customer)s: %(main)s and %(second)s. "
        "Merge them there; %(main)s should remain.",
        platform=link.connection_id.name,
        customer=survivor.display_name,
        main=_named(main),
        second=_named(link),
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
            "title": survivor.display_name,
            "team": "business",
            "user_id": link.connection_id.business_user_id.id,
            "res_model": survivor._name,
            "res_id": survivor.id,
        }
    )


def close_tasks(env: Environment, connection, external_ids, resolution):
    """Close the tasks about records that stand for nobody any more."""
    env["retail.sync.message"].sudo().search(
        [
            ("connection_id", "=", connection.id),
            ("external_id", "in", list(external_ids)),
            ("merge_task", "=", "two_records"),
            ("state", "in", list(OPEN_MESSAGE_STATES)),
        ]
    )._resolve(resolution)


# -- undoing


def apply_undo(env: Environment, merge, links):
    """Take back what was done, or asked for, about the losers' records."""
    mains = links.filtered(lambda link: link.part == PART_MAIN and link.is_primary)
    for connection, own in mains.grouped("connection_id").items():
        close_tasks(env, connection, own.mapped("external_id"), env._("The merge was undone"))
    losers = mains.filtered(lambda link: link.res_id != merge.survivor_ref and link.state in outbox.LIVING)
    for stream, own in losers.filtered("stream_id").grouped("stream_id").items():
        if stream.connection_id.merge_remote_policy == "retire" and stream._adapter().retires(stream):
            _enqueue_retire(env, stream, dict.fromkeys(own.mapped("external_id")))


def outlook(env: Environment, merge, journal):
    """Say what an undo means on the platforms."""
    gone = merged_there(merge)
    lines = [
        env._(
            "%(external)s was merged on the platform itself, which cannot be undone from here: it stays a second "
            "id of %(customer)s. The restored customer is created there anew, as its stream says.",
            external=external_id,
            customer=merge.survivor_id.display_name,
        )
        for external_id in sorted(gone)
    ]
    back = [row for row in journal.links if row["res_id"] != merge.survivor_ref and row["is_primary"]]
    links = env["retail.sync.link"].browse([row["id"] for row in back]).exists()
    links = links.filtered(lambda link: link.part == PART_MAIN and link.external_id not in gone)
    lines += [
        env._(
            "%(link)s becomes the record of %(id)s again, and is given its values.",
            link=_named(link),
            id=row["res_id"],
        )
        for link in links
        for row in back
        if row["id"] == link.id
    ]
    return lines


def outlook_of_merge(env: Environment, survivor, losers):
    """Say what a merge means on the platforms, before it is made."""
    links = lookups.primary_links(env, None, survivor._name, (survivor | losers).ids)
    links = links.filtered(lambda link: link.state in outbox.LIVING)
    lines = []
    for connection, own in links.grouped("connection_id").items():
        main = (own.filtered(lambda link: link.res_id == survivor.id) or own.sorted("id"))[:1]
        if main.res_id != survivor.id:
            lines.append(
                env._(
                    "%(link)s becomes the survivor's record of %(connection)s.",
                    link=_named(main),
                    connection=connection.name,
                )
            )
        for link in own - main:
            policy = connection.sudo().merge_remote_policy
            can = policy == "retire" and link.stream_id and connection.sudo()._adapter().retires(link.stream_id.sudo())
            texts = {
                "alias": env._("%s stays there as a second id, from which nothing is taken.", _named(link)),
                "task": env._("%s is to be merged there: people are asked to.", _named(link)),
                "retire": env._("%s is marked there as a second record.", _named(link)),
            }
            lines.append(texts["task" if policy == "retire" and not can else policy])
    return lines


# -- marking second records, where a platform can


def _enqueue_retire(env: Environment, stream, winners):
    env["retail.sync.merge.jobs"].with_user(stream.connection_id.user_id).with_delay(
        channel=channel("standard"),
        priority=LANE_PRIORITY["standard"],
        max_retries=0,
        description=env._("Mark %(count)s second records of %(stream)s", count=len(winners), stream=stream.name),
    )._job_retire(stream.id, winners)


def job_retire(env: Environment, stream_id, winners):
    """Mark records as second ones of others, {external id: the main one's}, or take the mark away (None)."""
    stream, run = run_start.open_stream_run(env(su=True), stream_id, "standard")
    if not stream:
        return
    calling = jobs.on_the_wire(stream, run, "standard")
    answers = calling._adapter().retire_remote(calling, winners)
    for external_id, answer in zip(winners, answers, strict=True):
        if not answer.ok:
            fault = answer.fault or FaultError("unknown", "UNKNOWN", env._("No reason was given."))
            exception_queue.technical(
                env(su=True),
                stream.connection_id,
                "TWO_RECORDS",
                fault.message,
                of_two_records(external_id),
                stream=stream,
                run=run,
            ).write({"team": "business"})
    run.write({"n_read": len(winners), "api_calls": 1})
    run._finish()


def _named(link):
    return f"{link.display_name} ({link.url})" if link.url else link.display_name
