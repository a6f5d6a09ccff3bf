"""Undo a merge: restore the losers under their old ids, and everything that changed hands.

Later changes stay: documents that refer to another customer by now, and values that were edited. The dialog names each
of them before the undo, and the merge lists them afterwards.
"""

from odoo import models
from odoo.api import Environment
from odoo.exceptions import LockError, UserError

from ...domain.merge.journal import Journal, to_restore
from ..customer import internal_partners
from ..runs import refresh_queue
from . import links, references, restore, session, to_platform
from .reference_tables import labels


def undo(env: Environment, merge: models.BaseModel) -> list[str]:
    """Undo a merge; return sentences about what could not be restored.

    :raises links.BeingSent: while a message about the survivor is being sent
    :raises UserError: when the merge cannot be undone; the text says why
    """
    session.check_steward(env)
    if not env.su:
        merge.check_access("read")
        merge.survivor_id.check_access("write")
    su_env = env(su=True)
    merge = merge.sudo()
    # The state is read under the lock, so that the second of two undos at once finds the merge undone.
    try:
        merge.lock_for_update()
    except LockError as error:
        raise UserError(env._("Another user is undoing this merge. Reload the page in a moment.")) from error
    merge.invalidate_recordset()
    if reason := _obstacle(env, merge):
        raise UserError(reason)
    session.lock(su_env, merge.survivor_id)
    links.refuse_being_sent(su_env, merge.survivor_id)
    return _restore_all(su_env, merge, Journal.of(merge.journal))


def _obstacle(env: Environment, merge: models.BaseModel) -> str | None:
    """Return the sentence why the user cannot undo a merge now, or None."""
    if merge.state != "done":
        return env._("This merge is already undone.")
    survivor_id = merge.survivor_ref
    later = merge.search(
        [
            ("id", ">", merge.id),
            ("state", "=", "done"),
            "|",
            ("survivor_ref", "=", survivor_id),
            ("line_ids.old_id", "=", survivor_id),
        ],
        order="id desc",
        limit=1,
    )
    if later:
        return env._(
            "The later merge '%(later)s' builds on this merge. Undo the later merge first.",
            later=later.display_name,
        )
    changing = {survivor_id, *(int(row_id) for row_id in Journal.of(merge.journal).people)}
    if internal_partners.internal_ids(env, changing) and not env["res.users"].has_access("write"):
        # The values are restored by plain SQL, which no guard of Odoo sees.
        return env._(
            "One of these partners belongs to an internal user or to one of your own companies by now. Ask an "
            "administrator to undo the merge."
        )
    if not env["res.partner"].browse(survivor_id).exists():
        return env._("The survivor was deleted after the merge, so its values and documents cannot be given back.")
    taken = env["res.partner"].browse(merge.line_ids.mapped("old_id")).exists()
    if taken:
        return env._("Other customers use the ids %s by now.", ", ".join(str(taken_id) for taken_id in taken.ids))
    return None


def _restore_all(env: Environment, merge: models.BaseModel, journal: Journal) -> list[str]:
    survivor_id = merge.survivor_ref
    losers = merge.line_ids.mapped("old_id")
    env.flush_all()
    report = restore.restore(env, merge.line_ids.mapped("snapshot"), journal)
    env.invalidate_all()
    gone = to_platform.merged_remotely(merge)
    restored, stayed = links.restore_links(env, journal, survivor_id, gone)
    links.restore_messages(env, journal, survivor_id)
    report += [
        env._(
            "%s stays a secondary link of the survivor: the platform itself merged the record.",
            link.external_id,
        )
        if link.external_id in gone
        else env._("The link to %s was moved after the merge and stays where it is.", link.external_id)
        for link in stayed
    ]
    # Caches hold values of users, which come from their partners.
    env.registry.clear_cache()
    partners = env["res.partner"].browse([survivor_id, *losers])
    current_links = restored.search([("res_model", "=", "res.partner"), ("res_id", "in", partners.ids)])
    links.compare_all_values(env, current_links)
    refresh_queue.enqueue_records(env, current_links.filtered(lambda link: link.is_primary))
    to_platform.apply_undo(env, merge, restored)
    return report


# -- what the dialog shows before the undo


def outlook(env: Environment, merge: models.BaseModel) -> tuple[bool, list[str]]:
    """Return (whether the merge can be undone, sentences about what happens or why it is not possible).

    :raises AccessError: the user may not see the merge
    """
    merge.check_access("read")
    su_env = env(su=True)
    named = dict(merge.line_ids.mapped(lambda line: (line.id, line.name)))
    merge = merge.sudo()
    env.flush_all()
    if obstacle := _obstacle(env, merge):
        return False, [obstacle]
    journal = Journal.of(merge.journal)
    lines = [
        env._("%(name)s is restored under the former id %(id)s.", name=named.get(line.id) or "?", id=line.old_id)
        for line in merge.line_ids
    ]
    moving, staying, sealed = {}, 0, set()
    for move in journal.moved:
        movable = restore.movable_ids(su_env, move)
        moving.setdefault(move["table"], set()).update(movable)
        staying += len(move["ids"]) - len(movable)
        if move["table"] == "account_move":
            sealed |= references.sealed_rows(su_env, move["table"], move["ids"], move["new"])
    counts = {table: len(ids) for table, ids in moving.items()}
    rows_by_label = labels(su_env, counts)
    if rows_by_label:
        texts = [f"{name} ({count})" for name, count in rows_by_label.items() if count]
        lines.append(env._("These records go back to the restored customers: %s.", ", ".join(texts)))
    if staying:
        lines.append(
            env._("%s rows stay where they are: they were changed, deleted or sealed after the merge.", staying)
        )
    if sealed:
        lines.append(
            env._(
                "These journal entries were sealed by a hash after the merge and stay with %(customer)s: %(entries)s.",
                customer=merge.survivor_id.display_name,
                entries=", ".join(su_env["account.move"].browse(sorted(sealed)).mapped("name")),
            )
        )
    lines += _outlook_of_values(su_env, journal)
    lines += to_platform.outlook_of_undo(su_env, merge, journal)
    return True, lines


def _outlook_of_values(env: Environment, journal: Journal) -> list[str]:
    """Return sentences about values that stay because they were edited after the merge."""
    now = references.stored_rows(env, "res_partner", [int(row_id) for row_id in journal.people])
    lines = []
    for row_id, difference in journal.people.items():
        if int(row_id) in now:
            _values, kept = to_restore(difference, now[int(row_id)])
            lines += restore.kept_lines(env, int(row_id), kept)
    return lines
