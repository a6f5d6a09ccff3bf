from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import FakePlatformCase


@tagged("post_install", "-at_install")
class TestCompanyReach(FakePlatformCase):
    """A manager configures connections of the manager's companies, run by users without a sign-in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.here = cls.env["res.company"].create({"name": "Here Ltd"})
        cls.there = cls.env["res.company"].create({"name": "There Ltd"})
        of_company = {"company_id": cls.here.id, "company_ids": [Command.set(cls.here.ids)]}
        cls.manager = cls.make_user("manager_here", "group_manager", **of_company)
        cls.integration = cls.env.ref("retail_sync.user_integration")
        cls.local = cls.make_connection(name="Here", code="here", company_id=cls.here.id)

    def as_manager(self, record):
        return record.with_user(self.manager).with_context(allowed_company_ids=self.here.ids)

    def test_a_connection_runs_as_no_administrator_and_no_person(self):
        member = self.make_user("integration_with_password", "group_integration")
        for user in (self.env.ref("base.user_admin"), self.env.ref("base.user_root"), self.manager, member):
            with self.assertRaises(UserError, msg=user.login), self.env.cr.savepoint():
                self.as_manager(self.local).write({"user_id": user.id})
        self.as_manager(self.local).write({"user_id": self.integration.id})
        self.assertEqual(self.local.user_id, self.integration)

    def test_a_member_of_the_group_without_password_may_run_a_connection(self):
        member = self.make_user("robot", "group_integration")
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_users SET password = NULL WHERE id = %s", [member.id])
        member.company_ids |= self.here
        self.as_manager(self.local).write({"user_id": member.id})
        self.assertEqual(self.local.user_id, member)

    def test_a_company_is_one_of_the_managers(self):
        before = self.integration.company_ids
        for company_id in (self.there.id, False):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.as_manager(self.local).write({"company_id": company_id})
        self.assertEqual(self.integration.company_ids, before, "nobody let the integration user into it")
        self.assertEqual(self.local.company_id, self.here)

    def test_a_new_connection_belongs_to_the_managers_company(self):
        connections = self.as_manager(self.env["retail.sync.connection"])
        vals = {"name": "New", "system": "fake", "environment": "simulator", "base_url": "https://platform.example.com"}
        self.assertEqual(connections.create(vals).company_id, self.here)
        for company_id in (self.there.id, False):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                connections.create({**vals, "company_id": company_id})

    def test_a_stream_and_a_rule_move_to_no_connection_of_another_company(self):
        remote = self.make_connection(name="There", code="there", company_id=self.there.id)
        stream = self.as_manager(self.local.stream_ids[0])
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            stream.write({"connection_id": remote.id, "remote_object": "Moved"})
        line = self.as_manager(self.local.stream_ids[0].map_ids[0])
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            line.write({"stream_id": remote.stream_ids[0].id, "active": False})
        rules = self.as_manager(self.env["retail.sync.ownership.rule"])
        vals = {"entity": "customer", "canonical_field": "job_title"}
        rule = rules.create({**vals, "connection_id": self.local.id})
        for change in ({"connection_id": remote.id}, {"company_id": self.there.id}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                rule.write(change)
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                rules.create({**vals, **change})

    def test_an_administrator_of_all_companies_is_not_held_back(self):
        admin = self.make_user(
            "admin_of_all", "group_manager", company_ids=[Command.set(self.env["res.company"].search([]).ids)]
        )
        self.local.with_user(admin).write({"company_id": False})
        self.assertFalse(self.local.company_id)
