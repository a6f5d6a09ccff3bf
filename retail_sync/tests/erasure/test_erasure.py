from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.queue_job.job import Job

from ...domain.security.event_notice import Notice
from ...models.erasure import erase, person
from ...models.merge import session
from ...runtime.erasure import declaration
from ..erasure_case import ABLE, CUSTOMER_TABLES, EMAIL, EXTERNAL_ID, MARKERS, NAME, PHONE, STREET, ErasureCase
from ..fake_platform import FIRM, PERSON


@tagged("post_install", "-at_install")
class TestDeclarations(ErasureCase):
    """A new table cannot be forgotten."""

    def test_each_table_of_the_engine_says_how_it_forgets(self):
        silent = [
            name
            for name, model in self.env.registry.items()
            if (model._original_module or "").startswith("retail_sync")
            and not model._abstract
            and not model._transient
            and model._auto
            and declaration(model) is None
        ]
        self.assertEqual(sorted(silent), [])

    def test_what_is_declared_exists(self):
        for declared in erase.declarations(self.env):
            erasure, fields_of = declared.erasure, declared.model._fields
            columns = {
                *erasure.blank,
                *erasure.unset,
                *erasure.elements,
                *erasure.items,
                *erasure.quotes,
                *erasure.values,
            }
            missing = sorted(name for name in columns if name not in fields_of or not fields_of[name].store)
            self.assertEqual(missing, [], declared.model._name)
        # The conditions are valid SQL on their tables.
        someone = person.of_records(self.env, "res.partner", [1])
        erase.count(self.env, person.Person("res.partner", (999999999,), ((1, "Person", "X"),), ("nobody is here",)))
        self.assertEqual(someone.model, "res.partner")


@tagged("post_install", "-at_install")
class TestForgetting(ErasureCase):
    """A person who went through load, failure, review, merge, undo, delivery, event, comparison and dry run."""

    def everywhere(self):
        partner = self.known_person()
        self.assertTrue(partner.email)
        self.delivered_and_taken_back(partner)
        self.failed_and_reviewed()
        self.merged(partner)
        self.compared(partner)
        self.read_by_events()
        self.left_in_texts(partner)
        return self.partners.browse(partner.id)

    def delivered_and_taken_back(self, partner):
        partner.function = f"{NAME}'s job"
        self.send()
        partner.phone = PHONE + "1"
        self.route()
        self.ownership_rule("website", "remote", "owner_wins")
        partner.website = "http://quixwort.example"
        self.send()
        self.env["retail.sync.taken.back"].create(
            {
                "connection_id": self.connection.id,
                "stream_id": self.persons.id,
                "res_model": "res.partner",
                "res_id": partner.id,
                "part": "main",
                "canonical_field": "email",
                "odoo_value": EMAIL,
                "remote_value": PHONE,
                "reason": "remote_owns",
            }
        )
        self.env["retail.sync.write.intent"].sudo().create(
            {
                "connection_id": self.connection.id,
                "res_model": "res.partner",
                "res_id": partner.id,
                "sent": {"email": EMAIL},
                "at": fields.Datetime.now(),
            }
        )

    def failed_and_reviewed(self):
        # Two customers of the same name make a tie: the record goes to review with both as candidates.
        both = {"name": "Marc Demo", "email": "marc@demo.example"}
        self.partners.create({**both, "phone": "+39 347 1112223", "vat": "IT00743110157"})
        self.partners.create({**both, "function": "Buyer", "vat": "IT12345670017"})
        self.person("P-TIE", **{**ABLE, **both, "phone": "347 9998887"})
        self.take(PERSON)
        review = self.env["retail.sync.message"].search([("external_id", "=", "P-TIE")])
        self.assertTrue(review)
        partner = self.partner(EXTERNAL_ID)
        # The person is a candidate of another record too.
        review.sudo().candidates = [*(review.candidates or []), {"id": partner.id, "name": NAME, "reasons": ["exact"]}]
        review.sudo().fault_message = f"Looks like {NAME} <{EMAIL}>, id {EXTERNAL_ID}"
        # A later version of the record cannot be taken in.
        self.person(EXTERNAL_ID, name="")
        self.take(PERSON)
        failed = self.env["retail.sync.message"].search(
            [("external_id", "=", EXTERNAL_ID), ("kind", "=", "record"), ("state", "=", "open")]
        )
        self.assertTrue(failed.sudo().payload)

    def merged(self, partner):
        double = self.partners.create({"name": NAME, "email": f"old.{EMAIL}", "street": STREET})
        other = self.partners.create({"name": f"{NAME} again", "email": EMAIL})
        session.merge(self.env, partner, double, f"They are {NAME}")
        undone = session.merge(self.env, partner, other, f"They are {NAME}")
        self.env.flush_all()
        undone._undo(f"{NAME} is another person")
        self.env.flush_all()
        # The other customer is another person of the same name, who stays: no marker is to be left in it.
        self.partners.with_context(tracking_disable=True).browse(other.id).write(
            {"name": "Somebody Else", "email": "else@example.com"}
        )

    def compared(self, partner):
        self.by_sql(EXTERNAL_ID, phone="+390432987655")
        self.compare(self.persons)
        self.env["retail.sync.difference"].create(
            {
                "comparison_id": self.env["retail.sync.comparison"].search([], limit=1).id,
                "stream_id": self.persons.id,
                "kind": "conflict",
                "cause": "both",
                "subject": f"x/{EXTERNAL_ID}",
                "res_model": "res.partner",
                "res_id": partner.id,
                "values": {"email": [EMAIL, PHONE]},
            }
        )

    def read_by_events(self):
        self.env["retail.sync.event"]._store(self.connection, "json", [Notice("e1", PERSON, EXTERNAL_ID)])

    def left_in_texts(self, partner):
        env = self.env
        run = self.make_run(PERSON, "dry", "done")
        run.message = f"Lost {EXTERNAL_ID} of {NAME}"
        run.samples = {"failed": [{"key": EXTERNAL_ID, "why": f'"{NAME}"'}]}
        env["retail.sync.load.snapshot"].create({"run_id": run.id, "external_ids": ["OTHER", EXTERNAL_ID]})
        env["retail.sync.dry.run.sample"].create(
            {
                "run_id": run.id,
                "outcome": "failed",
                "external_id": EXTERNAL_ID,
                "res_model": "res.partner",
                "res_id": partner.id,
                "values": {"title": NAME},
            }
        )
        loading = self.make_run(PERSON, "records", "running")
        env["retail.sync.page"]._store(loading, [self.platform.rows[PERSON][EXTERNAL_ID]], 10)
        env["retail.sync.command"].sudo().create(
            {
                "connection_id": self.connection.id,
                "action": "refund",
                "lane": "critical",
                "state": "done",
                "arguments": {"to": NAME},
                "at": fields.Datetime.now(),
            }
        )
        env["retail.sync.block.override"].sudo().create(
            {
                "kind": "account_block",
                "order_name": "S1",
                "partner_id": partner.id,
                "partner_name": NAME,
                "block_text": f"{NAME} is blocked",
                "reason": f"{NAME} paid",
                "user_id": env.uid,
                "company_id": env.company.id,
            }
        )
        partner.account_block_reason = f"{NAME} did not pay"
        # pylint: disable-next=translation-required
        self.connection.message_post(body=f"Revealed {NAME}")
        self.persons.stop_reason = f"Stopped at {EXTERNAL_ID}"
        self.persons.map_ids[:1].sample_value = EMAIL
        job = env["retail.sync.inbound.jobs"].with_delay()._job_events(self.connection.id, EXTERNAL_ID)
        self.fail_job(Job.load(env, job.uuid).db_record(), f"Could not read {NAME}")
        self.env.flush_all()

    def test_after_the_erasure_no_row_of_the_database_holds_the_person(self):
        """Name, e-mail, phone and address stayed in links, titles, payloads and snapshots for good (M7)."""
        partner = self.everywhere()
        before = self.tables_with(*MARKERS)
        for table in (
            "retail_sync_link",
            "retail_sync_message",
            "retail_sync_merge",
            "retail_sync_merge_line",
            "retail_sync_event",
            "retail_sync_difference",
            "retail_sync_taken_back",
            "retail_sync_write_intent",
            "retail_sync_dry_run_sample",
            "retail_sync_load_snapshot",
            "retail_sync_page",
            "retail_sync_run",
            "retail_sync_command",
            "retail_sync_block_override",
            "retail_sync_link_journal",
            "retail_sync_stream",
            "retail_sync_field_map",
            "queue_job",
            "mail_message",
            "res_partner",
        ):
            self.assertIn(table, before, "the person was to be here before")
        self.erase(partner, anonymise=True, basis="objection")
        self.assertEqual(self.tables_with(*MARKERS), {})
        self.says_who_erased(partner)
        someone = person.of_records(self.env, "res.partner", partner.ids)
        self.assertEqual(
            set(erase.count(self.env, someone)) - {"retail.sync.change"}, set(), "nothing is left to erase"
        )

    def says_who_erased(self, partner):
        rows = self.env["retail.sync.audit"].sudo().search([("kind", "=", "erasure")], order="id desc")
        row = rows.filtered(lambda found: found.details.get("basis") == "objection")
        self.assertEqual((len(row), row.user_id, row.model), (1, self.env.user, "res.partner"))
        self.assertIn(partner.id, row.res_ids)
        self.assertGreater(row.details["rows"]["retail.sync.message"], 0)

    def test_a_customer_who_is_kept_stays_in_odoo_alone_and_others_lose_nothing(self):
        partner = self.everywhere()
        review = self.env["retail.sync.message"].search([("external_id", "=", "P-TIE")])
        ties = [found["id"] for found in review.candidates if found["id"] != partner.id]
        self.assertTrue(ties)
        counts = erase.count(self.env, person.of_records(self.env, "res.partner", partner.ids))
        self.assertGreaterEqual(counts["retail.sync.message"], 2)
        found = self.erase(partner)
        self.assertEqual({name: found[name] >= rows for name, rows in counts.items()}, dict.fromkeys(counts, True))
        self.assertEqual(set(self.tables_with(*MARKERS)) - CUSTOMER_TABLES, set())
        self.assertEqual((partner.name, partner.email), (NAME, EMAIL))
        self.assertEqual([candidate["id"] for candidate in review.candidates], ties)
        self.assertIn("(erased)", review.fault_message)
        self.assertTrue(review.sudo().payload)
        snapshot = self.env["retail.sync.load.snapshot"].search([], limit=1, order="id desc")
        self.assertEqual(snapshot.external_ids, ["OTHER"])

    def test_a_delivery_under_way_is_waited_for(self):
        partner = self.known_person()
        partner.phone = "+390432111222"
        self.route()
        message = self.env["retail.sync.message"].search([("res_id", "=", partner.id), ("state", "=", "pending")])
        message.sudo().state = "sending"
        with self.assertRaisesRegex(UserError, "being sent"):
            self.erase(partner)


@tagged("post_install", "-at_install")
class TestErasedRecords(ErasureCase):
    """What was erased does not come back, and people hear what is left to do."""

    def setUp(self):
        super().setUp()
        self.customer = self.known_person()
        self.erase(self.customer, anonymise=True)

    def erased(self):
        return self.env["retail.sync.erased.record"].search([("digest", "!=", False)])

    def shown_again(self):
        self.later_than_odoo()
        self.person(EXTERNAL_ID, **{**ABLE, "name": NAME, "email": EMAIL, "notes": "new"})

    def test_the_next_poll_creates_no_customer(self):
        """The next poll took the person in again, as a new customer."""
        before = self.partners.search_count([])
        self.assertEqual(self.erased().mapped("state"), ["erased"])
        self.shown_again()
        self.assertEqual(self.take(PERSON), {"excluded": 1})
        self.assertEqual(self.partners.search_count([]), before)
        self.assertFalse(self.env["retail.sync.link"].search([("external_id", "=", EXTERNAL_ID)]))
        erased = self.erased()
        self.assertEqual((erased.state, erased.external_id, erased.seen_count), ("there", EXTERNAL_ID, 1))
        self.assertIn("on the platform too", erased.next_step)
        self.assertEqual(set(self.tables_with(*MARKERS)), {"retail_sync_erased_record"}, "the id alone")

    def test_an_event_and_a_full_load_leave_it_out_too(self):
        self.shown_again()
        self.firm("F1")
        run = self.env["retail.sync.run"].browse(self.connection.start_first_load())
        self.run_jobs()
        self.assertEqual(set(run.mapped("state")), {"done"})
        self.assertFalse(self.env["retail.sync.link"].search([("external_id", "=", EXTERNAL_ID)]))
        self.assertTrue(self.env["retail.sync.link"].search([("external_id", "=", "F1")]), "others arrive")

    def test_a_comparison_does_not_miss_it(self):
        self.shown_again()
        comparison = self.compare(self.persons)
        self.assertEqual(comparison.state, "done", comparison.message)
        self.assertNotIn(EXTERNAL_ID, comparison.difference_ids.mapped("external_id"))

    def test_once_deleted_there_its_id_is_forgotten(self):
        self.shown_again()
        self.take(PERSON)
        self.report_deletions(PERSON, EXTERNAL_ID)
        erased = self.erased()
        self.assertEqual((erased.state, erased.external_id), ("gone", False))
        self.assertEqual(self.tables_with(EXTERNAL_ID), {})

    def test_the_anonymised_customer_is_not_sent_as_a_new_one(self):
        self.customer.active = True
        self.customer.comment = "A note"
        self.platform.writes.clear()
        self.send()
        self.assertEqual(self.platform.writes, [])

    def test_a_manager_lets_a_person_in_again(self):
        manager, steward = self.make_user("manager", "group_manager"), self.make_user("steward", "group_steward")
        with self.assertRaises(AccessError):
            self.erased().with_user(steward).action_release()
        self.erased().with_user(manager).action_release()
        self.shown_again()
        self.assertEqual(self.take(PERSON), {"linked": 1}, "by the id that the record carries")

    def test_a_digest_says_nothing_without_the_key_of_the_database(self):
        digest = self.erased().sudo().digest
        self.assertEqual(len(digest), 64)
        self.env["ir.config_parameter"].set_param("retail_sync.erasure_key", "another")
        self.shown_again()
        self.assertEqual(self.take(PERSON), {"linked": 1}, "the digest depends on the key")


@tagged("post_install", "-at_install")
class TestErasureDialog(ErasureCase):
    """Who may erase whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.steward = cls.make_user("steward", "group_steward", "base.group_partner_manager")
        cls.operator = cls.make_user("operator", "group_operator", "base.group_partner_manager")

    def dialog(self, record, user=None, **values):
        return (
            self.env["retail.sync.erasure.wizard"]
            .with_user(user or self.steward)
            .with_context(active_model=record._name, active_ids=record.ids)
            .create(values)
        )

    def test_a_steward_erases_after_consent(self):
        partner = self.known_person()
        dialog = self.dialog(partner)
        self.assertIn(EXTERNAL_ID, dialog.on_platforms)
        self.assertTrue(dialog.preview)
        with self.assertRaisesRegex(UserError, "Confirm"):
            dialog.action_erase()
        dialog.write({"understood": True, "record_choice": "anonymise"})
        dialog.action_erase()
        self.env.invalidate_all()
        self.assertEqual(partner.name, f"Erased customer {partner.id}")
        self.assertFalse(partner.active or partner.email or partner.phone or partner.street)

    def test_an_operator_and_a_stranger_are_refused(self):
        partner = self.known_person()
        for user in (self.operator, self.make_user("stranger")):
            with self.assertRaises(AccessError):
                self.dialog(partner, user)

    def test_the_dialog_cannot_be_turned_to_another_record(self):
        """A dialog about one customer was written to show another one (H1)."""
        partner, other = self.known_person(), self.partners.create({"name": "Another Person"})
        dialog = self.dialog(partner)
        for vals in ({"res_id": other.id}, {"link_id": 1}, {"message_id": 1}, {"res_model": "res.users"}):
            with self.assertRaises(UserError):
                dialog.write(vals)

    def test_a_customer_of_another_company_is_refused(self):
        partner = self.known_person()
        company = self.env["res.company"].create({"name": "Second company"})
        partner.company_id = company
        with self.assertRaises(AccessError):
            self.dialog(partner)

    def test_a_colleague_is_no_customer(self):
        dialog = self.dialog(self.operator.partner_id)
        dialog.understood = True
        with self.assertRaisesRegex(UserError, "internal user"):
            dialog.action_erase()

    def test_a_customer_with_an_open_order_is_not_anonymised(self):
        partner = self.known_person()
        self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": self.env["product.product"].create({"name": "P"}).id})],
            }
        )
        dialog = self.dialog(partner, record_choice="anonymise", understood=True)
        self.assertIn("not finished", dialog.obstacles)
        with self.assertRaisesRegex(UserError, "keep the customer"):
            dialog.action_erase()
        dialog.record_choice = "keep"
        dialog.action_erase()
        self.assertEqual(partner.name, NAME)

    def test_a_record_that_the_platform_alone_has_is_erased_from_its_exception(self):
        self.person("PQUIX0009", name="", email=EMAIL)
        self.take(PERSON)
        message = self.env["retail.sync.message"].search([("external_id", "=", "PQUIX0009")])
        dialog = self.dialog(message, understood=True)
        dialog.action_erase()
        self.assertFalse(message.exists())
        self.assertEqual(self.tables_with(EMAIL, "PQUIX0009"), {})
        self.take(PERSON, [self.platform.rows[PERSON]["PQUIX0009"]])
        self.assertFalse(self.env["retail.sync.message"].search([("external_id", "=", "PQUIX0009")]))


@tagged("post_install", "-at_install")
class TestDeletedCustomers(ErasureCase):
    """A customer deleted in Odoo is forgotten after a time."""

    def age(self, days):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE retail_sync_link SET deleted_at = deleted_at - %s * interval '1 day' WHERE deleted_at IS NOT NULL",
            [days],
        )
        self.env.invalidate_all()

    def test_what_is_left_of_a_deleted_customer_is_erased_after_the_days_of_settings(self):
        """Values stayed in the link, the name in titles and decisions, for good (M7)."""
        partner = self.known_person()
        partner.unlink()
        self.send()
        links = self.env["retail.sync.link"]
        self.age(29)
        self.assertEqual(links._gc_deleted_records(), (0, 0))
        self.age(2)
        self.assertIn("retail_sync_link", self.tables_with(EMAIL))
        self.assertEqual(links._gc_deleted_records(), (1, 0))
        self.assertEqual(set(self.tables_with(EMAIL, PHONE, STREET)), set())
        self.later_than_odoo()
        self.person(EXTERNAL_ID, name=NAME, email=EMAIL)
        self.assertEqual(self.take(PERSON), {"excluded": 1})

    def test_a_deletion_that_is_not_sent_yet_keeps_the_link(self):
        self.persons.unlink_policy = "delete"
        partner = self.known_person()
        partner.unlink()
        self.route()
        self.age(40)
        self.assertTrue(self.outbox("pending"))
        self.assertEqual(self.env["retail.sync.link"]._gc_deleted_records(), (0, 0))
        self.send()
        self.assertEqual(self.env["retail.sync.link"]._gc_deleted_records(), (1, 0))

    def test_other_customers_keep_their_links(self):
        partner = self.known_person()
        self.firm("F1")
        self.take(FIRM)
        partner.unlink()
        self.send()
        self.age(40)
        self.env["retail.sync.link"]._gc_deleted_records()
        self.assertTrue(self.env["retail.sync.link"].search([("external_id", "=", "F1")]))
