from collections import defaultdict
from typing import Any

from odoo import api, models
from odoo.exceptions import UserError

from ...domain.canonical.customer import ADDRESS, ADDRESS_FIELDS
from ...domain.canonical.entity_spec import ReferenceSpec
from ...domain.values.addresses import within_address
from ...runtime.constants import QUIET
from ..links import lookups
from ..mapping.entity import Refusal
from ..mapping.item import Reconciled
from . import internal_partners
from .values import ADDRESS_COLUMNS


class RetailSyncEntityCustomer(models.AbstractModel):
    """Parents, children and address children of customers.

    Core keeps the addresses and commercial fields of a family of partners in sync,
    partner by partner. For a page of new ones the same is written here in the batch
    that creates them; and an address of its own is never overwritten by a relative's.
    """

    _inherit = "retail.sync.entity.customer"

    @api.model
    def _within_address(self, stated: list[Any], shared: list[Any]) -> bool:
        """Tell whether one list of six address columns says nothing that the other one does not say too."""
        left, right = (dict(zip(ADDRESS_FIELDS, columns, strict=True)) for columns in (stated, shared))
        return within_address(left, right)

    @api.model
    def _partner_address(self, partner: models.BaseModel) -> list[Any]:
        return [
            partner.street or False,
            partner.street2 or False,
            partner.city or False,
            partner.zip or False,
            partner.state_id.id or False,
            partner.country_id.id or False,
        ]

    @api.model
    def _place_under_parent(self, vals: dict[str, Any], parent: models.BaseModel) -> dict[str, Any]:
        """Choose the type of a child, so that its own address is kept.

        Odoo gives a child of type 'contact' its parent's address, in both directions:
        a branch would lose its own, or overwrite the head office's. So only a child
        without an address, or whose address is no other place, is a 'contact'.
        """
        address = [vals.get(column) or False for column in ADDRESS_COLUMNS]
        shared = self._partner_address(parent)
        if not self._within_address(address, shared):
            vals["type"] = "other"
        else:
            vals["type"] = "contact"
            vals.update(zip(ADDRESS_COLUMNS, shared, strict=True))
        return vals

    @api.model
    def _move(
        self, partner: models.BaseModel, vals: dict[str, Any], address: list[Any] | None, ctx: dict[str, Any]
    ) -> None:
        """Complete vals that give a partner another parent (or none), so that it keeps the address of its own record.

        :param address: the folded address of its record, None when it has none
        """
        if partner.type not in ("contact", "other"):
            return
        if not vals.keys() & set(ADDRESS_COLUMNS):
            inherits = partner.type == "contact" and partner.parent_id
            values = self._address_vals(address, ctx).values() if inherits else self._partner_address(partner)
            vals.update(zip(ADDRESS_COLUMNS, values, strict=True))
        if vals["parent_id"]:
            self._place_under_parent(vals, partner.browse(vals["parent_id"]))
        else:
            vals["type"] = "contact"

    @api.model
    def _commercial_vals(self, parents: models.BaseModel) -> dict[int, dict[str, Any]]:
        """Return {parent id: vals its children take over}: what core's field sync would write, child by child."""
        values = {entity.id: entity._get_commercial_values() for entity in parents.commercial_partner_id}
        return {parent.id: values[parent.commercial_partner_id.id] for parent in parents}

    @api.model
    def _sync_other_companies(self, children: models.BaseModel) -> None:
        """Take over company-dependent values of the parents in all companies but the current one.

        Only children whose commercial entity has such a value are touched: those of
        customers that were in Odoo before.
        """
        columns = self.env["res.partner"]._company_dependent_commercial_fields()
        if not children or not columns or self.env["res.company"].sudo().search_count([], limit=2) < 2:
            return
        parents = children.commercial_partner_id
        fresh = [f'"{column}" IS NOT NULL' for column in columns if self.env["res.partner"]._fields[column].store]
        parents.flush_recordset(columns)
        self.env.cr.execute(f"SELECT id FROM res_partner WHERE id = ANY(%s) AND ({' OR '.join(fresh)})", [parents.ids])
        holders = {row[0] for row in self.env.cr.fetchall()}
        for child in children.filtered(lambda partner: partner.commercial_partner_id.id in holders):
            child.sudo()._company_dependent_commercial_sync()

    @api.model
    def _before_write(self, changes: dict[int, dict[str, Any]], ctx: dict[str, Any]) -> None:
        partners = self.env["res.partner"]
        spreading = {*ADDRESS_COLUMNS, *partners._commercial_fields()}
        above = [res_id for res_id, vals in changes.items() if vals.keys() & spreading]
        if above:
            # Asked for all at once: Odoo copies the values to their children one customer at a time.
            self._internal(partners.browse(above).child_ids.ids)
        moved = [res_id for res_id, vals in changes.items() if vals.keys() & set(ADDRESS_COLUMNS)]
        if moved:
            self._keep_own_addresses(self.env["res.partner"].browse(moved), changes, ctx)

    @api.model
    def _keep_own_addresses(
        self, partners: models.BaseModel, changes: dict[int, dict[str, Any]], ctx: dict[str, Any]
    ) -> None:
        """Let bound contacts keep an address of their own when their company is about to move.

        Core writes a company's new address into every child of type 'contact', also
        into those whose own record on the platform still names the old one.
        """
        children = internal_partners.without(partners.child_ids.filtered(lambda child: child.type == "contact"))
        if not children:
            return
        links = lookups.primary_links(self.env(su=True), None, "res.partner", children.ids, main=True)
        stated = {link.res_id: link.base[ADDRESS] for link in links if (link.base or {}).get(ADDRESS)}
        groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for child in children.filtered(lambda child: child.id in stated):
            parent = child.parent_id
            coming = changes.get(parent.id) or {}
            columns = zip(ADDRESS_COLUMNS, self._partner_address(parent), strict=True)
            after = [coming.get(column, value) or False for column, value in columns]
            address = list(self._address_vals(stated[child.id], ctx).values())
            if not self._within_address(address, after):
                groups[tuple(address)].append(child.id)
        for address, ids in groups.items():
            vals = {"type": "other", **dict(zip(ADDRESS_COLUMNS, address, strict=True))}
            self.env["res.partner"].with_context(**QUIET).browse(ids).write(vals)

    @api.model
    def _reference_vals(
        self,
        item: Reconciled,
        record: models.BaseModel,
        apply: dict[str, Any],
        vals: dict[str, Any],
        shown: dict[str, Any],
        ctx: dict[str, Any],
    ) -> dict[str, Any]:
        """Return the vals of a changed parent; one that is not here yet is put in place when it comes."""
        if "parent" not in apply:
            if record.parent_id:
                item.references.pop("parent", None)
            return {}
        parent_id = item.target_of("parent")
        if apply["parent"] is None:
            found = {"parent_id": False}
        elif not parent_id or parent_id in (record.id, record.parent_id.id):
            return {}
        else:
            found = {"parent_id": parent_id}
        moved = {**vals, **found}
        if parent_id and shown.get("language") and record.lang:
            # With another parent, core gives a child the parent's language. The customer's own write keeps what was
            # agreed on and what waits to go out; what this page states first, only the page knows.
            moved.setdefault("lang", record.lang)
        self._move(record, moved, shown.get(ADDRESS), ctx)
        ctx.setdefault("unmoved", {})[record.id] = dict(vals)
        return moved

    @api.model
    def _check_references(
        self, items: list[Reconciled], changes: dict[int, dict[str, Any]], ctx: dict[str, Any]
    ) -> None:
        """Let parents wait that would close a circle once the whole page is written, or that accounting refuses.

        The page may turn a hierarchy round: what stands above a customer now may stand below it afterwards.
        """
        moves = {res_id: vals["parent_id"] for res_id, vals in changes.items() if vals.get("parent_id")}
        refused = self._refused_by_accounting(moves)
        for item in items:
            res_id, vals = item.res_id, changes.get(item.res_id) or {}
            if not vals.get("parent_id"):
                continue
            if res_id not in refused:
                if not self._circles(res_id, changes):
                    continue
                refused[res_id] = self._loop_reason(self._model().browse(vals["parent_id"]))
            item.incoming.warnings.append(refused[res_id])
            kept = ctx.get("unmoved", {}).get(res_id, {})
            for column in {"parent_id", "type", *ADDRESS_COLUMNS} - kept.keys():
                vals.pop(column, None)
            vals.update(kept)
            item.references["parent"] = dict.fromkeys(item.references.get("parent", ()))

    @api.model
    def _circles(self, res_id: int, changes: dict[int, dict[str, Any]]) -> bool:
        """Return whether a customer stands above itself once changes are written."""
        model, above, seen = self._model(), res_id, {res_id}
        while True:
            above = self._parent_after(model.browse(above), changes)
            if not above or above in seen:
                return above == res_id
            seen.add(above)

    @api.model
    def _parent_after(self, partner: models.BaseModel, changes: dict[int, dict[str, Any]]) -> int:
        vals = changes.get(partner.id) or {}
        return vals["parent_id"] if "parent_id" in vals else partner.parent_id.id

    @api.model
    def _write_records(  # pylint: disable=missing-return
        self, changes: dict[int, dict[str, Any]], ctx: dict[str, Any]
    ) -> None:
        """Write moves from the top of the hierarchy as it will be: at no moment does one stand above itself."""
        moves = {res_id for res_id, vals in changes.items() if "parent_id" in vals}
        levels: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
        for res_id, vals in changes.items():
            levels[self._moves_above(res_id, moves, changes) if res_id in moves else 0][res_id] = vals
        for level in sorted(levels):
            super()._write_records(levels[level], ctx)

    @api.model
    def _moves_above(self, res_id: int, moves: set[int], changes: dict[int, dict[str, Any]]) -> int:
        """Return how many customers above one are moved by the same page."""
        model, above, seen = self._model(), res_id, {res_id}
        count = 0
        while (above := self._parent_after(model.browse(above), changes)) and above not in seen:
            seen.add(above)
            count += above in moves
        return count

    @api.model
    def _local_references(
        self, stream: models.BaseModel, records: dict[int, models.BaseModel], local: dict[int, dict[str, Any]]
    ) -> None:
        """Put the parent into local, as the platform names it where it knows it."""
        parents = {record.id: record.parent_id.id for record in records.values() if record.parent_id}
        refs = self._refs(stream, self._entity, parents.values()) if parents else {}
        for res_id, values in local.items():
            parent = parents.get(res_id)
            values["parent"] = refs.get(parent, f"odoo/{parent}") if parent else None

    @api.model
    def _can_wait(self, reference: ReferenceSpec) -> bool:
        return True

    @api.model
    def _apply_deferred(self, reference: str, ids_by_target: dict[int, list[int]]) -> dict[int, Refusal]:
        """Put customers under parents that came after them."""
        return self._link_children(ids_by_target)

    @api.model
    def _hand_over(
        self, stream: models.BaseModel, old: models.BaseModel, survivor: models.BaseModel, parts: list[int]
    ) -> None:
        """Put the contacts and addresses of a merged customer under its survivor; contacts keep their address."""
        children = internal_partners.without(old.child_ids - old.browse(parts))
        contacts = children.filtered(lambda child: child.type in ("contact", "other"))
        for reason in self._refused_by_accounting(dict.fromkeys(contacts.ids, survivor.id)).values():
            raise UserError(reason)
        self._link_children({survivor.id: contacts.ids})
        (children - contacts - self._line_of(survivor)).write({"parent_id": survivor.id})

    @api.model
    def _link_children(self, children_of: dict[int, list[int]]) -> dict[int, Refusal]:
        """Put {parent id: [child ids]} together.

        :return: {child id: Refusal} of those that cannot go under their parent
        """
        refused: dict[int, Refusal] = {}
        partner_model = self._model()
        parents = {parent.id: parent for parent in partner_model.browse(list(children_of)).exists()}
        existing = partner_model.browse([child for ids in children_of.values() for child in ids]).exists()
        existing_ids = set(existing.ids)
        waiting = {}
        internal = self._internal([*children_of, *existing_ids])
        for parent_id, child_ids in children_of.items():
            closed = child_ids if parent_id in internal else [id_ for id_ in child_ids if id_ in internal]
            refused.update(dict.fromkeys(closed, Refusal(self._internal_reason())))
            if parent_id in internal:
                continue
            if parent_id in parents:
                waiting[parent_id] = [id_ for id_ in child_ids if id_ in existing_ids and id_ not in internal]
            else:
                refused.update(dict.fromkeys(child_ids, Refusal(self.env._("Its parent was deleted in Odoo."))))
        kept = self._refused_by_accounting({id_: parent for parent, ids in waiting.items() for id_ in ids})
        refused.update({id_: Refusal(reason, again=True) for id_, reason in kept.items()})
        waiting = {parent: [id_ for id_ in ids if id_ not in kept] for parent, ids in waiting.items()}
        while waiting:
            # One that goes somewhere else may free the way for another.
            circling: dict[int, list[int]] = {}
            for parent_id, child_ids in waiting.items():
                children = existing.browse(child_ids).with_prefetch(existing.ids)
                above = children & self._line_of(parents[parent_id])
                if above:
                    circling[parent_id] = above.ids
                self._put_under(parents[parent_id], children - above)
            if circling == waiting:
                break
            waiting = circling
        for parent_id, child_ids in waiting.items():
            refused.update(dict.fromkeys(child_ids, Refusal(self._loop_reason(parents[parent_id]), again=True)))
        return refused

    @api.model
    def _put_under(self, parent: models.BaseModel, children: models.BaseModel) -> None:
        """Give children a parent; one with an address of its own keeps it."""
        groups = defaultdict(list)
        for child in children:
            address = self._partner_address(child)
            keeps = not self._within_address(address, self._partner_address(parent))
            groups["other" if keeps else "contact"].append(child.id)
        for kind, ids in groups.items():
            children.browse(ids).write({"parent_id": parent.id, "type": kind})

    @api.model
    def _refused_by_accounting(self, parent_of: dict[int, int]) -> dict[int, str]:
        """Return {customer id: why it stays} of the customers that Odoo does not put under these parents.

        Accounting moves no customer with journal items under a parent of another tax ID. Seen: all else of the record
        waited with the move, and with it the account block that was to go out.

        :param parent_of: {customer id: id of the parent to be}
        """
        if not parent_of:
            return {}
        partners = self._model().browse(list(parent_of))
        groups = self.env["account.move.line"].sudo()._read_group([("partner_id", "in", partners.ids)], ["partner_id"])
        invoiced = {partner.id for (partner,) in groups}
        refused = {}
        for partner in partners.filtered(lambda partner: partner.id in invoiced):
            parent = self._model().browse(parent_of[partner.id])
            if parent != partner.parent_id and (partner.vat or "") != (parent.vat or ""):
                # By its id: who sees the record may not see its parent.
                refused[partner.id] = self.env._(
                    "'%s' has another tax ID: Odoo does not move a customer with invoices there.", f"#{parent.id}"
                )
        return refused

    @api.model
    def _line_of(self, partner: models.BaseModel) -> models.BaseModel:
        """Return a partner and all that it stands below: none of them can go under it."""
        line = partner
        while line[-1].parent_id and line[-1].parent_id not in line:
            line += line[-1].parent_id
        return line

    @api.model
    def _loop_reason(self, parent: models.BaseModel) -> str:
        return self.env._(
            "The parents on the platform form a circle: '%s' is already below this record.", f"#{parent.id}"
        )
