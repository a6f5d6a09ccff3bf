from lxml import html

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_open

# What the engine itself reports; each must be explained by more than the last resort.
CODES = """
    REQUIRED_FIELD BAD_BOOLEAN BAD_DATE BAD_NUMBER BAD_VALUE BAD_RECORD BAD_TEXT BAD_URL VALUE_NOT_MAPPED
    TRANSFORM_FAILED UNKNOWN_FIELD UNKNOWN_TRANSFORM ODOO_VALIDATION ODOO_ACCESS ODOO_DATABASE ODOO_UNEXPECTED
    DELETE_REFUSED POSSIBLE_DUPLICATE TWIN NEW_RECORD CONFLICT JOB_CRASHED JOB_FAILED BREAKER_OPEN
    BUDGET_EXHAUSTED TLS_CERTIFICATE TLS_ERROR PROXY_ERROR NOT_JSON NAME_NOT_RESOLVED CONNECTION_ERROR
    CONNECTION_BROKEN CONNECT_TIMEOUT READ_TIMEOUT TIMEOUT OUT_OF_MEMORY
    INTERNAL_PARTNER CLAIMED_ID UNDONE PREPARE_FAILED OVERWRITTEN MASS_REFUSAL
    EFFECT_UNKNOWN KEY_NOT_UNIQUE LOCAL_DELETION NO_ANSWER REFERENCE_MISSING
""".split()


@tagged("post_install", "-at_install")
class TestFaultRules(TransactionCase):
    def match(self, code, text="", system="none"):
        return self.env["retail.sync.fault.rule"]._match(system, code, text)

    def test_every_code_of_the_engine_is_explained(self):
        fallback = self.env.ref("retail_sync.fault_rule_fallback")
        for code in CODES:
            rule = self.match(code)
            self.assertTrue(rule and rule != fallback, code)
            self.assertTrue(rule.name and rule.next_step and rule.team, code)
        self.assertEqual(self.match("SOMETHING_ELSE"), fallback)

    def test_match_reviews_are_business(self):
        for code in ("POSSIBLE_DUPLICATE", "TWIN", "NEW_RECORD"):
            self.assertEqual((self.match(code).fault_class, self.match(code).team), ("duplicate", "business"))
        self.assertEqual(self.match("TLS_CERTIFICATE").fault_class, "contract")
        self.assertEqual(self.match("TLS_ERROR").fault_class, "transient")

    def test_own_rules_go_before(self):
        own_rule = self.env["retail.sync.fault.rule"].create(
            {
                "name": "Our validation",
                "sequence": 1,
                "system": "shop",
                "code_pattern": "ODOO_VAL*",
                "message_pattern": "credit",
                "fault_class": "business",
                "next_step": "Ask accounting.",
            }
        )
        self.assertEqual(self.match("ODOO_VALIDATION", "Credit limit is negative", "shop"), own_rule)
        for text, system in (("Something else", "shop"), ("Credit limit is negative", "other")):
            self.assertEqual(self.match("ODOO_VALIDATION", text, system).name, "Odoo refuses the values")

    def make_rule(self, codes):
        return self.env["retail.sync.fault.rule"].create(
            {"name": "Ours", "sequence": 1, "code_pattern": codes, "fault_class": "business", "next_step": "Ask."}
        )

    def test_codes_separated_by_blanks_are_several(self):
        rule = self.make_rule("FIRST_CODE  SECOND_*")
        for code in ("FIRST_CODE", "second_code"):
            self.assertEqual(self.match(code), rule, code)
        self.assertNotEqual(self.match("FIRST_CODE SECOND_CODE"), rule)
        self.assertIn("separated by blanks", rule._fields["code_pattern"].help)

    def test_codes_that_could_never_match_are_refused(self):
        """A rule for "A, B" was stored, and explained only B."""
        for codes in ("FIRST_CODE, SECOND_CODE", "FIRST_CODE;SECOND_CODE", "  "):
            with self.subTest(codes=codes), self.assertRaisesRegex(ValidationError, "separate codes by blanks"):
                self.make_rule(codes)

    def test_rules_are_read_once_until_one_changes(self):
        rule = self.match("CONFLICT", "first")
        with self.assertQueryCount(0):
            self.assertEqual(self.match("CONFLICT", "second"), rule)
        rule.active = False
        self.assertNotEqual(self.match("CONFLICT"), rule)
        rule.active = True
        self.assertEqual(self.match("CONFLICT"), rule)
        rule.unlink()
        self.assertNotEqual(self.match("CONFLICT"), rule)

    def test_a_regular_expression_is_refused(self):
        """A steward's ^([a-z. ]+)+[0-9]$ hung each worker that met a fault, until it was killed."""
        rule = self.match("ODOO_VALIDATION")
        for text in (r"^([a-z. ]+)+[0-9]$", "(a|b)", "x" * 201):
            with self.subTest(text), self.assertRaisesRegex(ValidationError, "Write"):
                rule.message_pattern = text
        rule.message_pattern = "value (x) * limit"
        self.assertEqual(self.match("ODOO_VALIDATION", "The Value (X) is over its limit"), rule)

    def test_a_regular_expression_that_an_older_version_stored_matches_nothing(self):
        rule = self.make_rule("OLDER")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE retail_sync_fault_rule SET message_pattern = %s WHERE id = %s", [r"^([a-z. ]+)+[0-9]$", rule.id]
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertNotEqual(self.match("OLDER", "a" * 60), rule)

    def test_a_runbook_is_a_page_of_the_web_or_of_this_server(self):
        rule = self.match("ODOO_VALIDATION")
        for url in ("javascript:alert(1)", "//elsewhere.example.com", "/\\elsewhere.example.com", "data:text/html,x"):
            with self.subTest(url), self.assertRaisesRegex(ValidationError, "no web address"):
                rule.runbook_url = url
        for url in ("https://example.com/page", "/retail_sync/static/description/runbooks.html#x", False):
            rule.runbook_url = url

    def test_runbooks_are_there(self):
        pages = {}
        rules = self.env["retail.sync.fault.rule"].search([("runbook_url", "=like", "/retail_sync/%")])
        self.assertGreater(len(rules), 20)
        for rule in rules:
            path, _hash, anchor = rule.runbook_url.strip("/").partition("#")
            if path not in pages:
                with file_open(path) as page:
                    pages[path] = set(html.fromstring(page.read()).xpath("//h2/@id"))
            self.assertIn(anchor, pages[path], rule.name)
