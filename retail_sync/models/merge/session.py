"""Merge several customers into one, and record everything that the merge changes so that it can be undone.

The core wizard does the merge. Around it, a session records every row that changes hands, the losers' links become
secondary links, and the connected platforms receive the result.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from odoo import fields, models
from odoo.api import Environment
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import SQL

from ...domain.merge.journal import Journal
from ...domain.security.audit import AuditKind
from ..audit import trail
from ..customer import internal_partners
from ..links import lookups
from . import links, references, to_platform

# Where the core wizard's record carries the session. Contexts from outside are plain data and hold no ``Session``.
CONTEXT_KEY = "retail_sync_merge_session"
# The core wizard merges at most three contacts in one call: the survivor and two losers.
LOSERS_PER_CALL = 2


@dataclass(slots=True, eq=False)
class Session:
    """State of a merge in progress.

    ``family``: {id: stored row} of the survivor and its relatives before the merge.
    ``pictures``: ids of the attachments that held the survivor's pictures before the merge.
    """

    merge: models.BaseModel
    survivor: models.BaseModel
    losers: models.BaseModel
    family: dict[int, dict[str, Any]]
    pictures: set[int]
    journal: Journal = field(default_factory=Journal)


def merge(
    env: Environment,
    survivor: models.BaseModel,
    losers: models.BaseModel,
    reason: str,
    values: Mapping[str, Any] | None = None,
    source: str = "person",
    connection: models.BaseModel | None = None,
) -> models.BaseModel:
    """Merge customers into one, and return the ``retail.sync.merge`` record with which the merge can be undone.

    :param reason: sentence that says why the customers are the same
    :param values: {field: value} of the survivor after the merge, as a person or a rule chose them; every other
        field follows the core wizard: the survivor's value, else a loser's
    :param source: who asks for the merge: 'person', 'platform' or 'wizard'
    :param connection: for 'platform', the connection that merged the records
    :raises links.BeingSent: while a message about one of the losers is being sent
    :raises UserError: when the customers cannot be merged; the text says why
    """
    check_steward(env)
    losers -= survivor
    if not losers:
        raise UserError(env._("Choose at least two customers to merge."))
    core_wizard = env["base.partner.merge.automatic.wizard"]
    with recorded(core_wizard, survivor, losers, reason, source, connection) as wizard:
        for start in range(0, len(losers), LOSERS_PER_CALL):
            batch = losers[start : start + LOSERS_PER_CALL]
            wizard._merge((survivor | batch).ids, survivor, extra_checks=False)
        if values:
            survivor.write(values)
        session = session_of(wizard)
    return env["retail.sync.merge"].browse(session.merge.id)


def check_steward(env: Environment) -> None:
    """Check that the user may merge customers and undo merges.

    :raises AccessError: the user is no data steward
    """
    if not (env.su or env.user.has_group("retail_sync.group_steward")):
        raise AccessError(env._("Only data stewards can merge customers or undo a merge."))


def session_of(wizard: models.BaseModel) -> Session | None:
    """Return the session that a core wizard record works for, or None outside a recorded merge."""
    session = wizard.env.context.get(CONTEXT_KEY)
    return session if isinstance(session, Session) else None


@contextmanager
def recorded(
    wizard: models.BaseModel,
    survivor: models.BaseModel,
    losers: models.BaseModel,
    reason: str,
    source: str = "wizard",
    connection: models.BaseModel | None = None,
) -> Iterator[models.BaseModel]:
    """Yield the core wizard with a session in its context; record what the block does, then update links and messages.

    :raises UserError: when the customers cannot be merged, or another merge is in progress in this transaction
    """
    env = wizard.env
    su_env = env(su=True)
    # A draft merge never outlives its transaction: one that is visible here belongs to this very transaction.
    if su_env["retail.sync.merge"].search_count([("state", "=", "draft")], limit=1):
        raise UserError(env._("Another merge is in progress. Finish it first, then merge these customers."))
    if not env.su:
        env["res.partner"].browse((survivor | losers).ids).check_access("write")
    _refuse_internal(env, survivor | losers)
    # A caller that catches an error of the core wizard must not keep half a merge.
    with env.cr.savepoint():
        session = _start(su_env, survivor, losers, reason, source, connection)
        # Links move first: a link that still points to a loser when the loser is deleted counts as a deletion in Odoo,
        # and the platform's record would be deleted too.
        gained, secondary = links.make_secondary(su_env, session.journal, survivor.sudo(), losers.sudo())
        links.move_messages(su_env, session.journal, survivor.sudo(), losers.sudo(), secondary)
        yield wizard.with_context(**{CONTEXT_KEY: session})
        _finish(su_env, session, gained, secondary)


def _refuse_internal(env: Environment, customers: models.BaseModel) -> None:
    """Refuse a merge that would link an internal user or a company of Odoo to a platform, or change it without right.

    :raises UserError: the text says what to do
    """
    internal = internal_partners.internal_ids(env, customers.ids)
    if not internal:
        return
    links = env["retail.sync.link"].sudo()
    if links.search_count([("res_model", "=", customers._name), ("res_id", "in", customers.ids)], limit=1):
        raise UserError(
            env._(
                "One of these partners belongs to an internal user or to one of your own companies, and one is linked "
                "to a platform. Open the link and press Undo link, then merge the partners."
            )
        )
    # Odoo asks the same, but not before values are written: a merge moves the login without writing any.
    if not env["res.users"].has_access("write"):
        raise UserError(
            env._("One of these partners belongs to an internal user. Ask an administrator to merge the partners.")
        )


def _start(
    env: Environment,
    survivor: models.BaseModel,
    losers: models.BaseModel,
    reason: str,
    source: str,
    connection: models.BaseModel | None,
) -> Session:
    """Check and lock the customers, and record their values before the merge."""
    customers = (survivor | losers).sudo()
    lock(env, customers)
    references.refuse_sealed(env, losers)
    # Read under the lock: of two merges of the same customer, the second waits here and sees the result of the first.
    links.refuse_being_sent(env, losers)
    family_ids = _family_ids(env, customers)
    before = references.stored_rows(env, "res_partner", family_ids)
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
    trail.add(
        env,
        AuditKind.MERGE,
        model="res.partner",
        res_ids=(survivor | losers).ids,
        connection=connection,
        reason=reason,
        details={"merge": merge.id, "survivor": survivor.id, "source": source},
    )
    family = {row_id: row for row_id, row in before.items() if row_id not in losers.ids}
    return Session(merge, survivor, losers, family, _picture_ids(env, survivor))


def lock(env: Environment, partners: models.BaseModel) -> None:
    """Lock customers until the end of the transaction.

    :raises UserError: when a customer was deleted, or another transaction holds its lock
    """
    if partners.exists() != partners:
        raise UserError(
            env._("One of these customers no longer exists: it was merged or deleted. Reload the page and try again.")
        )
    try:
        # In the order of their ids. Taken by one statement, which passes over rows that others hold, two merges of the
        # same customers could get one lock each, and both would be refused.
        for partner in partners.sorted("id"):
            partner.lock_for_update()
    except LockError as error:
        raise UserError(
            env._("Another user or job is changing one of these customers. Try again in a moment.")
        ) from error


def _line_vals(
    env: Environment,
    loser: models.BaseModel,
    row: dict[str, Any],
    source: str,
    connection: models.BaseModel | None,
) -> dict[str, Any]:
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


def _family_ids(env: Environment, partners: models.BaseModel) -> list[int]:
    """Return ids of these partners with all above and below them: Odoo copies values along that line."""
    rows = env.execute_query(
        SQL(
            "WITH RECURSIVE above AS (SELECT id, parent_id FROM res_partner WHERE id = ANY(%(ids)s)"
            " UNION SELECT parent.id, parent.parent_id FROM res_partner parent"
            " JOIN above ON above.parent_id = parent.id),"
            " below AS (SELECT id FROM res_partner WHERE id = ANY(%(ids)s)"
            " UNION SELECT child.id FROM res_partner child JOIN below ON child.parent_id = below.id)"
            " SELECT id FROM above UNION SELECT id FROM below",
            ids=partners.ids,
        )
    )
    return [row_id for (row_id,) in rows]


def park_pictures(env: Environment, session: Session, losers: models.BaseModel) -> None:
    """Attach the losers' pictures to the merge: they would be deleted with the losers, and a row cannot hold them.

    To be called after the survivor has taken over the pictures that it lacked.
    """
    pictures = env.execute_query(
        SQL(
            "UPDATE ir_attachment parked SET res_model = 'retail.sync.merge', res_id = %s, res_field = NULL"
            " FROM ir_attachment old WHERE old.id = parked.id AND parked.res_model = 'res.partner'"
            " AND parked.res_id = ANY(%s) AND parked.res_field IS NOT NULL"
            " RETURNING old.id, old.res_id, old.res_field",
            session.merge.id,
            losers.ids,
        )
    )
    session.journal.parked += [
        {"id": row_id, "res_id": res_id, "res_field": res_field} for row_id, res_id, res_field in pictures
    ]
    env["ir.attachment"].invalidate_model()


def _picture_ids(env: Environment, partner: models.BaseModel) -> set[int]:
    rows = env.execute_query(
        SQL(
            "SELECT id FROM ir_attachment WHERE res_model = 'res.partner' AND res_id = %s AND res_field IS NOT NULL",
            partner.id,
        )
    )
    return {row_id for (row_id,) in rows}


def _finish(env: Environment, session: Session, gained: models.BaseModel, secondary: models.BaseModel) -> None:
    """Record the resulting values of the survivor and its relatives, then notify the platforms."""
    after = references.stored_rows(env, "res_partner", session.family)
    references.note_people(session.journal, session.family, after)
    references.close_computed(env, session.journal)
    session.journal.pictures = sorted(_picture_ids(env, session.survivor) - session.pictures)
    merge = session.merge
    merge.write(
        {
            "journal": session.journal.as_json(),
            "moved_count": sum(session.journal.counts().values()),
            "state": "done",
        }
    )
    merge._after_merge(session.survivor)
    links.compare_all_values(env, gained)
    to_platform.apply_to_secondary_links(env, merge, session.survivor.sudo(), secondary)
