"""Apply the decision of a person about who a record is."""

from typing import Any

from odoo import fields, models
from odoo.api import Environment
from odoo.exceptions import UserError

from ...domain.canonical.schema import PART_MAIN
from ..customer import internal_partners
from ..links import lookups


def decide_by_hand(env: Environment, message: models.BaseModel, partner: models.BaseModel) -> None:
    """Link the record of a message to a partner; the next read of the record reconciles the values.

    :raises UserError: when the partner was deleted, or the record was linked meanwhile
    """
    partner = partner.exists()
    if not partner:
        raise UserError(env._("This customer no longer exists. Choose another customer."))
    partner.check_access("write")
    if internal_partners.internal_ids(env, partner.ids):
        raise UserError(internal_partners.reason(env))
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
        raise UserError(env._("%s was linked meanwhile. Its review closes automatically.", message.display_name))
    primary_link = lookups.primary_links(
        env(su=True), message.connection_id, "res.partner", partner.ids, role=message.stream_id.role
    )
    ended = primary_link.filtered(lambda link: link.state in ("deleted", "merged"))
    # A record that is gone on the platform holds no place: the one that lives is the customer's record.
    ended.write({"is_primary": False})
    ended.flush_recordset()
    vals = link_vals(env, message, partner.id, primary=not primary_link - ended)
    link_model.create({**vals, "archived_by_sync": any(ended.mapped("archived_by_sync"))})


def link_vals(env: Environment, message: models.BaseModel, partner_id: int, *, primary: bool) -> dict[str, Any]:
    """Return the values of a link that the user decided.

    :param primary: False for another record of a customer that is already linked: a secondary link writes nothing to
        the customer
    """
    return {
        "connection_id": message.connection_id.id,
        "stream_id": message.stream_id.id,
        "remote_object": message.remote_object,
        "external_id": message.external_id,
        "part": PART_MAIN,
        "res_model": "res.partner",
        "res_id": partner_id,
        "is_primary": primary,
        "state": "in_sync" if primary else "merged",
        "rule": "person",
        "reason": env._("Decided by %s", env.user.name),
        "linked_at": fields.Datetime.now(),
    }
