from collections import defaultdict
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...domain.canonical.customer import ADDRESS_FIELDS, PARTS
from ...domain.canonical.schema import PART_MAIN
from ...runtime.fields import search_by_parts
from ...runtime.inbound_scope import scope_of
from ..links import lookups
from ..outbox.edit_times import edited_ids
from . import internal_partners
from .values import ADDRESS_COLUMNS

# In the context while Odoo copies commercial values to the partners below a changed one.
_SPREADS = "retail_sync_spreads"


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "retail.sync.mixin"]

    email_opt_out = fields.Boolean(
        help="The customer does not want e-mail from us. A platform can set this value, but cannot clear it."
    )
    phone_opt_out = fields.Boolean(
        string="Do not call",
        help="The customer does not want calls. A platform can set this value, but cannot clear it.",
    )
    sync_address_use = fields.Selection(
        [("used", "Synchronised"), ("spare", "Not synchronised")],
        compute="_compute_sync_address_use",
        compute_sudo=True,
        string="Address on the platform",
        help="A platform has room for one address of each kind. The others exist in Odoo only.",
    )

    # Links are searched by a part of the customer's name: of a million customers, that would read each.
    _sync_name_idx = models.Index(search_by_parts("complete_name"))

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> "ResPartner":
        """Create partners; inbound work creates none below a partner that no platform may write."""
        internal_partners.check(self, [vals.get("parent_id") for vals in vals_list])
        partners = super().create(vals_list)
        internal_partners.note_created(partners)
        return partners

    def unlink(self) -> bool:
        """Delete partners; inbound work deletes none that no platform may write."""
        internal_partners.check(self)
        return super().unlink()

    def write(self, vals: dict[str, Any]) -> bool:
        """Keep a contact's values from its company where the contact has a record of its own on a platform.

        Its new address is its own, the tax ID of the company that it leaves is not that of the one it comes to, and
        a language that the platform states is not that of a company. Inbound work writes no partner that no platform
        may write.
        """
        partners = self._guarded(vals)
        kept: dict[int, dict[str, Any]] = defaultdict(dict)
        for partner in partners._with_address_of_their_own(vals):
            kept[partner.id]["type"] = "other"
        for partner in partners._with_tax_id_of_a_former_company(vals):
            kept[partner.id]["vat"] = self.browse(vals["parent_id"]).commercial_partner_id.vat or False
        for partner in partners._with_language_of_their_own(vals):
            kept[partner.id]["lang"] = partner.lang
        groups = defaultdict(list)
        for partner_id, values in kept.items():
            groups[tuple(values.items())].append(partner_id)
        for values, ids in groups.items():
            super(ResPartner, partners.browse(ids)).write({**vals, **dict(values)})
        others = partners.filtered(lambda partner: partner.id not in kept) if kept else partners
        return super(ResPartner, others).write(vals) if others or not kept else True

    def _guarded(self, vals: dict[str, Any]) -> "ResPartner":
        """Return the partners that may be written: for inbound work without those to which Odoo only copies values.

        :raises ProtectedRecordError: inbound work would write a partner that no platform may write, or put one below it
        """
        if not vals:
            return self
        if self.env.context.get(_SPREADS):
            return internal_partners.without(self)
        internal_partners.check(self, [vals.get("parent_id")])
        return self

    def _update_address(self, vals: dict[str, Any]) -> Any:
        return super(ResPartner, internal_partners.without(self))._update_address(vals)

    def _commercial_sync_to_descendants(self, fields_to_sync: Any = None) -> Any:
        spreading = self.with_context(**{_SPREADS: True}) if scope_of(self.env.context) is not None else self
        return super(ResPartner, spreading)._commercial_sync_to_descendants(fields_to_sync)

    def _with_tax_id_of_a_former_company(self, vals: dict[str, Any]) -> "ResPartner":
        """Return those of these contacts that leave a company whose tax ID they show, and are linked themselves.

        Odoo leaves it with the contact, and writes it into a new company that has none.
        """
        if "parent_id" not in vals or "vat" in vals or vals.get("is_company"):
            return self.browse()
        head = self.browse(vals["parent_id"]).commercial_partner_id

        def shows_it(partner: "ResPartner") -> bool:
            left = partner.parent_id.commercial_partner_id
            return bool(partner.vat and not partner.is_company and left and left != head and left.vat == partner.vat)

        return self.filtered(shows_it)._linked_themselves()

    def _with_language_of_their_own(self, vals: dict[str, Any]) -> "ResPartner":
        """Return those of these partners who get another parent and whose language a platform states, or is to get.

        Odoo gives them the new parent's, which would go out as if a person had chosen it.
        """
        if not vals.get("parent_id") or "lang" in vals:
            return self.browse()
        spoken = self.browse(vals["parent_id"]).lang
        moving = self.filtered(lambda partner: partner.lang and partner.lang != spoken)
        return moving.filtered(lambda partner: partner.parent_id.id != vals["parent_id"])._linked_themselves("language")

    def _with_address_of_their_own(self, vals: dict[str, Any]) -> "ResPartner":
        """Return those of these contacts that get another address than their company's, and are linked themselves.

        Odoo writes the address of a child of type 'contact' into its parent: a branch would move the head office.
        """
        columns = [column for column in ADDRESS_COLUMNS if column in vals]
        if not columns or vals.keys() & {"type", "parent_id"}:
            return self.browse()

        def moves_away(partner: "ResPartner") -> bool:
            parent = partner.parent_id
            return any((vals[column] or False) != _raw(parent, column) for column in columns)

        moving = self.filtered(lambda partner: partner.parent_id and partner.type == "contact" and moves_away(partner))
        return moving._linked_themselves()

    def _linked_themselves(self, stated: str | None = None) -> "ResPartner":
        """Return those of these customers for which a platform has a record.

        :param stated: a field that it states there, or will once it has an edit of it that waits here
        """
        if not self:
            return self
        links = lookups.primary_links(self.env(su=True), None, self._name, self.ids, main=True)
        links = links.filtered(lambda link: link.state not in ("excluded", "deleted"))
        stating = links.filtered(lambda link: stated is None or (link.base or {}).get(stated))
        linked = set(stating.mapped("res_id"))
        if stated is not None and links - stating:
            linked |= edited_ids(self.env(su=True), links - stating, stated)
        return self.filtered(lambda partner: partner.id in linked)

    def _compute_sync_address_use(self) -> None:
        addresses = self.filtered(lambda partner: partner.parent_id and partner.type in PARTS)
        (self - addresses).sync_address_use = False
        if not addresses:
            return
        used = set(lookups.primary_links(self.env, None, self._name, addresses.ids).mapped("res_id"))
        owners = lookups.primary_links(self.env, None, self._name, addresses.parent_id.ids, main=True)
        kinds = {
            (link.res_id, part)
            for link in owners
            for part in link.stream_id.map_ids.filtered("active").mapped("part")
            if part != PART_MAIN
        }
        for partner in addresses:
            spare = (partner.parent_id.id, partner.type) in kinds
            partner.sync_address_use = "used" if partner.id in used else "spare" if spare else False

    def action_sync_use_address(self) -> dict[str, Any]:
        """Let this address stand for the platform's one of its kind, in place of the one that did."""
        self.ensure_one()
        if not self.env.user.has_group("retail_sync.group_operator"):
            raise AccessError(self.env._("Only operators of the sync choose which address is synchronised."))
        self.check_access("write")
        if internal_partners.internal_ids(self.env, self.ids):
            raise UserError(internal_partners.reason(self.env))
        if self.sync_address_use != "spare":
            raise UserError(self.env._("This address is synchronised already, or its customer is linked nowhere."))
        link_model = self.env["retail.sync.link"].sudo()
        owner = self.parent_id
        names: set[str] = set()
        for main in lookups.primary_links(self.env(su=True), None, self._name, owner.ids, main=True):
            stream = main.stream_id
            if self.type not in stream.map_ids.filtered("active").mapped("part"):
                continue
            key = {
                "connection_id": main.connection_id.id,
                "remote_object": main.remote_object,
                "external_id": main.external_id,
                "part": self.type,
                "role": main.role,
            }
            held = link_model.search([(name, "=", value) for name, value in key.items()])
            vals = {"res_id": self.id, "is_primary": True, "state": "in_sync", "archived_by_sync": False}
            if held:
                held.write(vals)
            else:
                link_model.create({**key, **vals, "stream_id": stream.id, "res_model": self._name, "base": {}})
            names |= stream._outbound_fields() & {*ADDRESS_FIELDS}
        if names:
            self.env["retail.sync.change"].sudo()._raise(self._name, owner.ids, names)
            self.env["retail.sync.change"]._schedule_routing()
        return self.env["retail.sync.message"]._notify(
            self.env._("%s is the address that is synchronised now.", self.display_name)
        )


def _raw(partner: models.BaseModel, column: str) -> Any:
    """Return a column's value in the form in which it is written."""
    value = partner[column]
    return (value.id if isinstance(value, models.BaseModel) else value) or False
