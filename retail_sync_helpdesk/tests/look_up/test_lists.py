import random
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...api.service import PageAsked
from .look_up_case import LookUpCase


@tagged("post_install", "-at_install")
class TestLists(LookUpCase):
    """Pages by cursor: complete, without repetition, whatever comes meanwhile."""

    def make_orders(self, count, days=3, partner=None):
        """Create quotations, several of them at the same time."""
        product, now = self.make_product(f"P{count}", stock=0), fields.Datetime.now()
        pick = random.Random(count)
        return self.env["sale.order"].concat(
            *(
                self.make_order(
                    [(product, 1)], partner, confirm=False, date_order=now - timedelta(days=pick.randrange(days))
                )
                for _number in range(count)
            )
        )

    def pages(self, limit, between=lambda: None, read=None):
        read = read or (lambda page: self.look_ups().orders_of(self.customer.id, page))
        found, cursor = [], None
        while True:
            page = read(PageAsked(limit, cursor))
            found += [row.id for row in page.items]
            cursor = page.next_cursor
            if cursor is None:
                return found
            between()

    def test_pages_of_any_size_make_the_whole_list(self):
        orders = self.make_orders(17)
        expected = orders.sorted(lambda order: (order.date_order, order.id), reverse=True).ids
        for limit in (1, 2, 5, 16, 17, 18):
            self.assertEqual(self.pages(limit), expected, limit)

    def test_rows_that_come_meanwhile_move_no_other(self):
        orders = self.make_orders(9)
        expected = orders.sorted(lambda order: (order.date_order, order.id), reverse=True).ids

        def come():
            self.make_orders(1, days=1)

        self.assertEqual(self.pages(2, come), expected)

    def test_a_cursor_is_good_for_its_list_and_caller_alone(self):
        self.make_orders(3)
        other = self.make_customer()
        cursor = self.look_ups().orders_of(self.customer.id, PageAsked(1)).next_cursor
        page = PageAsked(1, cursor)
        self.assertEqual(len(self.look_ups().orders_of(self.customer.id, page).items), 1)
        for ask in (
            lambda: self.look_ups().orders_of(other.id, page),
            lambda: self.look_ups(reference="key/2").orders_of(self.customer.id, page),
            lambda: self.look_ups().tickets_of(self.customer.id, True, page),
            lambda: self.look_ups().orders_of(self.customer.id, PageAsked(1, cursor[:-2] + "AA")),
        ):
            self.assertProblem("invalid_cursor", ask)

    def test_orders_of_the_whole_company(self):
        contact = self.env["res.partner"].create({"name": "Ada", "parent_id": self.customer.id})
        orders = self.make_orders(2) | self.make_orders(1, partner=contact)
        for partner in (self.customer, contact):
            found = self.look_ups().orders_of(partner.id, PageAsked(50))
            self.assertEqual({row.id for row in found.items}, set(orders.ids))

    def test_a_page_of_orders_in_few_queries(self):
        self.make_orders(2)
        few = self.queries_of(lambda looks: looks.orders_of(self.customer.id, PageAsked(50)))
        self.make_orders(20)
        many = self.queries_of(lambda looks: looks.orders_of(self.customer.id, PageAsked(50)))
        self.assertEqual(len(few), len(many))

    def test_tickets(self):
        stages = self.env["helpdesk.ticket.stage"]
        closed = stages.search([("closed", "=", True)], limit=1)
        tickets = self.env["helpdesk.ticket"].concat(*(self.make_ticket(f"Ticket {number}") for number in range(5)))
        tickets[1].with_context(tracking_disable=True).stage_id = closed
        self.make_ticket("Of another", self.make_customer())

        def read(only_open):
            return lambda page: self.look_ups().tickets_of(self.customer.id, only_open, page)

        self.assertEqual(self.pages(2, read=read(False)), sorted(tickets.ids, reverse=True))
        self.assertEqual(self.pages(2, read=read(True)), sorted((tickets - tickets[1]).ids, reverse=True))
        shown = self.look_ups().tickets_of(self.customer.id, False, PageAsked(50)).items
        by_id = {row.id: row for row in shown}
        self.assertFalse(by_id[tickets[1].id].open)
        self.assertEqual((by_id[tickets[0].id].subject, by_id[tickets[0].id].priority), ("Ticket 0", "medium"))
        self.assertEqual(by_id[tickets[0].id].number, tickets[0].number)

    def test_tickets_name_their_documents_within_reach(self):
        company = self.other_company()
        product = self.make_product()
        own_order, other_order = self.make_order([(product, 1)]), self.order_of_company(company, [(product, 1)])
        invoice = self.invoice(own_order)
        ticket = self.make_ticket(sync_brand="Alpine", sync_updated_at="2026-11-30 10:00:00")
        self.link_to("35436", ticket, "Ticket")
        ticket.sync_document_ids.unlink()
        for kind, record, order, state in (
            ("order", own_order, own_order, "linked"),
            ("order", other_order, other_order, "confirmed"),
            ("invoice", invoice, own_order, "linked"),
            ("shipment", own_order.picking_ids, own_order, "suggested"),
        ):
            self.env["retail.sync.ticket.document"].create(
                {
                    "ticket_id": ticket.id,
                    "kind": kind,
                    "res_model": record._name,
                    "res_id": record.id,
                    "name": record.name,
                    "order_id": order.id,
                    "state": state,
                }
            )

        def read(*without, **values):
            [row] = self.look_ups(*without, **values).tickets_of(self.customer.id, True, PageAsked(5)).items
            return row

        row = read()
        self.assertEqual(
            [(item.kind, item.id) for item in row.about], [("order", own_order.id), ("invoice", invoice.id)]
        )
        self.assertEqual((row.external_id, f"{row.updated_at:%d.%m. %H:%M}"), ("35436", "30.11. 10:00"))
        self.assertEqual([item.kind for item in read("finance.read").about], ["order"])
        own_order.team_id = self.env["crm.team"].create({"name": "Coast"})
        self.assertEqual(read(brands=frozenset(["Coast"])).id, ticket.id, "it is about an order of the brand")
        ticket.sync_document_ids.unlink()
        looks = self.look_ups(brands=frozenset(["Coast"]))
        self.assertFalse(looks.tickets_of(self.customer.id, True, PageAsked(5)).items)

    def test_orders_by_number_and_reference(self):
        order = self.make_orders(1)
        order.client_order_ref = "PO-9"
        other = self.make_orders(1)
        other.client_order_ref = "PO-9"
        looks = self.look_ups()
        for number in (order.name, f"#{order.name}", f" {order.name.lower()}"):
            self.assertEqual([row.id for row in looks.find_orders("number", number).items], order.ids, number)
        self.assertEqual({row.id for row in looks.find_orders("reference", "PO-9").items}, {order.id, other.id})
        self.assertFalse(looks.find_orders("number", "S0").items)

    def test_me(self):
        shown = self.look_ups(brands=frozenset(["Alpine"]), machine=True).me()
        self.assertEqual((shown.kind, shown.companies, shown.brands), ("machine", (self.company.name,), ("Alpine",)))
