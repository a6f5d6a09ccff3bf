from contextlib import contextmanager
from datetime import timedelta

import odoo.http
from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from ...models.milestone import export, export_rate, store
from ..common import held_elsewhere
from .journal_case import JournalCase

AUDITOR, ALL_ORDERS = "retail_sync.group_auditor", "sales_team.group_sale_salesman_all_leads"
ROUTE = "/retail_sync/milestones/v1"


@tagged("post_install", "-at_install")
class TestMilestoneExport(JournalCase, HttpCase):
    """Programs of others read the journal page by page, with a key for that alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = cls.env["res.users"].create(
            {
                "name": "Planning",
                "login": "planning",
                "group_ids": [Command.link(cls.env.ref(name).id) for name in (AUDITOR, ALL_ORDERS)],
                "company_id": cls.env.company.id,
                "company_ids": [Command.set(cls.env.company.ids)],
            }
        )
        cls.key = cls.make_key(export.SCOPE)

    @classmethod
    def make_key(cls, scope, user=None):
        keys = cls.env["res.users.apikeys"].with_user(user or cls.reader).sudo()
        return keys._generate(scope, "BI", fields.Datetime.now() + timedelta(days=1))

    def setUp(self):
        super().setUp()
        self.made = self.confirmed((self.chair, 5))
        self.ship(self.made)
        self.invoice(self.made)
        self.route()

    def get(self, query="", key=None):
        headers = {"Authorization": f"Bearer {key or self.key}"} if key != "" else {}
        return self.url_open(f"{ROUTE}{query}", headers=headers)

    def rows(self, query=""):
        answer = self.get(query)
        self.assertEqual(answer.status_code, 200, answer.text)
        return answer.json()

    def test_pages_follow_each_other_and_miss_nothing(self):
        wanted = self.env["retail.sync.milestone"].search([("company_id", "=", self.env.company.id)], order="id").ids
        found, cursor = [], 0
        while True:
            page = self.rows(f"?after={cursor}&limit=2")
            found += [row["id"] for row in page["milestones"]]
            cursor = page["next"]
            if not page["more"]:
                break
        self.assertEqual(found, wanted)
        self.assertEqual(self.rows(f"?after={cursor}")["milestones"], [])
        self.assertEqual(self.rows(f"?after={cursor}")["next"], cursor)

    def test_a_row_says_what_happened_exactly(self):
        rows = {row["kind"]: row for row in self.rows()["milestones"] if row["order_id"] == self.made.id}
        self.assertEqual(rows["invoiced"]["amount"], "500.00")
        self.assertEqual(rows["invoiced"]["currency"], self.made.currency_id.name)
        self.assertEqual(rows["shipped"]["quantities"], {str(self.made.order_line.id): ["5", "5", "Units"]})
        self.assertRegex(rows["shipped"]["at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertNotIn("Rossi", str(rows))

    def test_only_rows_of_the_users_companies(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.reader.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertEqual(self.rows()["milestones"], [])
        self.assertEqual(self.get(f"?company={self.made.company_id.id}").status_code, 403)
        self.assertEqual(self.get(f"?company={other.id}").status_code, 200)

    def test_a_request_without_a_right_key_is_refused(self):
        rpc = self.make_key("rpc")
        for key in ("", "wrong", rpc):
            answer = self.get(key=key)
            self.assertEqual(answer.status_code, 401, key)
            self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
            self.assertIn("Account Security", answer.json()["detail"])
        stranger = self.env["res.users"].create(
            {"name": "Seller", "login": "a_seller", "group_ids": [Command.link(self.env.ref("base.group_user").id)]}
        )
        self.assertEqual(self.get(key=self.make_key(export.SCOPE, stranger)).status_code, 403)

    def test_a_key_for_everything_does_not_open_it(self):
        answer = self.get(key=self.make_key(None))
        self.assertEqual(answer.status_code, 401)
        self.assertIn("alone", answer.json()["detail"])

    def test_only_rows_of_orders_that_the_user_may_read(self):
        self.reader.group_ids -= self.env.ref(ALL_ORDERS)
        self.assertEqual(self.get().status_code, 403, "who may read no order")
        self.reader.group_ids |= self.env.ref("sales_team.group_sale_salesman")
        self.made.user_id = self.env.ref("base.user_admin")
        page = self.rows()
        self.assertNotIn(self.made.id, [row["order_id"] for row in page["milestones"]])
        last = self.env["retail.sync.milestone"].search([("company_id", "=", self.env.company.id)], order="id desc")[:1]
        self.assertEqual(page["next"], last.id, "the reader goes on after what is hidden")
        self.made.user_id = self.reader
        self.assertIn(self.made.id, [row["order_id"] for row in self.rows()["milestones"]])

    def test_portal_users_and_visitors_are_refused(self):
        portal = self.env["res.users"].create(
            {"name": "Buyer", "login": "a_buyer", "group_ids": [Command.set(self.env.ref("base.group_portal").ids)]}
        )
        self.assertEqual(self.get(key=self.make_key(export.SCOPE, portal)).status_code, 403)
        self.authenticate("admin", "admin")
        self.assertEqual(self.get(key="").status_code, 401, "a session is no key")

    def test_the_key_opens_nothing_else(self):
        answer = self.url_open(
            "/json/2/res.users/search",
            json={"domain": []},
            headers={"Authorization": f"Bearer {self.key}"},
        )
        self.assertEqual(answer.status_code, 401)

    def test_a_wrong_parameter_is_named(self):
        for query, word in (
            ("?limit=0", "limit"),
            ("?limit=999999", "limit"),
            ("?after=-1", "after"),
            ("?after=x", "after"),
            ("?company=all", "company"),
            ("?since=2026", "since"),
        ):
            answer = self.get(query)
            self.assertEqual(answer.status_code, 400, query)
            self.assertIn(word, answer.json()["detail"])

    def test_too_many_requests_have_to_wait(self):
        self.patch(export_rate, "PER_MINUTE", 1)
        self.assertEqual(self.get().status_code, 200)
        answer = self.get()
        self.assertEqual(answer.status_code, 429)
        self.assertTrue(1 <= int(answer.headers["Retry-After"]) <= 60)

    def test_requests_are_counted_for_all_workers_together(self):
        """Another worker has counted in the same minute: its count is in the database, and in no worker's memory."""
        self.patch(export_rate, "PER_MINUTE", 5)
        # Of the next minute, so that the end of this one changes nothing.
        self.env.cr.execute(
            "INSERT INTO retail_sync_export_rate (user_id, minute, count)"
            " SELECT %s, extract(epoch FROM clock_timestamp())::bigint / 60 + 1, 5",
            [self.reader.id],
        )
        self.assertEqual(self.get().status_code, 429)
        other = self.reader.copy({"login": "planning2"})
        self.assertEqual(self.get(key=self.make_key(export.SCOPE, other)).status_code, 200, "a count of each user")

    def test_rows_after_one_that_may_still_be_committed_wait(self):
        last = store.finished_until(self.env)
        with self.writing(last - 2):
            found = export.page(self.env, 0, 1000, self.env.company.ids)
            self.assertEqual(max(row["id"] for row in found["milestones"]), last - 2)
        found = export.page(self.env, 0, 1000, self.env.company.ids)
        self.assertEqual(found["milestones"][-1]["id"], last)

    @contextmanager
    def writing(self, after):
        """Let another transaction be about to write rows with ids after this one."""
        with held_elsewhere(self.env, "SELECT pg_advisory_xact_lock_shared(%s, %s)", [store.WRITER_SPACE, after]):
            yield

    def test_a_user_makes_a_key_for_the_export_alone(self):
        keys = self.env["res.users.apikeys"].with_user(self.reader).sudo()
        key = keys.with_context(retail_sync_key_scope=export.SCOPE)._generate(
            None, "BI", fields.Datetime.now() + timedelta(days=1)
        )
        self.assertEqual(keys._check_credentials(scope=export.SCOPE, key=key), self.reader.id)
        self.assertFalse(keys._check_credentials(scope="rpc", key=key))

    def test_a_key_for_the_export_is_made_after_the_password_is_asked_for_again(self):
        """More than ten minutes after the sign-in, Odoo asks for the password: the key was refused with an error."""
        self.reader.password = "planning-password"
        self.authenticate(self.reader.login, "planning-password")
        self.session["identity-check-last"] = 0
        odoo.http.root.session_store.save(self.session)
        wizard = (
            self.env["res.users.apikeys.description"]
            .with_user(self.reader)
            .create({"name": "BI", "duration": "1", "retail_sync_only": True})
        )
        dialog = self.call(wizard, "make_key")
        self.assertEqual(dialog["res_model"], "res.users.identitycheck")
        check = self.env["res.users.identitycheck"].browse(dialog["res_id"])
        shown = self.call(check, "run_check", {"password": "planning-password"})
        key = shown["context"]["default_key"]
        keys = self.env["res.users.apikeys"].with_user(self.reader).sudo()
        self.assertEqual(keys._check_credentials(scope=export.SCOPE, key=key), self.reader.id)
        self.assertFalse(keys._check_credentials(scope="rpc", key=key))

    def call(self, record, method, context=None):
        """Return what a button of the web client does for the user that is signed in."""
        params = {"model": record._name, "method": method, "args": [record.ids], "kwargs": {"context": context or {}}}
        answer = self.url_open("/web/dataset/call_button", json={"params": params}).json()
        self.assertIn("result", answer, answer.get("error"))
        return answer["result"]
