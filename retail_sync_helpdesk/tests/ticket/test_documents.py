from datetime import timedelta
from random import Random

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, new_test_user, tagged

from ...models.ticket import documents


@tagged("post_install", "-at_install")
class TestDocuments(TransactionCase):
    """A ticket is linked to what it is about; a number proves nothing about who writes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls.env["res.partner"].create(
            [
                {"name": "Ada Rossi", "email": "ada@rossi.example"},
                {"name": "Bea Bianchi", "email": "bea@bianchi.example"},
            ]
        )
        cls.agent = new_test_user(cls.env, "doc_agent", groups="retail_sync_helpdesk.group_agent")
        cls.old = fields.Datetime.now() - timedelta(days=300)
        cls.order = cls.make_order(cls.customer, "S90001")
        cls.foreign = cls.make_order(cls.other, "S90002")

    @classmethod
    def make_order(cls, partner, name, **values):
        return cls.env["sale.order"].create({"partner_id": partner.id, "name": name, "date_order": cls.old, **values})

    def vals(self, subject="Help", text="", partner=None, **values):
        return {
            "name": subject,
            "description": f"<p>{text or 'Hello'}</p>",
            "partner_id": (self.customer if partner is None else partner).id,
            **values,
        }

    def make_ticket(self, *args, **values):
        return self.env["helpdesk.ticket"].create(self.vals(*args, **values))

    def links(self, ticket):
        """Return {name of a document: state}."""
        return {row.name: row.state for row in ticket.sync_document_ids}

    def test_own_order_in_the_subject_is_linked(self):
        ticket = self.make_ticket("Where is S90001?")
        self.assertEqual(self.links(ticket), {"S90001": "linked"})
        link = ticket.sync_document_ids
        self.assertEqual((link.kind, link.order_id, link.by_hand), ("order", self.order, False))
        self.assertIn("Order number in the subject", link.why)
        self.assertIn("Belongs to the requester", link.why)

    def test_order_of_another_customer_is_never_linked_without_a_person(self):
        ticket = self.make_ticket("S90002 S90002", "S90002")
        self.assertEqual(self.links(ticket), {"S90002": "suggested"})

    def test_unknown_requester_is_suggested_what_he_names(self):
        ticket = self.make_ticket("S90001", partner=self.env["res.partner"], partner_email="who@else.example")
        self.assertEqual(self.links(ticket), {"S90001": "suggested"})

    def test_requester_is_known_by_address_alone(self):
        ticket = self.make_ticket("S90001", partner=self.env["res.partner"], partner_email="Ada@Rossi.example")
        self.assertEqual(self.links(ticket), {"S90001": "linked"})

    def test_bare_number_after_a_word_means_the_order(self):
        self.assertEqual(self.links(self.make_ticket("order no. 90001")), {"S90001": "linked"})

    def test_number_in_a_quoted_message_weighs_less(self):
        ticket = self.make_ticket(text="Yes please</p><blockquote>S90001</blockquote><p>")
        self.assertEqual(self.links(ticket), {"S90001": "suggested"})

    def test_own_reference_of_the_requester_is_known(self):
        self.make_order(self.customer, "S90003", client_order_ref="PO-4711-X")
        self.assertEqual(self.links(self.make_ticket("PO-4711-X")), {"S90003": "linked"})

    def test_only_open_order_of_the_requester_is_suggested(self):
        partner = self.env["res.partner"].create({"name": "One order"})
        order = self.make_order(partner, "S90004")
        order.write({"state": "sale", "date_order": fields.Datetime.now()})
        self.assertEqual(self.links(self.make_ticket("Help", partner=partner)), {"S90004": "suggested"})

    def test_shipments_and_their_tracking_numbers_are_found(self):
        picking_type = self.env["stock.picking.type"].search(
            [("code", "=", "outgoing"), ("company_id", "=", self.env.company.id)], limit=1
        )
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "partner_id": self.customer.id,
                "carrier_tracking_ref": "1Z999AA10123456784, JJD000390007654321",
                "location_id": picking_type.default_location_src_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        self.assertEqual(self.links(self.make_ticket("Parcel JJD000390007654321")), {picking.name: "linked"})
        self.assertEqual(self.links(self.make_ticket(f"Where is {picking.name}")), {picking.name: "linked"})

    def test_equal_number_of_another_company_is_another_order(self):
        company = self.env["res.company"].create({"name": "Second shop"})
        other = self.make_order(self.customer, "S90001", company_id=company.id)
        first = self.make_ticket("S90001")
        second = self.make_ticket("S90001", company_id=company.id)
        self.assertEqual(first.sync_document_ids.order_id, self.order)
        self.assertEqual(second.sync_document_ids.order_id, other)

    def test_a_comment_names_an_order_later(self):
        ticket = self.make_ticket()
        self.assertFalse(self.links(ticket))
        # pylint: disable-next=translation-required
        ticket.message_post(body="It is S90001", message_type="comment", subtype_xmlid="mail.mt_note")
        self.assertEqual(self.links(ticket), {"S90001": "linked"})

    def test_links_follow_the_requester(self):
        ticket = self.make_ticket("S90002")
        ticket.partner_id = self.other
        self.assertEqual(self.links(ticket), {"S90002": "linked"})
        ticket.write({"name": "Nothing", "description": "<p>at all</p>"})
        self.assertFalse(self.links(ticket))

    def test_own_reference_of_another_customer_says_nothing(self):
        self.make_order(self.other, "S90003", client_order_ref="PO-4711-X")
        self.assertFalse(self.links(self.make_ticket("PO-4711-X")))

    # -- screens

    def test_agent_sees_documents_on_the_form(self):
        view = self.env["helpdesk.ticket"].with_user(self.agent).get_view(view_type="form")
        self.assertIn("sync_document_ids", view["arch"])
        self.assertIn("action_reject", view["arch"])
        ticket = self.make_ticket("S90001", user_id=self.agent.id)
        with Form(ticket.with_user(self.agent)) as form:
            form.priority = "3"
        action = ticket.with_user(self.agent).action_sync_add_document()
        dialog = Form(self.env[action["res_model"]].with_context(**action["context"]))
        dialog.order_id = self.foreign
        dialog.save().action_add()
        self.assertEqual(self.links(ticket), {"S90001": "linked", "S90002": "confirmed"})

    # -- by hand

    def test_rejected_link_is_not_proposed_again(self):
        ticket = self.make_ticket("S90001")
        ticket.sync_document_ids.with_user(self.agent).action_reject()
        ticket.name = "S90001 S90001"
        documents.propose(self.env, ticket.ids)
        self.assertEqual(self.links(ticket), {"S90001": "rejected"})
        self.assertEqual(ticket.sync_document_ids.user_id, self.agent)

    def test_confirmed_link_stays_whatever_the_texts_say(self):
        ticket = self.make_ticket("S90002")
        ticket.sync_document_ids.with_user(self.agent).action_confirm()
        ticket.write({"name": "Nothing", "description": "<p>at all</p>"})
        self.assertEqual(self.links(ticket), {"S90002": "confirmed"})

    def add(self, ticket, **values):
        dialog = self.env["retail.sync.ticket.document.add"].create({"ticket_id": ticket.id, **values})
        return dialog.action_add()

    def test_person_links_a_document(self):
        ticket = self.make_ticket()
        self.add(ticket, order_id=self.foreign.id)
        self.assertEqual(self.links(ticket), {"S90002": "confirmed"})
        self.assertEqual(ticket.sync_document_ids.why, "Added by hand")

    def test_person_takes_a_rejection_back(self):
        ticket = self.make_ticket("S90001")
        ticket.sync_document_ids.with_user(self.agent).action_reject()
        self.add(ticket, order_id=self.order.id)
        self.assertEqual(self.links(ticket), {"S90001": "confirmed"})

    def test_document_of_another_company_is_refused(self):
        company = self.env["res.company"].create({"name": "Second shop"})
        order = self.make_order(self.customer, "S90009", company_id=company.id)
        with self.assertRaises(UserError):
            self.add(self.make_ticket(), order_id=order.id)
        with self.assertRaises(UserError):
            self.add(self.make_ticket())

    def test_who_is_no_agent_decides_nothing(self):
        ticket = self.make_ticket("S90001")
        user = new_test_user(self.env, "doc_reader", groups="helpdesk_mgmt.group_helpdesk_user")
        with self.assertRaises(AccessError):
            ticket.sync_document_ids.with_user(user).action_reject()
        with self.assertRaises(AccessError):
            ticket.sync_document_ids.with_user(self.agent).write({"state": "confirmed"})

    def test_who_may_not_see_a_ticket_sees_none_of_its_documents(self):
        team = self.env["helpdesk.ticket.team"].create({"name": "Others", "company_id": self.env.company.id})
        hidden, shown = self.make_ticket("S90001", team_id=team.id), self.make_ticket("S90001")
        found = self.env["retail.sync.ticket.document"].with_user(self.agent).search([("order_id", "=", self.order.id)])
        self.assertEqual(found.ticket_id, shown)
        with self.assertRaises(AccessError):
            hidden.sync_document_ids.with_user(self.agent).action_reject()

    def test_document_of_an_action_counts(self):
        ticket = self.make_ticket()
        documents.link_made(self.env, ticket.id, self.foreign)
        self.assertEqual(self.links(ticket), {"S90002": "confirmed"})
        self.assertEqual(ticket.sync_document_ids.why, "Made by an action on the ticket")

    # -- properties

    def test_calculating_twice_changes_nothing_and_no_link_leaves_its_company(self):
        company = self.env["res.company"].create({"name": "Second shop"})
        random = Random(12)  # noqa: S311  # no secret
        for number in range(6):
            for owner in (self.env.company, company):
                self.make_order(random.choice((self.customer, self.other)), f"S8000{number}", company_id=owner.id)
        vals_list = []
        for _number in range(20):
            named = " ".join(f"S8000{random.randrange(6)}" for _word in range(random.randrange(3)))
            partner = random.choice((self.customer, self.other, self.env["res.partner"]))
            owner = random.choice((self.env.company, company))
            vals_list.append(self.vals(named or "Help", named[::-1], partner, company_id=owner.id))
        tickets = self.env["helpdesk.ticket"].create(vals_list)
        before = [(row.id, row.state, row.confidence, row.reasons) for row in tickets.sync_document_ids]
        documents.propose(self.env, tickets.ids[::-1])
        self.env.invalidate_all()
        self.assertEqual(
            [(row.id, row.state, row.confidence, row.reasons) for row in tickets.sync_document_ids], before
        )
        for row in tickets.sync_document_ids:
            self.assertEqual(row.order_id.company_id, row.ticket_id.company_id)
            if row.state == "linked":
                self.assertEqual(row.order_id.partner_id, row.ticket_id.partner_id)

    def test_number_of_queries_does_not_grow_with_the_tickets(self):
        few = self.env["helpdesk.ticket"].create([self.vals("S90001") for _number in range(2)])
        many = self.env["helpdesk.ticket"].create([self.vals("S90001 S90002") for _number in range(20)])
        self.env.flush_all()
        counts = []
        for tickets in (few, many):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            documents.propose(self.env, tickets.ids)
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0] + 3)
        self.assertLess(counts[1], 30)
