"""Take a merge back: the losers under their old ids, and everything that changed hands.

What somebody did since stays: a document that points elsewhere now, a value that was
edited. Each of these is named, before the click and in the record afterwards.
"""

from odoo.api import Environment
from odoo.exceptions import LockError, UserError

from ...domain.merge.journal import Journal, to_restore
from ..runs import refresh_queue
from . import links, references_find, restore, sealed_entries, session, stored_values, to_platform


def undo(env: Environment, merge):
    """Undo a merge; return sentences about what could not be as before.

    :raises UserError: when it cannot be undone, saying why
    """
    session.check_steward(env)
    if not env.su:
        merge.check_access("read")
        merge.survivor_id.check_access("write")
    su_env = env(su=True)
    merge = merge.sudo()
    # Of two people who press at once, the second one finds it done.
    try:
        merge.lock_for_update()
    except LockError as error:
        raise UserError(env._("Somebody is undoing this merge at this moment.")) from error
    merge.invalidate_recordset()
    if reason := _obstacle(su_env, merge):
        raise UserError(reason)
    session.lock(su_env, merge.survivor_id)
    busy = links.being_sent(su_env, merge.survivor_id)
    if busy:
        raise UserError(
            env._("%s is being sent to a platform at this moment. Try again in a few seconds.", ", ".join(busy))
        )
    return _take_back(su_env, merge, Journal.of(merge.journal))


def _obstacle(env: Environment, merge):
    """Return why a merge cannot be undone (now), or None."""
    if merge.state != "done":
        return env._("This merge was undone already.")
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
            "Undo the later merge '%(later)s' first: it builds on this one. Merges are undone in reverse order.",
            later=later.display_name,
        )
    if not env["res.partner"].browse(survivor_id).exists():
        return env._("The customer that survived was deleted since. There is nothing to take the values from.")
    taken = env["res.partner"].browse(merge.line_ids.mapped("old_id")).exists()
    if taken:
        return env._("The ids %s are in use again.", ", ".join(str(taken_id) for taken_id in taken.ids))
    return None


def _take_back(env: Environment, merge, journal):
    survivor_id = merge.survivor_ref
    losers = merge.line_ids.mapped("old_id")
    env.flush_all()
    report = restore.restore(env, merge.line_ids.mapped("snapshot"), journal)
    env.invalidate_all()
    gone = to_platform.merged_there(merge)
    back, stayed = links.restore_links(env, journal, survivor_id, gone)
    links.restore_messages(env, journal, survivor_id)
    report += [
        env._(
            "%s stays a second id of the customer that survived: the platform merged the record itself.",
            link.external_id,
        )
        if link.external_id in gone
        else env._("The link to %s was moved since, and stays where it is.", link.external_id)
        for link in stayed
    ]
    # Who a user is hangs on a partner.
    env.registry.clear_cache()
    partners = env["res.partner"].browse([survivor_id, *losers])
    own = back.search([("res_model", "=", "res.partner"), ("res_id", "in", partners.ids)])
    links.tell(env, own)
    refresh_queue.enqueue_records(env, own.filtered(lambda link: link.is_primary))
    to_platform.apply_undo(env, merge, back)
    return report


# -- before the click


def outlook(env: Environment, merge):
    """Return (whether it can be undone, sentences): what will happen, and what is not possible and why."""
    su_env = env(su=True)
    merge = merge.sudo()
    env.flush_all()
    if obstacle := _obstacle(su_env, merge):
        return False, [obstacle]
    journal = Journal.of(merge.journal)
    lines = [
        env._("%(name)s comes back under the old id %(id)s.", name=line.name, id=line.old_id) for line in merge.line_ids
    ]
    going, staying, sealed = {}, 0, set()
    for move in journal.moved:
        there = restore.still_there(su_env, move)
        going.setdefault(move["table"], set()).update(there)
        staying += len(move["ids"]) - len(there)
        if move["table"] == "account_move":
            sealed |= sealed_entries.rows(su_env, move["table"], move["ids"], move["new"])
    counts = {table: len(ids) for table, ids in going.items()}
    labels = references_find.labels(su_env, counts)
    if labels:
        lines.append(
            env._("These go back: %s.", ", ".join(f"{name} ({count})" for name, count in labels.items() if count))
        )
    if staying:
        lines.append(
            env._("%s rows stay where they are: they were changed, deleted or sealed since the merge.", staying)
        )
    if sealed:
        lines.append(
            env._(
                "These journal entries were sealed by a hash since the merge, and stay with %(customer)s: %(entries)s.",
                customer=merge.survivor_id.display_name,
                entries=", ".join(su_env["account.move"].browse(sorted(sealed)).mapped("name")),
            )
        )
    lines += _outlook_of_values(su_env, journal)
    lines += to_platform.outlook(su_env, merge, journal)
    return True, lines


def _outlook_of_values(env: Environment, journal):
    """Name the values that stay because somebody edited them after the merge."""
    now = stored_values.rows_of(env, "res_partner", [int(row_id) for row_id in journal.people])
    lines = []
    for row_id, difference in journal.people.items():
        if int(row_id) in now:
            _values, kept = to_restore(difference, now[int(row_id)])
            lines += kept_lines(env, int(row_id), kept)
    return lines


def kept_lines(env: Environment, partner_id, names):
    partner = env["res.partner"].browse(partner_id)
    return [
        env._(
            "%(customer)s keeps its %(field)s: it was edited after the merge.",
            customer=partner.display_name,
            field=partner._fields[name]._description_string(env) if name in partner._fields else name,
        )
        for name in names
    ]
