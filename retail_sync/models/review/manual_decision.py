"""What people decide about who a record is."""

from typing import Any

from odoo import fields
from odoo.api import Environment
from odoo.exceptions import UserError

from ...domain.canonical.schema import PART_MAIN
from ..links import lookups


def decide_by_hand(env: Environment, message: Any, partner: Any) -> None:
    """Link the record of a message to a partner, as a person decided; its values are merged when it is read.

    :raises UserError: if the partner is gone, or the record was linked meanwhile
    """
    partner = partner.exists()
    if not partner:
        raise UserError(env._("This customer does not exist any more. Choose another one."))
    partner.check_access("write")
    link_model = env["retail.sync.link"].sudo()
    if link_model.search_count(
        [
            ("connection_id", "=", message.connection_id.id),
            ("remote_object", "=", message.remote_object),
            ("external_id", "=", message.external_id),
            ("part", "=", PART_MAIN),
        ],
        limit=1,
    ):
        raise UserError(env._("%s was linked meanwhile. Its question closes by itself.", message.display_name))
    taken = lookups.primary_links(
        env(su=True), message.connection_id, "res.partner", partner.ids, role=message.stream_id.role
    )
    primary = not taken
    link_model.create(
        {
            "connection_id": message.connection_id.id,
            "stream_id": message.stream_id.id,
            "remote_object": message.remote_object,
            "external_id": message.external_id,
            "part": PART_MAIN,
            "res_model": "res.partner",
            "res_id": partner.id,
            # A second remote id of one customer is an alias: it is known, and does not write.
            "is_primary": primary,
            "state": "in_sync" if primary else "merged",
            "rule": "person",
            "reason": env._("Decided by %s", env.user.name),
            "linked_at": fields.Datetime.now(),
        }
    )
