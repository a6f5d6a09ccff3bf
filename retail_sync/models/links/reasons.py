"""Why a value came to where it is, in the language of the reader. Links keep the codes, see ``domain/reconcile``."""

from typing import Any

from odoo.api import Environment

from ...domain.reconcile.reasons import Reason


def reason_texts(env: Environment) -> dict[str, str]:
    """Return {code: sentence} of all reasons."""
    return {
        Reason.same: env._("Both sides have the same value."),
        Reason.not_reported: env._("The platform did not report it."),
        Reason.not_read: env._("Odoo has no such value."),
        Reason.remote_owns: env._("The platform owns this field."),
        Reason.odoo_owns: env._("Odoo owns this field."),
        Reason.other_connection: env._("Another connection owns this field too, and its value is the latest."),
        Reason.odoo_was_empty: env._("First meeting: Odoo had no value."),
        Reason.remote_was_empty: env._("First meeting: the platform had no value."),
        Reason.filled_up: env._("First meeting: each side had parts that the other one lacked."),
        Reason.would_empty: env._("First meeting: to replace this value would empty a part of it on the other side."),
        Reason.blank_stays: env._("Odoo never had a value, and the platform's value stays there."),
        Reason.only_remote_changed: env._("Only the platform changed this field."),
        Reason.only_odoo_changed: env._("Only Odoo changed this field."),
        Reason.opt_out_stands: env._("An opt-out on either side is kept."),
        Reason.remote_lifted: env._("The platform owns this flag and has lifted it."),
        Reason.odoo_lifted: env._("Odoo owns this flag and has lifted it."),
        Reason.remote_more_complete: env._("Both sides changed it: the platform's value is more complete."),
        Reason.odoo_more_complete: env._("Both sides changed it: Odoo's value is more complete."),
        Reason.remote_later: env._("Both sides changed it: the platform's edit is the later one."),
        Reason.odoo_later: env._("Both sides changed it: Odoo's edit is the later one."),
        Reason.remote_ranks_higher: env._("Both sides changed it: the platform ranks higher as a source."),
        Reason.odoo_ranks_higher: env._("Both sides changed it: Odoo ranks higher as a source."),
        Reason.none_later: env._("Both sides changed it, and which edit is later is not known."),
        Reason.rule_asks: env._("Both sides changed it, and the rule of this field is to ask a person."),
        Reason.removed_and_edited: env._("One side removed it after the other side had edited it."),
        Reason.platform_keeps_value: env._("The platform received Odoo's value several times and keeps its own."),
        Reason.odoo_keeps_value: env._("Odoo received the platform's value and changes it again."),
        Reason.lines_reconciled: env._("The lines of both sides were reconciled one by one."),
        Reason.lines_in_conflict: env._("Both sides changed the same lines."),
    }


def in_words(env: Environment, provenance: dict[str, dict[str, Any]] | None) -> dict[str, dict[str, Any]]:
    """Return the provenance of values with the side and the reason as people read them."""
    texts = reason_texts(env)
    sides = {"remote": env._("The platform"), "odoo": env._("Odoo")}
    return {
        name: {
            "from": sides.get(entry["from"], entry["from"]),
            "why": texts.get(entry["why"], entry["why"]),
            "at": entry["at"],
        }
        for name, entry in (provenance or {}).items()
    }
