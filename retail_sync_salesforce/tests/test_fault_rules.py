import re

from odoo.tests import tagged
from odoo.tools import file_open

from odoo.addons.retail_sync.domain.resilience.faults import classify_by_rules

from ..client import errors
from .common import SalesforceCase


@tagged("post_install", "-at_install")
class TestFaultRules(SalesforceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["retail.sync.fault.rule"].search([("system", "=", "salesforce")])

    def test_every_code_the_client_knows_has_a_cause_and_a_next_step(self):
        """And it is classed alike by the client, who decides about retries, and by the rule that people see."""
        rules = [rule._rule() for rule in self.rules]
        for code, kind in errors.KIND_BY_CODE.items():
            found = classify_by_rules(rules, code, "")
            with self.subTest(code=code):
                self.assertTrue(found, "no rule")
                self.assertEqual(self.rules.browse(found.key).fault_class, kind)

    def test_our_rules_come_before_the_engines(self):
        rule = self.env["retail.sync.fault.rule"]._match("salesforce", "QUERY_TIMEOUT", "")
        self.assertEqual(rule.system, "salesforce")
        rule = self.env["retail.sync.fault.rule"]._match("salesforce", "UNKNOWN_EXCEPTION", "")
        self.assertEqual(rule.name, "Unexpected error in Salesforce")

    def test_two_kinds_of_limit(self):
        match = self.env["retail.sync.fault.rule"]._match
        text = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
        self.assertIn("concurrent", match("salesforce", "REQUEST_LIMIT_EXCEEDED", text).name)
        self.assertIn("daily", match("salesforce", "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.").name)

    def test_runbooks_exist(self):
        with file_open("retail_sync_salesforce/static/description/runbooks.html") as page:
            anchors = set(re.findall(r'<h2 id="([\w-]+)"', page.read()))
        for rule in self.rules:
            path, _hash, anchor = rule.runbook_url.partition("#")
            self.assertEqual(path, "/retail_sync_salesforce/static/description/runbooks.html")
            self.assertIn(anchor, anchors, rule.name)
