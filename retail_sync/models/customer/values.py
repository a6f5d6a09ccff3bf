from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from odoo import api, models
from odoo.tools import html2plaintext, plaintext2html

from ...domain.canonical import composites
from ...domain.canonical.customer import ADDRESS, ADDRESS_FIELDS
from ...domain.canonical.schema import PART_MAIN
from ...domain.reconcile.former_readings import read_as_the_platforms
from ...domain.values.addresses import within_address
from ...domain.values.states import State
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
        # The owner that a record shows may stand for the one that was agreed on, whom Odoo may have taken away since.
        owners |= {
            (bound.base or {}).get("owner")
            for item in items
            if "owner" in item.incoming.as_agreed.get(PART_MAIN, ()) and (bound := item.bound.get(PART_MAIN))
        }
        tables = lookups.tables(self.env, owners)
        value_map.overlay(self.env, connection, tables, owners)
        return dict(
            tables,
            company_id=connection.company_id.id or False,
            default_country=connection.default_country_id.code or "",
        )

    @api.model
    def _transform_options(self) -> dict[str, Any]:
        """Return the states that Odoo knows."""
        return {"states": lookups.states(self.env)}

    # -- canonical -> Odoo

    @api.model
    def _fold(self, item: Reconciled, ctx: dict[str, Any]) -> None:
        """Fill item.folded: its parts in the form that Odoo's own values take, so that both can be compared.

        The address is gathered in one list, states and languages become the codes Odoo
        knows. What Odoo does not know is named in the warnings.
        """
        warn = item.incoming.warnings.append
        for part, values in item.incoming.parts.items():
            unread = item.unread[part] = set(item.incoming.unread.get(part, ()))
            if values:
                unread |= self._unread_fields(values, unread, ctx, warn)
            item.absent[part] = self._absent_fields(values or {}, part, unread)
            item.folded[part] = None if values is None else self._fold_values(values, item.absent[part], ctx, warn)

    @api.model
    def _unread_fields(
        self, values: dict[str, Any], unread: Collection[str], ctx: dict[str, Any], warn: Callable[[str], None]
    ) -> set[str]:
        """Return the fields of an address that have a value for which Odoo has none; the remarks say which."""
        country, state = values.get("country"), values.get("state")
        found: set[str] = set()
        if country and country not in ctx["country"]:
            warn(self.env._("Country '%s' is not known in Odoo.", country))
            found.add("country")
        if state and ("country" in unread or found):
            found.add("state")
        elif state and not self._find_state(state, country, ctx):
            if not value_map.left_empty(ctx, "state", state, country):
                warn(
                    self.env._(
                        "State '%(state)s' is not known in %(country)s.",
                        state=state,
                        country=country or ctx["default_country"] or self.env._("no country"),
                    )
                )
            found.add("state")
        return found

    @api.model
    def _absent_fields(self, values: dict[str, Any], part: str, unread: Collection[str]) -> dict[str, frozenset[str]]:
        """Return {"address": its fields that a record does not report}, {} for none: absent is never "clear"."""
        shown = {name: value for name, value in values.items() if name not in unread}
        absent = composites.absent_fields(shown, self._spec(), part)
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
            unknown = absent.get(ADDRESS, ())
            address = [None if part in unknown else values.get(part) or None for part in ADDRESS_FIELDS]
            address[STATE] = self._state_code(address, ctx)
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
    def _find_state(self, state: str | None, country: str | None, ctx: dict[str, Any]) -> State | None:
        """Return the state that a text stands for: as Odoo knows it, or as a person said."""
        if not state:
            return None
        known = ctx["states"].known(country, state)
        return (
            known
            or ctx["states"].find(state, country or "", ctx["default_country"])
            or value_map.state(ctx, state, country)
        )

    @api.model
    def _state_code(self, address: list[Any], ctx: dict[str, Any]) -> str | None:
        """Return Odoo's code of an address's state; with its country where the address names none."""
        found = self._find_state(address[STATE], address[COUNTRY], ctx)
        return found and (found.code if address[COUNTRY] else found.qualified)

    @api.model
    def _local_state(self, partner: models.BaseModel, ctx: dict[str, Any]) -> str | None:
        """Return a partner's state in the form that ``_state_code`` gives it."""
        found = ctx["state_of"].get(partner.state_id.id)
        if found is None:
            return None
        return found.code if ctx["country_code"].get(partner.country_id.id) == found.country else found.qualified

    @api.model
    def _address_vals(self, address: list[Any] | None, ctx: dict[str, Any]) -> dict[str, Any]:
        """Return the six address columns of a folded address (list of six, or None for an empty one)."""
        street, street2, city, zip_code, state, country = address or (None,) * 6
        country_id = ctx["country"].get(country)
        found = self._find_state(state, country, ctx)
        state_id = ctx["state_id"].get((found.country, found.code)) if found else None
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
                unread = item.unread.get(part, ())
                if values and "state" in unread and "country" not in unread:
                    found["state"][f"{values.get('country') or ''}/{values['state']}"] += 1
        return {kind: dict(counts) for kind, counts in found.items() if counts}

    @api.model
    def _note_unknown(self, stream: models.BaseModel, counts: dict[str, Mapping[str, int]], met: bool = False) -> None:
        value_map_model = self.env["retail.sync.value.map"].sudo()
        if met:
            value_map_model._note_owners(stream, counts.get("owner") or {})
        else:
            value_map_model._note(stream, counts)

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
        country_code = ctx["country_code"]
        for partner in records:
            base = bases.get(partner.id) or {}
            values = {name: partner[column] or None for name, column in PLAIN.items() if name not in FLAGS}
            values.update({name: bool(partner[PLAIN[name]]) for name in FLAGS})
            country = country_code.get(partner.country_id.id) or ctx.get("default_country") or ""
            for name in ("phone", "vat"):
                values[name] = read_as_the_platforms(values[name], base.get(name), name, country)
            values["kind"] = "company" if partner.is_company else "person"
            values["notes"] = html2plaintext(partner.comment).strip() or None if partner.comment else None
            values["language"] = partner.lang or None
            values["owner"] = self._owner_word(partner, base.get("owner"), ctx)
            address = [
                partner.street or None,
                partner.street2 or None,
                partner.city or None,
                partner.zip or None,
                self._local_state(partner, ctx),
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
        """Return the salesperson as the platform writes it, where a person said what that means; else the e-mail.

        While Odoo does not know the owner over there, no salesperson, or the company's that Odoo fills in, is no edit.
        """
        user = partner.user_id
        if base and user and ctx["owner"].get(base.lower()) == user.id:
            return base
        if base and base.lower() in (user.login or "", user.email_normalized or ""):
            return base
        if base and base.lower() not in ctx["owner"] and user in (user.browse(), partner.parent_id.user_id):
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
        if ctx["state_of"].get(vals.get("state_id")) == ctx["state_of"].get(partner.state_id.id):
            # Odoo has some states in several languages: the one that was chosen stays.
            vals.pop("state_id", None)
        return {column: value for column, value in vals.items() if not entity_kinds.holds(partner, column, value)}
