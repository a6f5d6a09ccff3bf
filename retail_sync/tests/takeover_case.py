"""Partners that no platform may write, and a watch over who writes partners."""

from contextlib import contextmanager, suppress
from functools import wraps
from unittest.mock import patch

from odoo import Command

from odoo.addons.base.models.res_partner import ResPartner

from ..models.customer import internal_partners
from ..runtime.inbound_scope import scope_of
from .fake_platform import FIRM, PERSON
from .outbound_case import OutboundCase

# What tells whether anything of a partner was changed.
COLUMNS = (
    "name", "email", "phone", "website", "vat", "ref", "function", "street", "street2", "city", "zip", "country_id",
    "state_id", "comment", "lang", "user_id", "active", "parent_id", "type", "is_company", "company_id",
)  # fmt: skip
# Kinds of partners that no platform may write: {name: whether it is a company, so that a firm stands for it}.
KINDS = {
    "colleague": False,
    "archived_colleague": False,
    "visitor": False,
    "own_company": True,
    "contact_of_own_company": False,
    "branch_of_own_company": True,
    "address_of_own_company": False,
    "contact_of_colleague": False,
}


VAT = "IT00743110157"
STRANGE = {"name": "Attacker", "email": "evil@elsewhere.example", "phone": "+39 347 9998887"}
CODE = "INTERNAL_PARTNER"


def each_kind(linked=False, **link):
    """Run a test once for each kind of protected partner: test(kind, partner, object of the platform).

    :param linked: whether the partner was linked with X1 as long as it was a customer; link: values of the link
    """

    def decorate(test):
        @wraps(test)
        def of_each(case):
            for kind, is_company in KINDS.items():
                with case.alone(kind=kind):
                    partner, remote_object = case.customer(is_company), FIRM if is_company else PERSON
                    if linked:
                        case.link_to("X1", partner, remote_object, **link)
                    case.protect(kind, partner)
                    case.assertEqual(internal_partners.internal_ids(case.env, partner.ids), set(partner.ids))
                    test(case, kind, partner, remote_object)

        return of_each

    return decorate


class RolledBackError(Exception):
    """Ends one row of a table of tests."""


class TakeoverCase(OutboundCase):
    """Tests of partners that belong to internal users or to companies of Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own_company = cls.env["res.company"].create({"name": "Own Shop"})

    @contextmanager
    def alone(self, **names):
        """Run one row of a table of tests, and take back what it did."""
        with self.subTest(**names), suppress(RolledBackError), self.env.cr.savepoint():
            self.seen = dict.fromkeys((FIRM, PERSON), 0)
            self.platform.reset()
            yield
            raise RolledBackError
        self.env.invalidate_all()

    def customer(self, is_company=False, **values):
        """Create a customer that each kind of partner was at first."""
        shared = {"email": "gwen@shop.example", "phone": "+39 347 1112223", "street": "Via Roma 1", "city": "Torino"}
        if is_company:
            return self.partners.create({"name": "Gwendoline Srl", "is_company": True, "vat": VAT, **shared, **values})
        return self.partners.create({"name": "Gwendoline Staffson", **shared, **values})

    def protect(self, kind, partner):
        """Make a customer a partner that no platform may write."""
        if kind in ("colleague", "archived_colleague"):
            user = self.make_user("gwendoline", partner_id=partner.id, name=partner.name)
            user.active = kind == "colleague"
            partner.active = True
        elif kind == "visitor":
            group = self.env.ref("base.group_public").ids
            self.make_user("visitor", partner_id=partner.id, name=partner.name, group_ids=[Command.set(group)])
        elif kind == "own_company":
            self.own_company.partner_id = partner
        elif kind == "contact_of_colleague":
            partner.parent_id = self.make_user("gwendoline").partner_id
        else:
            type_ = "delivery" if kind.startswith("address") else "other"
            partner.write({"parent_id": self.own_company.partner_id.id, "type": type_})
        self.env.flush_all()
        self.env.invalidate_all()

    def put(self, kind, external_id, **values):
        """Let the platform have a record of the kind that stands for a kind of partner; return its stream's object."""
        if KINDS[kind]:
            self.firm(external_id, **values)
            return FIRM
        self.person(external_id, **values)
        return PERSON

    def link_to(self, external_id, partner, remote_object, part="main", **values):
        """Link a customer, as the engine did when nothing spoke against it."""
        return self.env["retail.sync.link"].create(
            {
                "connection_id": self.connection.id,
                "stream_id": self.stream(remote_object).id,
                "remote_object": remote_object,
                "external_id": external_id,
                "part": part,
                "res_model": "res.partner",
                "res_id": partner.id,
                **values,
            }
        )

    def picture(self, partners):
        """Return what is stored of partners."""
        self.env.flush_all()
        self.env.invalidate_all()
        return {partner.id: {name: str(partner[name]) for name in COLUMNS} for partner in partners.exists()}

    @contextmanager
    def untouched(self, *partners, watched=True):
        """Check that nothing of partners changes, and that inbound work asks before each write of any partner."""
        everyone = self.partners.browse([partner.id for partner in partners])
        # The partners above are written by Odoo, too, and own nothing less.
        everyone |= everyone.parent_id
        before, links = self.picture(everyone), self.links_to(everyone)
        with self.watch() as unguarded:
            yield
        self.assertEqual(self.picture(everyone), before)
        self.assertEqual(self.links_to(everyone) - links, set(), "a link was made")
        if watched:
            self.assertEqual(unguarded, [])

    def links_to(self, partners):
        """Return the records of the platform that links name for these partners."""
        links = self.env["retail.sync.link"].search([("res_model", "=", "res.partner"), ("res_id", "in", partners.ids)])
        return {(link.external_id, link.part, link.res_id) for link in links}

    @contextmanager
    def guard_queries(self):
        """Yield a list that gets the partners of each query of the guard."""
        asked, ask = [], internal_partners._protected

        def counting(env, partner_ids):
            if partner_ids:
                asked.append(partner_ids)
            return ask(env, partner_ids)

        with patch.object(internal_partners, "_protected", counting):
            yield asked

    @contextmanager
    def watch(self):
        """Yield a list that gets the writes of partners of which the guard was not asked."""
        unguarded = []
        real = {name: getattr(ResPartner, name) for name in ("write", "create", "unlink", "_update_address")}

        def watching(name):
            def call(records, *args, **kwargs):
                if scope_of(records.env.context) is None:
                    unguarded.append((name, records.ids, args))
                return real[name](records, *args, **kwargs)

            # The ORM reads what decorators have left on a method.
            call.__dict__.update(real[name].__dict__)
            return call

        with (
            patch.object(ResPartner, "write", watching("write")),
            patch.object(ResPartner, "create", watching("create")),
            patch.object(ResPartner, "unlink", watching("unlink")),
            patch.object(ResPartner, "_update_address", watching("_update_address")),
        ):
            yield unguarded
