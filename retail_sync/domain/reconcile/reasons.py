"""Why a value was applied, sent back or left alone: codes, which are stored. The sentences are written elsewhere."""

from enum import Enum


class Reason(str, Enum):
    """The value is the code, so that a reason can be stored and compared as a text."""

    same = "same"
    not_reported = "not_reported"
    not_read = "not_read"
    remote_owns = "remote_owns"
    odoo_owns = "odoo_owns"
    other_connection = "other_connection"
    odoo_was_empty = "odoo_was_empty"
    remote_was_empty = "remote_was_empty"
    only_remote_changed = "only_remote_changed"
    only_odoo_changed = "only_odoo_changed"
    opt_out_stands = "opt_out_stands"
    remote_lifted = "remote_lifted"
    odoo_lifted = "odoo_lifted"
    remote_more_complete = "remote_more_complete"
    odoo_more_complete = "odoo_more_complete"
    remote_later = "remote_later"
    odoo_later = "odoo_later"
    remote_ranks_higher = "remote_ranks_higher"
    odoo_ranks_higher = "odoo_ranks_higher"
    none_later = "none_later"
    rule_asks = "rule_asks"
    platform_keeps_value = "platform_keeps_value"
    odoo_keeps_value = "odoo_keeps_value"
    lines_reconciled = "lines_reconciled"
    lines_in_conflict = "lines_in_conflict"
