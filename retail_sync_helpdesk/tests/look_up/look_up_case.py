"""Tests of look-ups: a shop with orders and tickets, callers of every kind, and the SQL that a look-up sends."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.sql_db import BaseCursor
from odoo.tools import SQL

from odoo.addons.retail_sync.tests.commerce_case import CommerceCase

from ...api.errors import ApiProblem
from ...api.operations import SCOPES
from ...domain.control.caller import Caller
from ...models.look_up.look_ups import LookUps

CONTACT = (
    r'"res_partner"\."(email|phone|street|street2|zip|city)"|'
    r"\b(partner|found|place|head|owner)\.(email|phone|street|street2|zip|city)\b"
)


class LookUpCase(CommerceCase):
    """A shop, and callers with every scope but those that a test leaves out. Nothing is sent to the platform."""

    entities = ()

    def setUp(self):
        # A customer that no load has brought: look-ups ask what Odoo has.
        super(CommerceCase, self).setUp()
        self.customer = self.make_customer("Rossi Srl")
        self.link_to("F1", self.customer, "Firm")

    def link_to(self, external_id, record, remote_object="Order"):
        """Link a record with one of the platform."""
        return self.env["retail.sync.link"].create(
            {
                "connection_id": self.connection.id,
                "remote_object": remote_object,
                "external_id": external_id,
                "res_model": record._name,
                "res_id": record.id,
            }
        )

    def caller(self, *without, **values):
        """Return a caller of the company with all scopes of look-ups but these."""
        return Caller(
            **{
                "reference": "key/1",
                "name": "Desk",
                "scopes": frozenset(SCOPES) - set(without),
                "companies": frozenset(self.company.ids),
                **values,
            }
        )

    def look_ups(self, *without, **values):
        """Return the look-ups of a caller in a new request: nothing is known of an earlier one."""
        self.env.flush_all()
        self.env.invalidate_all()
        return LookUps(self.env(su=True), self.caller(*without, **values))

    @contextmanager
    def recorded(self):
        """Record the statements that are sent."""
        sent, kind = [], type(self.env.cr)
        execute = kind.execute

        def record(cursor, query, *args, **kwargs):
            sent.append(query.code if isinstance(query, SQL) else str(query))
            return execute(cursor, query, *args, **kwargs)

        self.assertIsInstance(self.env.cr, BaseCursor)
        with patch.object(kind, "execute", record):
            yield sent

    def queries_of(self, ask, *without, **values):
        """Return the statements of a look-up, once the caches that outlive a request are filled."""
        ask(self.look_ups(*without, **values))
        looks = self.look_ups(*without, **values)
        with self.recorded() as sent:
            ask(looks)
        return sent

    def assertNoContactData(self, sent):
        """Check that no statement reads how customers are reached; companies have such columns, too."""
        for query in sent:
            self.assertNotRegex(query, CONTACT)

    def assertProblem(self, code, ask, *args):
        with self.assertRaises(ApiProblem) as caught:
            ask(*args)
        self.assertEqual(caught.exception.code, code)

    def other_company(self, name="Second Shop"):
        """Create another company with its books."""
        company = self.env["res.company"].create({"name": name})
        self.env.user.company_ids += company
        self.env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        company.account_sale_tax_id = False
        # The chart of accounts has set that of its country.
        company.currency_id = self.env.ref("base.EUR")
        return company

    def order_of_company(self, company, lines, partner=None, **values):
        """Create and confirm an order of another company."""
        env = self.env(context={**self.env.context, "allowed_company_ids": [company.id, self.company.id]})
        order = env["sale.order"].create(
            {
                "partner_id": (partner or self.customer).id,
                "company_id": company.id,
                "order_line": [
                    (0, 0, {"product_id": product.id, "product_uom_qty": quantity, "tax_ids": [(5,)]})
                    for product, quantity in lines
                ],
                **values,
            }
        )
        order.action_confirm()
        return order.with_env(self.env)

    def make_ticket(self, name="Late parcel", partner=None, **values):
        return (
            self.env["helpdesk.ticket"]
            .with_context(tracking_disable=True)
            .create(
                {
                    "name": name,
                    "description": "Where is it?",
                    "partner_id": (partner or self.customer).id,
                    "company_id": self.company.id,
                    **values,
                }
            )
        )
