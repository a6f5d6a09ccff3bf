"""What the settings say about milestones."""

from odoo.api import Environment

from ...domain.canonical import registry

KEPT, ASSUME_DAYS = "retail_sync.milestones", "retail_sync.assume_delivered_days"
AUTO, ON, OFF = "auto", "on", "off"


def mode(env: Environment) -> str:
    """Return AUTO (on once a stream sends what follows from milestones), ON or OFF."""
    value = env["ir.config_parameter"].sudo().get_param(KEPT)
    return value if value in (ON, OFF) else AUTO


def is_kept(env: Environment) -> bool:
    """Return whether the milestone journal is kept."""
    chosen = mode(env)
    if chosen != AUTO:
        return chosen == ON
    domain = [
        ("entity", "in", [spec.name for spec in registry.all() if spec.tells_milestones]),
        ("direction", "in", ("out", "both")),
        ("connection_id.active", "=", True),
    ]
    return bool(env["retail.sync.stream"].sudo().search_count(domain, limit=1))


def assume_days(env: Environment) -> int:
    """Return after how many days a shipment counts as delivered if no carrier reports it; 0: never."""
    value = env["ir.config_parameter"].sudo().get_param(ASSUME_DAYS)
    return int(value) if str(value or "").isdigit() else 0
