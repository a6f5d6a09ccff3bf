"""Learn weights from the customers in Odoo, in a job, as a draft that makes no decisions yet."""

import logging
from collections.abc import Collection, Iterable
from typing import Any

from odoo import fields, models
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, formatLang

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.identity.blocking.blocking_keys import blocking_keys
from ...domain.identity.blocking.hashes import key_hash
from ...domain.identity.learn.learning import LEAST, learn
from ...domain.identity.normalise.serialise import unpack
from ...domain.identity.score.default_model import DEFAULT_MODEL
from ...runtime.constants import ALIVE, LANE_PRIORITY, channel
from ...runtime.transactions import separate_transaction
from . import index

_logger = logging.getLogger(__name__)

# Customers from which weights are learnt at most: about 20 seconds of work, as Odoo ends work that computes for a
# minute. From more customers the engine takes a sample of whole households, and customers that resemble these.
MOST = 30000
SEEDS = 18000
# Kinds of keys that are specific enough to show that a customer outside the sample may repeat a customer in it.
SPECIFIC_KEYS = "evnlfd"
# Carriers per key that are read: enough to see that a value is shared.
CARRIERS = 4


def start(env: Environment) -> models.BaseModel:
    """Queue a job that learns weights; return the draft that the job will fill.

    :raises UserError: when there are too few customers, or weights are being learnt already
    """
    versions = env["retail.sync.match.model"].sudo()
    sweep(env)
    if versions.search_count([("learning", "in", ("waiting", "running"))], limit=1):
        raise UserError(env._("Weights are already being learnt. Wait until the list shows that they are ready."))
    _check_enough(env, _count(env))
    version = versions._make(
        DEFAULT_MODEL,
        "learnt",
        env._("Learnt on %s", format_date(env, fields.Date.context_today(env.user))),
        learning="waiting",
    )
    delayed = (
        env["retail.sync.identity.jobs"]
        .with_user(env.ref("base.user_root"))
        .with_delay(
            channel=channel("bulk"),
            priority=LANE_PRIORITY["bulk"],
            max_retries=3,
            description=f"learn: {version.version}",
        )
    )
    version.job_uuid = delayed._job_learn(version.id).uuid
    return version


def _count(env: Environment) -> int:
    env["res.partner"].flush_model(["active", "type"])
    rows = env.execute_query(
        SQL("SELECT count(*) FROM res_partner WHERE active AND type = ANY(%s)", list(index.OWN_TYPES))
    )
    return rows[0][0]


def _check_enough(env: Environment, count: int) -> None:
    if count < LEAST:
        raise UserError(
            env._(
                "There are only %(count)s customers, and learning needs at least %(least)s: with fewer, the shipped "
                "weights are better. Try again after the first load.",
                count=count,
                least=LEAST,
            )
        )


def job_learn(env: Environment, version_id: int) -> None:
    """Learn weights and write them to a draft; each new state is committed at once, so that people see it.

    :raises RetryableJobError: while the index is being built
    """
    with separate_transaction(env) as tx:
        version = tx["retail.sync.match.model"].sudo().browse(version_id).exists()
        if not version or version.state != "draft" or version.learning == "ready":
            return
        version.write({"learning": "running", "learning_text": False})
    # The sample is read in a later transaction, which sees the updated index.
    if not index.catch_up(env(su=True), index.PATIENCE):
        raise RetryableJobError("The index of customers is being built", seconds=1, ignore_retry=True)
    with separate_transaction(env, read_committed=True) as tx:
        base, near, callers = _sample(tx)
    try:
        _check_enough(env, len(base))
    except UserError as error:
        _end(env, version_id, learning="failed", learning_text=str(error))
        return
    learnt = learn(base, DEFAULT_MODEL, near, callers)
    _end(env, version_id, learnt)


def _end(env: Environment, version_id: int, learnt: Any = None, **values: Any) -> None:
    """Write the result to the draft in a separate transaction: this transaction is older than the last write to it."""
    with separate_transaction(env) as tx:
        version = tx["retail.sync.match.model"].sudo().browse(version_id).exists()
        if learnt:
            values = {
                "data": dict(learnt.model.to_json(), version=version.version),
                "learning": "ready",
                "learning_text": False,
                "note": _note(tx, learnt),
            }
        version.write(values)


def _note(env: Environment, learnt: Any) -> str:
    def number(value: int) -> str:
        return formatLang(env, value, digits=0)

    return env._(
        "Learnt on %(day)s from %(count)s customers (%(people)s people, %(companies)s companies). %(pairs)s pairs "
        "with something in common were compared; about %(alike)s of them look like the same customer.",
        day=format_date(env, fields.Date.context_today(env.user)),
        count=number(learnt.people + learnt.companies),
        people=number(learnt.people),
        companies=number(learnt.companies),
        pairs=number(learnt.pairs),
        alike=number(learnt.alike),
    )


# -- the customers to learn from


def _sample(env: Environment) -> tuple[list, list, list | None]:
    """Return (base, near, callers) as `learn` takes them: all customers, or whole households and their look-alikes."""
    all_fit = _count(env) <= MOST
    base = _features(env, _sample_ids(env, MOST if all_fit else SEEDS))
    if all_fit:
        return base, [], []
    known = {features.id for features in base}
    phones = {f"p:{phone.tail}" for features in base for phone in features.phones}
    specific = {key for features in base for key in blocking_keys(features) if key[0] in SPECIFIC_KEYS}
    room = MOST - len(base)
    caller_ids = _carriers(env, phones, known, room + 1)
    complete = len(caller_ids) <= room
    near_ids = caller_ids[:room]
    near_ids += _carriers(env, specific, known | set(near_ids), room - len(near_ids))
    near = _features(env, near_ids)
    callers = set(caller_ids)
    return base, near, [features for features in near if features.id in callers] if complete else None


def _features(env: Environment, ids: Iterable[int]) -> list:
    """Return the stored Features of customers in the order of their ids."""
    stored = index.stored(env(su=True), ids)
    return [unpack(partner_id, stored[partner_id]) for partner_id in sorted(stored)]


def _sample_ids(env: Environment, most: int) -> list[int]:
    """Return ids of customers in whole households: a customer comes with all customers at the same address.

    A hash of the address selects the households, so that the same customers always give the same weights.
    """
    rows = env.execute_query(
        SQL(
            "WITH placed AS (SELECT id, concat(COALESCE(NULLIF(replace(zip, ' ', ''), ''), lower(city)), '|',"
            " COALESCE(NULLIF(regexp_replace(street, '\\D', '', 'g'), ''), '#' || id %% 997)) AS place"
            " FROM res_partner WHERE active AND type = ANY(%s)),"
            " sized AS (SELECT place, sum(count(*)) OVER (ORDER BY md5(place), place) AS upto FROM placed"
            " GROUP BY place)"
            " SELECT id FROM placed JOIN sized USING (place) WHERE upto <= %s ORDER BY id",
            list(index.OWN_TYPES),
            most,
        )
    )
    return [partner_id for (partner_id,) in rows]


def _carriers(env: Environment, keys: Collection[str], known: Iterable[int], most: int) -> list[int]:
    """Return ids of customers that carry one of these keys and are not known yet, a few for each key."""
    if most <= 0 or not keys:
        return []
    rows = env.execute_query(
        SQL(
            "SELECT DISTINCT carrier.partner_id FROM unnest(%s::bigint[]) wanted(key) CROSS JOIN LATERAL"
            " (SELECT partner_id FROM retail_sync_identity_key WHERE key = wanted.key LIMIT %s) carrier"
            " WHERE carrier.partner_id <> ALL(%s) ORDER BY carrier.partner_id LIMIT %s",
            sorted(key_hash(key) for key in keys),
            CARRIERS,
            sorted(known),
            most,
        )
    )
    return [partner_id for (partner_id,) in rows]


# -- failures


def on_failed(env: Environment, job: Any) -> None:
    """Mark the draft of a failed job as failed, in the transaction in which queue_job stores the failure."""
    version = env["retail.sync.match.model"].sudo().browse(job.args[0]).exists()
    if version.learning in ("waiting", "running"):
        _mark_failed(env, version, job.exc_message or job.exc_name or env._("The worker was killed."))


def sweep(env: Environment) -> None:
    """Mark drafts as failed whose job ended without reporting, or was cancelled."""
    versions = env["retail.sync.match.model"].sudo().search([("learning", "in", ("waiting", "running"))])
    jobs = env["queue.job"].sudo().search([("uuid", "in", versions.mapped("job_uuid"))])
    alive = {job.uuid for job in jobs if job.state in ALIVE}
    for version in versions:
        if version.job_uuid not in alive:
            _mark_failed(env, version, env._("The worker was killed, or the job was cancelled."))


def _mark_failed(env: Environment, version: models.BaseModel, reason: str) -> None:
    _logger.warning("Weights %s were not learnt: %s", version.version, reason)
    version.write(
        {
            "learning": "failed",
            "learning_text": env._("%s The active weights are unchanged. Start the learning again.", reason),
        }
    )
