"""Weights learnt from the customers that are here, in a job, as a draft that decides nothing yet."""

import logging

from odoo import fields
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

# Customers that are learnt from at most: about 20 seconds of computing, and Odoo ends what computes for a minute. Of
# more, a sample of whole houses, and others that resemble those.
MOST = 30000
SEEDS = 18000
# Keys by which a customer outside of the sample may be one of those in it.
TELLING = "evnlfd"
# Carriers of one key that are taken: enough to see that a value is shared.
CARRIERS = 4


def start(env: Environment):
    """Queue a job that learns; return the draft that it will fill.

    :raises UserError: when there are too few customers, or one is being learnt already
    """
    versions = env["retail.sync.match.model"].sudo()
    sweep(env)
    if versions.search_count([("learning", "in", ("waiting", "running"))], limit=1):
        raise UserError(env._("Weights are being learnt already. The list shows when they are ready."))
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


def _count(env: Environment):
    env["res.partner"].flush_model(["active", "type"])
    rows = env.execute_query(
        SQL("SELECT count(*) FROM res_partner WHERE active AND type = ANY(%s)", list(index.OWN_TYPES))
    )
    return rows[0][0]


def _check_enough(env: Environment, count):
    if count < LEAST:
        raise UserError(
            env._(
                "There are %(count)s customers, and weights are learnt from %(least)s at least: fewer tell less "
                "than the shipped weights do, so those stay in use. Try again after the first load.",
                count=count,
                least=LEAST,
            )
        )


def job_learn(env: Environment, version_id):
    """Learn, and write the draft. What it says of itself is committed at once, so that people see it."""
    with separate_transaction(env) as tx:
        version = tx["retail.sync.match.model"].sudo().browse(version_id).exists()
        if not version or version.state != "draft" or version.learning == "ready":
            return
        version.write({"learning": "running", "learning_text": False})
    # In a transaction of its own that sees the index as it was brought up to date just now.
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


def _end(env: Environment, version_id, learnt=None, **values):
    """Write what came of it, in a transaction of its own: this one's is older than what was written before."""
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


def _note(env: Environment, learnt):
    def number(value):
        return formatLang(env, value, digits=0)

    return env._(
        "Learnt on %(day)s from %(count)s customers (%(people)s people, %(companies)s companies). %(pairs)s pairs "
        "that have something in common were compared; about %(alike)s of them look like one customer.",
        day=format_date(env, fields.Date.context_today(env.user)),
        count=number(learnt.people + learnt.companies),
        people=number(learnt.people),
        companies=number(learnt.companies),
        pairs=number(learnt.pairs),
        alike=number(learnt.alike),
    )


# -- who is learnt from


def _sample(env: Environment):
    """Return (base, near, callers) as `learn` takes them: everybody, or whole houses and who resembles them."""
    everybody = _count(env) <= MOST
    base = _features(env, _sample_ids(env, MOST if everybody else SEEDS))
    if everybody:
        return base, [], []
    known = {features.id for features in base}
    phones = {f"p:{phone.tail}" for features in base for phone in features.phones}
    telling = {key for features in base for key in blocking_keys(features) if key[0] in TELLING}
    room = MOST - len(base)
    caller_ids = _carriers(env, phones, known, room + 1)
    complete = len(caller_ids) <= room
    near_ids = caller_ids[:room]
    near_ids += _carriers(env, telling, known | set(near_ids), room - len(near_ids))
    near = _features(env, near_ids)
    callers = set(caller_ids)
    return base, near, [features for features in near if features.id in callers] if complete else None


def _features(env: Environment, ids):
    """Return customers as the index keeps them, in the order of their ids."""
    stored = index.stored(env(su=True), ids)
    return [unpack(partner_id, stored[partner_id]) for partner_id in sorted(stored)]


def _sample_ids(env: Environment, most):
    """Return ids of customers, whole houses at a time: one who shares an address comes with those he shares it
    with. Which houses is a matter of their hash, so that the same customers give the same weights.
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


def _carriers(env: Environment, keys, known, most):
    """Return ids of customers who carry one of these keys and are not known yet; a few for each key."""
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


# -- when it does not end well


def on_failed(env: Environment, job):
    """Called in queue_job's own failure transaction."""
    version = env["retail.sync.match.model"].sudo().browse(job.args[0]).exists()
    if version.learning in ("waiting", "running"):
        _tell_failed(env, version, job.exc_message or job.exc_name or env._("The worker died."))


def sweep(env: Environment):
    """Say so where the job died without a word, or was cancelled."""
    versions = env["retail.sync.match.model"].sudo().search([("learning", "in", ("waiting", "running"))])
    jobs = env["queue.job"].sudo().search([("uuid", "in", versions.mapped("job_uuid"))])
    alive = {job.uuid for job in jobs if job.state in ALIVE}
    for version in versions:
        if version.job_uuid not in alive:
            _tell_failed(env, version, env._("The worker died, or the job was cancelled."))


def _tell_failed(env: Environment, version, reason):
    _logger.warning("Weights %s were not learnt: %s", version.version, reason)
    version.write(
        {
            "learning": "failed",
            "learning_text": env._("%s The weights in use stay as they are; you can learn again.", reason),
        }
    )
