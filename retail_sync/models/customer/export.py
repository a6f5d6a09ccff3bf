from collections.abc import Collection, Iterable, Mapping
from typing import Any

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...domain.canonical.customer import ADDRESS, ADDRESS_FIELDS
from ...domain.canonical.schema import PART_MAIN
from ..links import erased_record, lookups
from ..mapping.entity_outbound import Waiting
from ..outbox.change_source import PART_LEFT
from . import internal_partners
from . import values as values_steps
from .child_types import ADDRESS_TYPES, IS_ADDRESS, PERSON_ADDRESS_TYPES

# Canonical field -> columns, where they are not called alike.
OTHERS = {"kind": ("is_company",), "notes": ("comment",), "language": ("lang",), "owner": ("user_id",)}


class RetailSyncEntityCustomer(models.AbstractModel):
    """Which partners are sent, for what changes, and with which values."""

    _inherit = "retail.sync.entity.customer"

    @api.model
    def _internal(self, res_ids: Iterable[int]) -> set[int]:
        return internal_partners.internal_ids(self.env, res_ids)

    @api.model
    def _internal_reason(self) -> str:
        return internal_partners.reason(self.env)

    @api.model
    def _columns(self) -> dict[str, tuple[str, ...]]:
        """Return {canonical field: its columns}."""
        columns = {name: (column,) for name, column in values_steps.PLAIN.items()}
        columns.update(OTHERS, parent=("parent_id",))
        columns.update(dict.fromkeys(ADDRESS_FIELDS, values_steps.ADDRESS_COLUMNS))
        return columns

    @api.model
    def _export_words(self) -> tuple[str, ...]:
        """Return the words of change sources that report a reason to create the customer on the platform."""
        return ("first_order",)

    @api.model
    def _steering_columns(self) -> set[str]:
        """Return the columns that make a partner a customer, an address or neither."""
        return {"parent_id", "type", "is_company", "active"}

    @api.model
    def _owner_column(self) -> str:
        return "parent_id"

    @api.model
    def _fields_of(self, columns: Iterable[str]) -> set[str]:
        """Return the canonical names that columns hold: any of an address stands for all of its fields."""
        named = {column: {name} for name, found in self._columns().items() for column in found}
        named.update(dict.fromkeys(values_steps.ADDRESS_COLUMNS, set(ADDRESS_FIELDS)))
        for column, names in self._own_source_names().items():
            named[column] = named.get(column, set()) | names
        return set().union(*(named.get(column, {column}) for column in columns))

    @api.model
    def _subjects(self, stream: models.BaseModel, res_ids: Collection[int]) -> dict[int, int]:
        """Return {partner id: id of the customer that is sent for it}: an address goes with its customer."""
        rows = self.env.execute_query(
            SQL(
                # A deleted address has no row any more; its link still tells whose it was.
                "SELECT asked.id, COALESCE(main.res_id,"
                " CASE WHEN own.id IS NULL AND (partner.type = ANY(%s) OR partner.type = ANY(%s)"
                " AND partner.is_company IS NOT TRUE AND parent.is_company IS NOT TRUE)"
                " THEN partner.parent_id END, asked.id)"
                " FROM unnest(%s) AS asked(id) LEFT JOIN res_partner partner ON partner.id = asked.id"
                " LEFT JOIN res_partner parent ON parent.id = partner.parent_id"
                " LEFT JOIN retail_sync_link own ON own.connection_id = %s AND own.res_model = 'res.partner'"
                " AND own.res_id = asked.id AND own.is_primary"
                " LEFT JOIN retail_sync_link main ON main.connection_id = own.connection_id"
                " AND main.remote_object = own.remote_object AND main.external_id = own.external_id"
                " AND main.part = %s AND own.part <> %s",
                list(ADDRESS_TYPES),
                list(PERSON_ADDRESS_TYPES),
                list(res_ids),
                stream.connection_id.id,
                PART_MAIN,
                PART_MAIN,
            )
        )
        subjects = dict(rows)
        # Nothing is sent of these: their customer's record says so.
        homeless = self.env["res.partner"].search(
            Domain("id", "in", [id_ for id_, subject in rows if id_ == subject]) & self._never_created(stream)
        )
        if homeless:
            links = lookups.primary_links(self.env, stream.connection_id, "res.partner", homeless.ids)
            homeless -= homeless.browse(links.mapped("res_id"))
            subjects.update((child.id, child.parent_id.id) for child in homeless)
        return subjects

    @api.model
    def _spread(self, stream: models.BaseModel, changed: dict[int, Any]) -> dict[int, Any]:
        """Add the customers whose child has become something else: an address is now a contact, or the other way."""
        changed = super()._spread(stream, changed)
        kinds = {"type", "kind"}
        turned = [res_id for res_id, what in changed.items() if what.ops == {"U"} and kinds & what.names.keys()]
        if not turned:
            return changed
        spread = dict(changed)
        rows = self.env.execute_query(
            SQL("SELECT id, parent_id FROM res_partner WHERE id = ANY(%s) AND parent_id IS NOT NULL", turned)
        )
        for res_id, parent_id in rows:
            at = max(changed[res_id].names.values())
            news = type(changed[res_id])({PART_LEFT: at}, {"C"}, changed[res_id].transaction_size)
            if parent_id in changed:
                news.add(changed[parent_id])
            spread[parent_id] = news
        return spread

    @api.model
    def _near(self, res_ids: Collection[int]) -> set[int]:
        """Add the family: addresses go with their customer, commercial values with all contacts of a company."""
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT family.id FROM res_partner asked JOIN res_partner family"
                " ON family.commercial_partner_id = asked.commercial_partner_id WHERE asked.id = ANY(%s)",
                list(res_ids),
            )
        )
        return super()._near(res_ids) | {partner_id for (partner_id,) in rows}

    @api.model
    def _part_fields(self) -> Collection[str]:
        """Return what a new address brings to its customer: its kind, name and phone alone send nothing."""
        return ADDRESS_FIELDS

    @api.model
    def _exportable(
        self, stream: models.BaseModel, res_ids: Collection[int], ordered: Collection[int] = ()
    ) -> list[int]:
        """Return the ids of those partners that may be created on the platform, by the stream's setting.

        :param ordered: ids of which an order is the news
        """
        if not res_ids or stream.export_policy == "never":
            return []
        company = stream.connection_id.company_id.id
        domain = Domain.AND(
            [
                Domain("id", "in", list(res_ids)),
                Domain("company_id", "in", [False, company]) if company else Domain.TRUE,
                # Colleagues and own companies are partners, but not customers.
                Domain("partner_share", "=", True) & Domain("ref_company_ids", "=", False),
                ~IS_ADDRESS,
                stream._adapter().export_domain(stream),
            ]
        )
        found = self.env["res.partner"].sudo().search(domain)
        # The domain knows active users alone.
        found -= found.browse(sorted(self._internal(found.ids)))
        # An erased customer stays in Odoo for its documents alone.
        found -= found.browse(erased_record.erased_records(self.env, "res.partner", found.ids))
        if stream.export_policy == "always":
            return found.ids
        return self._with_order(found)

    @api.model
    def _with_order(self, partners: models.BaseModel) -> list[int]:
        """Return the ids of partners whose commercial entity has a confirmed order."""
        if not partners:
            return []
        rows = self.env.execute_query(
            SQL(
                "SELECT partner.id FROM res_partner partner WHERE partner.id = ANY(%s) AND EXISTS ("
                " SELECT FROM sale_order sale JOIN res_partner buyer ON buyer.id = sale.partner_id"
                " WHERE buyer.commercial_partner_id = partner.commercial_partner_id AND sale.state = 'sale')",
                partners.ids,
            )
        )
        return [partner_id for (partner_id,) in rows]

    @api.model
    def _titles(self, res_ids: Collection[int]) -> dict[int, str]:
        """Return {partner id: name}."""
        rows = self.env.execute_query(SQL("SELECT id, name FROM res_partner WHERE id = ANY(%s)", list(res_ids)))
        return dict(rows)

    @api.model
    def _part_values(self, record: models.BaseModel, part: str, ctx: dict[str, Any]) -> dict[str, Any] | None:
        """Return an address with its own name and phone; None for one without an address."""
        # Without the fields, and so without commercial values: they cost queries, here for each address.
        values = self._local_values(record, dict(ctx, fields=set()), {})[record.id]
        if not values.get(ADDRESS):
            return None
        return {name: values[name] for name in (ADDRESS, "name", "phone") if values.get(name)}

    @api.model
    def _attributes(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return whether the customer is a company or a person: some platforms keep them as different records."""
        return {"kind": values.get("kind") or "company"}

    @api.model
    def _outbound_references(
        self, stream: models.BaseModel, records: models.BaseModel, local: dict[int, dict[str, Any]]
    ) -> dict[int, dict[str, str | Waiting | None]]:
        """Leave a parent out that no stream will create on the platform: its contacts do not wait for ever."""
        found = super()._outbound_references(stream, records, local)
        for references in found.values():
            for name, reference in references.items():
                if isinstance(reference, Waiting) and not reference.due:
                    references[name] = None
        return found
