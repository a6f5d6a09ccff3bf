from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from odoo import api, models
from odoo.tools import html2plaintext, plaintext2html

from ...domain.canonical import composites
from ...domain.canonical.customer import ADDRESS, ADDRESS_FIELDS
from ...domain.canonical.schema import PART_MAIN
from ...domain.values.addresses import within_address
from ...domain.values.text import fold
from ...runtime.constants import QUIET
from ..mapping import entity_kinds
from ..mapping.item import Decoded, Reconciled
from . import lookups, value_map

STATE, COUNTRY = ADDRESS_FIELDS.index("state"), ADDRESS_FIELDS.index("country")
# Canonical field -> partner column, where the value is taken as it is.
PLAIN = {
    "name": "name",
    "job_title": "function",
    "email": "email",
    "phone": "phone",
    "website": "website",
    "vat": "vat",
    "customer_number": "ref",
    "email_opt_out": "email_opt_out",
    "phone_opt_out": "phone_opt_out",
    "active": "active",
}
FLAGS = ("email_opt_out", "phone_opt_out", "active")
ADDRESS_COLUMNS = ("street", "street2", "city", "zip", "state_id", "country_id")


class RetailSyncEntityCustomer(models.AbstractModel):
    """Customer <-> res.partner.

    An address is one value with six parts: merging it part by part could send a
    parcel to a street in the wrong town.
    """

    _name = "retail.sync.entity.customer"
    _inherit = "retail.sync.entity"
    _description = "Customers in Odoo"

    _entity = "customer"
    _res_model = "res.partner"
    _title_field = "name"
    _filled_in = ("language",)

    @api.model
    def _context(self, connection: models.BaseModel, items: Iterable[Decoded]) -> dict[str, Any]:
        owners = {item.main.get("owner") for item in items}
        tables = lookups.tables(self.env, owners)
        value_map.overlay(self.env, connection, tables, owners)
        return dict(tables, company_id=connection.company_id.id or False)

    # -- canonical -> Odoo

    @api.model
    def _fold(self, item: Reconciled, ctx: dict[str, Any]) -> None:
        """Fill item.folded: its parts in the form that Odoo's own values take, so that both can be compared.

        The address is gathered in one list, states and languages become the codes Odoo
        knows. What Odoo does not know is named in the warnings.
        """
        warn = item.incoming.warnings.append
        for part, values in item.incoming.parts.items():
            item.absent[part] = self._absent_fields(values or {}, part)
            item.folded[part] = None if values is None else self._fold_values(values, item.absent[part], ctx, warn)

    @api.model
    def _absent_fields(self, values: dict[str, Any], part: str) -> dict[str, set[str]]:
        """Return {"address": its fields that a record does not report}, {} for none: absent is never "clear"."""
        absent = composites.absent_fields(values, self._spec(), part)
        # A state means nothing without its country.
        if "country" in absent.get(ADDRESS, ()):
            absent[ADDRESS] |= {"state"}
        return absent

    @api.model
    def _fold_values(
        self, values: dict[str, Any], absent: dict[str, Any], ctx: dict[str, Any], warn: Callable[[str], None]
    ) -> dict[str, Any]:
        folded = {name: value for name, value in values.items() if name not in ADDRESS_FIELDS}
        if any(part in values for part in ADDRESS_FIELDS):
            address = [values.get(part) or None for part in ADDRESS_FIELDS]
            address[STATE] = None if "state" in absent.get(ADDRESS, ()) else self._state_code(address, ctx, warn)
            folded[ADDRESS] = address if any(address) else None
        if folded.get("language"):
            language = folded["language"].replace("-", "_").lower()
            folded["language"] = ctx["lang"].get(language) or ctx["lang"].get(language.split("_")[0])
            if not folded["language"]:
                folded.pop("language")
                if not value_map.left_empty(ctx, "language", values["language"]):
                    warn(self.env._("Language '%s' is not installed in Odoo.", values["language"]))
        return folded

    @api.model
    def _state_code(self, address: list[Any], ctx: dict[str, Any], warn: Callable[[str], None]) -> str | None:
        state, country = address[STATE], address[COUNTRY]
        if not state:
            return None
        state_id = ctx["state"].get((ctx["country"].get(country), fold(state)))
        if not state_id and not value_map.left_empty(ctx, "state", state, country):
            warn(
                self.env._(
                    "State '%(state)s' is not known in %(country)s.",
                    state=state,
                    country=country or self.env._("no country"),
                )
            )
        return ctx["state_code"].get(state_id)

    @api.model
    def _address_vals(self, address: list[Any] | None, ctx: dict[str, Any]) -> dict[str, Any]:
        """Return the six address columns of a folded address (list of six, or None for an empty one)."""
        street, street2, city, zip_code, state, country = address or (None,) * 6
        country_id = ctx["country"].get(country)
        state_id = ctx["state"].get((country_id, fold(state))) if state else None
        return {
            "street": street or False,
            "street2": street2 or False,
            "city": city or False,
            "zip": zip_code or False,
            "state_id": state_id or False,
            "country_id": country_id or False,
        }

    @api.model
    def _vals(self, values: dict[str, Any], item: Reconciled, ctx: dict[str, Any]) -> dict[str, Any]:
        """Return partner vals of folded canonical values. Only fields that are present are written."""
        warn = item.incoming.warnings.append
        vals = {}
        for name, column in PLAIN.items():
            if name in values:
                value = values[name]
                vals[column] = bool(value) if name in FLAGS else value or False
        if "kind" in values:
            vals["is_company"] = values["kind"] == "company"
        if "notes" in values:
            vals["comment"] = plaintext2html(values["notes"]) if values["notes"] else False
        if values.get("language"):
            vals["lang"] = values["language"]
        if "owner" in values:
            user_id = ctx["owner"].get((values["owner"] or "").lower())
            if user_id or not values["owner"]:
                vals["user_id"] = user_id or False
            elif not value_map.left_empty(ctx, "owner", values["owner"]):
                warn(self.env._("The owner %s is not a user of Odoo. No salesperson was set.", values["owner"]))
        if ADDRESS in values:
            vals.update(self._address_vals(values[ADDRESS], ctx))
        return vals

    # -- values that Odoo does not know

    @api.model
    def _takes(self, name: str, value: Any, ctx: dict[str, Any]) -> bool:
        return name != "owner" or not value or bool(ctx["owner"].get(value.lower()))

    @api.model
    def _unknown_values(self, items: Iterable[Reconciled], ctx: dict[str, Any]) -> dict[str, dict[str, int]]:
        found: dict[str, Counter[str]] = {"owner": Counter(), "language": Counter(), "state": Counter()}
        for item in items:
            if not item.folded:
                continue
            owner, language = item.main.get("owner"), item.main.get("language")
            if owner and owner.lower() not in ctx["owner"]:
                found["owner"][owner.lower()] += 1
            if language and not item.folded[PART_MAIN].get("language"):
                found["language"][language] += 1
            for part, values in item.incoming.parts.items():
                remarks: list[str] = []
                address = [(values or {}).get(name) or None for name in ADDRESS_FIELDS]
                if address[STATE] and "state" not in item.absent.get(part, {}).get(ADDRESS, ()):
                    self._state_code(address, dict(ctx, left_empty=()), remarks.append)
                if remarks:
                    found["state"][f"{address[COUNTRY] or ''}/{address[STATE]}"] += 1
        return {kind: dict(counts) for kind, counts in found.items() if counts}

    @api.model
    def _note_unknown(self, stream: models.BaseModel, counts: dict[str, Mapping[str, int]]) -> None:
        self.env["retail.sync.value.map"].sudo()._note(stream, counts)

    # -- creating

    @api.model
    def _create_records(self, items: list[Reconciled], ctx: dict[str, Any]) -> dict[tuple[str, str], int]:
        partner_model = self.env["res.partner"].with_context(**QUIET, _partners_skip_fields_sync=True)
        vals_list = [self._vals(item.folded[PART_MAIN], item, ctx) for item in items]
        parents = partner_model.browse(sorted({found for item in items if (found := item.target_of("parent"))}))
        parent_of = {parent.id: parent for parent in parents}
        commercial = self._commercial_vals(parents)
        for item, vals in zip(items, vals_list, strict=True):
            vals.setdefault("company_id", ctx["company_id"])
            parent_id = item.target_of("parent")
            if parent_id:
                vals["parent_id"] = parent_id
                # Given here, core need not compute it and write each child once more.
                vals.setdefault("lang", parent_of[parent_id].lang)
                self._place_under_parent(vals, parent_of[parent_id])
                if not vals.get("is_company"):
                    for column, value in commercial[parent_id].items():
                        vals.setdefault(column, value)
        partners = partner_model.create(vals_list)
        self._sync_other_companies(partners.filtered(lambda partner: partner.parent_id and not partner.is_company))
        created = {}
        for item, partner, vals in zip(items, partners, vals_list, strict=True):
            item.res_id = partner.id
            item.written[partner.id] = vals
            created[(item.incoming.external_id, PART_MAIN)] = partner.id
        created.update(self._create_parts(items, {partner.id: partner for partner in partners}, ctx))
        return created

    # -- Odoo -> canonical

    @api.model
    def _local_values(
        self, records: models.BaseModel, ctx: dict[str, Any], bases: dict[int, Any]
    ) -> dict[int, dict[str, Any]]:
        """Return {partner id: folded canonical values}.

        A 'contact' shows its parent's address. That is no change of its own while it is
        the place that its record names, or while its record names none: then it reports
        the address both sides last agreed on. A company that moves takes along those
        contacts whose record names the place where it was.
        """
        local = {}
        country_code, state_code = ctx["country_code"], ctx["state_code"]
        for partner in records:
            base = bases.get(partner.id) or {}
            values = {name: partner[column] or None for name, column in PLAIN.items() if name not in FLAGS}
            values.update({name: bool(partner[PLAIN[name]]) for name in FLAGS})
            values["kind"] = "company" if partner.is_company else "person"
            values["notes"] = html2plaintext(partner.comment).strip() or None if partner.comment else None
            values["language"] = partner.lang or None
            values["owner"] = self._owner_word(partner, base.get("owner"), ctx)
            address = [
                partner.street or None,
                partner.street2 or None,
                partner.city or None,
                partner.zip or None,
                state_code.get(partner.state_id.id),
                country_code.get(partner.country_id.id),
            ]
            values[ADDRESS] = address if any(address) else None
            if partner.parent_id and partner.type == "contact":
                agreed = base.get(ADDRESS)
                stated, shared = (
                    dict(zip(ADDRESS_FIELDS, side or [None] * 6, strict=True)) for side in (agreed, address)
                )
                if within_address(stated, shared):
                    values[ADDRESS] = agreed
            local[partner.id] = values
        return local

    @api.model
    def _owner_word(self, partner: models.BaseModel, base: str | None, ctx: dict[str, Any]) -> str | None:
        """Return the salesperson as the platform writes it, where a person said what that means; else the e-mail."""
        if base and partner.user_id and ctx["owner"].get(base.lower()) == partner.user_id.id:
            return base
        return (partner.user_id.email or partner.user_id.login or "").lower() or None

    # -- writing

    @api.model
    def _vals_for_write(
        self, partner: models.BaseModel, values: dict[str, Any], item: Reconciled, ctx: dict[str, Any]
    ) -> dict[str, Any]:
        """Return vals that bring a partner to folded canonical values, keeping every address where it belongs."""
        vals = self._vals(values, item, ctx)
        if ADDRESS in values and partner.parent_id and partner.type in ("contact", "other"):
            self._place_under_parent(vals, partner.parent_id)
        return {column: value for column, value in vals.items() if not entity_kinds.holds(partner, column, value)}
