"""Make several customers one, so that it can be taken back.

The work is that of Odoo's own wizard; around it everything that changes hands is
written down, links become second ids, and the platforms are told.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from odoo import fields, models
from odoo.api import Environment
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import SQL

from ...domain.merge.journal import Journal
from ..links import lookups
from . import links, sealed_entries, stored_values, to_platform

# The merges under way, by cursor. Not in the context: that can come from anywhere. Nor in the cursor's own places for
# such things: a savepoint that is flushed or rolled back empties those, and half a merge would go unrecorded.
SESSIONS = WeakKeyDictionary()
# Core's wizard takes three contacts at a time: the survivor and two more.
AT_ONCE = 2


class BeingSent(UserError):
    """A message about one of the customers is on its way to a platform at this moment."""


@dataclass(slots=True)
class Session:
    """A merge under way."""

    merge: models.BaseModel
    survivor: models.BaseModel
    losers: models.BaseModel
    people: dict[int, dict]
    pictures: set[int]
    journal: Journal = field(default_factory=Journal)


def merge(env: Environment, survivor, losers, reason, values=None, source="person", connection=None):
    """Merge customers into one; return the record of it, with which it can be undone.

    :param reason: why they are one, in words
    :param values: {field: value} that the survivor has afterwards, as a person or a rule chose; all other
        fields as in Odoo's own wizard: its own value, else a loser's
    :param source: who wants it: 'person', 'platform' or 'wizard'
    :param connection: for 'platform', the connection that merged the records
    :raises BeingSent: while something is being sent for one of them
    :raises UserError: when they cannot be merged, saying why
    """
    check_steward(env)
    losers -= survivor
    if not losers:
        raise UserError(env._("Choose at least two customers to merge."))
    with merge_session(env, survivor, losers, reason, source, connection) as session:
        wizard = env["base.partner.merge.automatic.wizard"]
        for start in range(0, len(losers), AT_ONCE):
            some = losers[start : start + AT_ONCE]
            wizard._merge((survivor | some).ids, survivor, extra_checks=False)
        if values:
            survivor.write(values)
    return env["retail.sync.merge"].browse(session.merge.id)


def check_steward(env: Environment):
    if not (env.su or env.user.has_group("retail_sync.group_steward")):
        raise AccessError(env._("Merging customers, or undoing it, takes a data steward."))


def current(env: Environment):
    """Return the merge under way in this transaction, or None."""
    return SESSIONS.get(env.cr)


@contextmanager
def merge_session(env: Environment, survivor, losers, reason, source="wizard", connection=None):
    """Write down what the block does to these customers, then settle their links and messages."""
    if current(env):
        raise UserError(env._("Another merge is under way."))
    if not env.su:
        env["res.partner"].browse((survivor | losers).ids).check_access("write")
    # Whoever catches what core refuses must not keep half a merge.
    with env.cr.savepoint():
        session = _open(env(su=True), survivor, losers, reason, source, connection)
        SESSIONS[env.cr] = session
        try:
            # Before anything else: a link that still points to a loser when it is deleted becomes its remote
            # deletion.
            gained, aliases = links.alias(env(su=True), session.journal, survivor.sudo(), losers.sudo())
            links.move_messages(env(su=True), session.journal, survivor.sudo(), losers.sudo(), aliases)
            yield session
            _close(env(su=True), session, gained, aliases)
        finally:
            SESSIONS.pop(env.cr, None)


def _open(env: Environment, survivor, losers, reason, source, connection):
    """Check and lock the customers, and take down what they are."""
    everyone = (survivor | losers).sudo()
    lock(env, everyone)
    sealed_entries.refuse(env, losers)
    # Read under the lock: of two merges of one customer, one waits here and finds the other's outcome.
    busy = links.being_sent(env, losers)
    if busy:
        raise BeingSent(
            env._("%s is being sent to a platform at this moment. Try again in a few seconds.", ", ".join(busy))
        )
    family = _family(env, everyone)
    before = stored_values.rows_of(env, "res_partner", family)
    merge = env["retail.sync.merge"].create(
        {
            "res_id": survivor.id,
            "survivor_ref": survivor.id,
            "reason": reason,
            "source": source,
            "connection_id": connection.id if connection else False,
            "user_id": env.uid,
            "line_ids": [
                fields.Command.create(_line_vals(env, loser, before[loser.id], source, connection))
                for loser in losers.sudo()
            ],
        }
    )
    people = {row_id: row for row_id, row in before.items() if row_id not in losers.ids}
    return Session(merge, survivor, losers, people, _pictures(env, survivor))


def lock(env: Environment, partners):
    if partners.exists() != partners:
        raise UserError(env._("One of these customers does not exist any more. Somebody may have merged it already."))
    try:
        partners.lock_for_update()
    except LockError as error:
        raise UserError(env._("Somebody else is working on one of these customers. Try again in a moment.")) from error


def _line_vals(env: Environment, loser, row, source, connection):
    link = env["retail.sync.link"]
    if source == "platform":
        link = lookups.primary_links(env, connection, "res.partner", loser.ids)[:1]
    return {
        "old_id": loser.id,
        "name": loser.display_name,
        "email": loser.email,
        "company_id": loser.company_id.id,
        "external_id": link.external_id,
        "snapshot": row,
    }


def _family(env: Environment, partners):
    """Return ids of the partners above and below these: values travel along that line."""
    rows = env.execute_query(
        SQL(
            "WITH RECURSIVE above AS (SELECT id, parent_id FROM res_partner WHERE id = ANY(%(ids)s)"
            " UNION SELECT one.id, one.parent_id FROM res_partner one JOIN above ON above.parent_id = one.id),"
            " below AS (SELECT id FROM res_partner WHERE id = ANY(%(ids)s)"
            " UNION SELECT one.id FROM res_partner one JOIN below ON one.parent_id = below.id)"
            " SELECT id FROM above UNION SELECT id FROM below",
            ids=partners.ids,
        )
    )
    return [row_id for (row_id,) in rows]


def park_pictures(env: Environment, session, losers):
    """Keep the losers' pictures: they would be deleted with them, and a row cannot hold them.

    Called when the survivor has taken over those it lacked.
    """
    pictures = env.execute_query(
        SQL(
            "UPDATE ir_attachment held SET res_model = 'retail.sync.merge', res_id = %s, res_field = NULL"
            " FROM ir_attachment old WHERE old.id = held.id AND held.res_model = 'res.partner'"
            " AND held.res_id = ANY(%s) AND held.res_field IS NOT NULL"
            " RETURNING old.id, old.res_id, old.res_field",
            session.merge.id,
            losers.ids,
        )
    )
    session.journal.parked += [
        {"id": row_id, "res_id": res_id, "res_field": res_field} for row_id, res_id, res_field in pictures
    ]
    env["ir.attachment"].invalidate_model()


def _pictures(env: Environment, partner):
    rows = env.execute_query(
        SQL(
            "SELECT id FROM ir_attachment WHERE res_model = 'res.partner' AND res_id = %s AND res_field IS NOT NULL",
            partner.id,
        )
    )
    return {row_id for (row_id,) in rows}


def _close(env: Environment, session, gained, aliases):
    """Take down what became of the family, and tell the platforms."""
    stored_values.note_people(
        session.journal, session.people, stored_values.rows_of(env, "res_partner", session.people)
    )
    stored_values.close_followers(env, session.journal)
    session.journal.pictures = sorted(_pictures(env, session.survivor) - session.pictures)
    merge = session.merge
    merge.write(
        {
            "journal": session.journal.as_json(),
            "moved_count": sum(session.journal.counts().values()),
            "state": "done",
        }
    )
    merge._after_merge(session.survivor)
    links.tell(env, gained)
    to_platform.apply_merge_policies(env, merge, session.survivor.sudo(), aliases)
