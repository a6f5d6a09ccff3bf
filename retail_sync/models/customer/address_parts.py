from collections.abc import Collection, Mapping
from typing import Any

from odoo import api, models
from odoo.fields import Domain

from ...domain.canonical.customer import PARTS
from ...runtime.constants import QUIET
from ..links import lookups
from ..mapping.entity_parts import Standing
from ..mapping.item import Reconciled
from .child_types import IS_ADDRESS, part_of
from .values import ADDRESS_COLUMNS

# How many records a remark names; the customer's form lists the others.
NAMED = 5


class RetailSyncEntityCustomer(models.AbstractModel):
    """The addresses of a customer beside its own: children of their kind, each shown by a part of the record."""

    _inherit = "retail.sync.entity.customer"

    @api.model
    def _part_standing(self, record: models.BaseModel, owner: models.BaseModel, part: str) -> Standing:
        """Return whether a child is the customer's address of a kind: one of another kind or customer is not."""
        if record.parent_id != owner or record.type != part:
            return Standing.left
        return super()._part_standing(record, owner, part)

    @api.model
    def _part_candidates(
        self, stream: models.BaseModel, owner_ids: Collection[int], parts: Collection[str], free: Collection[int] = ()
    ) -> dict[int, dict[str, models.BaseModel]]:
        """Return the addresses of customers that no link names, in two queries."""
        wanted = [part for part in parts if part in PARTS]
        if not wanted or not owner_ids:
            return {}
        children = self.env["res.partner"].search(
            Domain("parent_id", "in", list(owner_ids)) & Domain("type", "in", wanted) & IS_ADDRESS, order="id"
        )
        if not children:
            return {}
        links = lookups.primary_links(self.env, stream.connection_id, "res.partner", children.ids)
        taken = set(links.mapped("res_id")) - set(free)
        # The address of a colleague is no customer's: it is neither written nor sent.
        taken |= self._internal(children.ids)
        found: dict[int, dict[str, models.BaseModel]] = {}
        for child in children:
            if child.id not in taken:
                kinds = found.setdefault(child.parent_id.id, {})
                kinds[child.type] = kinds.get(child.type, children.browse()) + child
        return found

    @api.model
    def _spare_parts_text(self, part: str, held: int | None, others: Collection[int]) -> str:
        text = super()._spare_parts_text(part, held, others)
        hint = self.env._("To choose another address, open it and press 'Use this address'.")
        return f"{text} {hint}"

    @api.model
    def _without_place(self, stream: models.BaseModel, places: Mapping[int, Collection[str]]) -> dict[int, str]:
        """Name the addresses that no part shows, and the people that no stream creates, in two queries."""
        children = self.env["res.partner"].search(
            Domain("parent_id", "in", list(places)) & (IS_ADDRESS | self._never_created(stream)), order="id"
        )
        links = lookups.primary_links(self.env, stream.connection_id, "res.partner", children.ids) if children else []
        linked = {link.res_id for link in links}
        lacking: dict[int, list[str]] = {}
        for child in children:
            part, owner_id = part_of(child), child.parent_id.id
            # An address that is not filled in has nothing to be sent.
            placeless = part not in places[owner_id] and any(child[name] for name in ADDRESS_COLUMNS) if part else True
            if placeless and child.id not in linked:
                lacking.setdefault(owner_id, []).append(f"#{child.id}")
        return {
            owner_id: self.env._(
                "The platform has no place for these addresses and contacts, which stay in Odoo alone: %s",
                ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else ""),
            )
            for owner_id, names in lacking.items()
        }

    @api.model
    def _never_created(self, stream: models.BaseModel) -> Domain:
        """Return the Domain of people below customers that no stream of a connection creates, whatever its setting."""
        streams = (
            stream.connection_id.sudo()
            .with_context(active_test=False)
            .stream_ids.filtered(lambda found: found.entity == stream.entity)
        )
        created = Domain.OR([found._adapter().export_domain(found) for found in streams])
        return Domain("parent_id", "!=", False) & Domain("is_company", "=", False) & ~IS_ADDRESS & ~created

    @api.model
    def _create_parts(
        self, items: list[Reconciled], owners: dict[int, models.BaseModel], ctx: dict[str, Any]
    ) -> dict[tuple[str, str], int]:
        """Create the address children that items lack, all in one batch."""
        keys, vals_list, owned = [], [], []
        wanted = [(item, part, values) for item in items for part, values in item.lacking().items()]
        owner_ids = dict.fromkeys(item.res_id for item, _part, _values in wanted)
        commercial = self._commercial_vals(self.env["res.partner"].browse(list(owner_ids)))
        for item, part, values in wanted:
            partner = owners[item.res_id]
            vals = self._vals(values, item, ctx)
            vals.update(
                parent_id=partner.id,
                type=part,
                company_id=partner.company_id.id,
                lang=partner.lang,
                **commercial[partner.id],
            )
            keys.append((item.incoming.external_id, part))
            vals_list.append(vals)
            owned.append(item)
        children = self.env["res.partner"].with_context(**QUIET, _partners_skip_fields_sync=True).create(vals_list)
        for item, child, vals in zip(owned, children, vals_list, strict=True):
            item.written[child.id] = vals
        self._sync_other_companies(children)
        return dict(zip(keys, children.ids, strict=True))

    @api.model
    def _part_records(
        self, stream: models.BaseModel, res_ids: Collection[int], parts: Collection[str]
    ) -> dict[int, dict[str, models.BaseModel]]:
        """Return {partner id: {part: address}} of addresses that no record shows yet, the oldest of each type."""
        found = self._part_candidates(stream, res_ids, parts)
        return {
            owner: {part: children.browse(children[:1].id) for part, children in kinds.items()}
            for owner, kinds in found.items()
        }
