from odoo.tests import tagged

from ..engine_case import EngineCase
from ..fake_platform import FIRM

APOSTROPHES, BOTH_QUOTES = "rock 'n' roll", """rock 'n' "roll" """
# {what a warning says: its cause}
CAUSES = {
    # Apostrophes and quotes within a value, in the quotes of each language.
    "Language 'l'Aquila' is not installed in Odoo.": "Language … is not installed in Odoo.",
    "Country 'Val d'Isère' is not known in Odoo.": "Country … is not known in Odoo.",
    "Country 'the “Free” State' is not known in Odoo.": "Country … is not known in Odoo.",
    "Die Sprache „d'Oc“ ist in Odoo nicht installiert.": "Die Sprache … ist in Odoo nicht installiert.",
    "Die Sprache „Zum „Ochsen“-Platz“ ist in Odoo nicht installiert.": "Die Sprache … ist in Odoo nicht installiert.",
    "La langue « l'occitan » n'est pas installée dans Odoo.": "La langue … n'est pas installée dans Odoo.",
    "La langue « dit «oc» ici » n'est pas installée dans Odoo.": "La langue … n'est pas installée dans Odoo.",
    # The no-break spaces of French typography.
    "La langue «\u00a0oc\u00a0» n'est pas installée dans Odoo.": "La langue … n'est pas installée dans Odoo.",
    # As Python writes values.
    f"Phone: {APOSTROPHES!r} is no phone number; kept as it came.": "Phone: … is no phone number; kept as it came.",
    f"Phone: {BOTH_QUOTES!r} is no phone number; kept as it came.": "Phone: … is no phone number; kept as it came.",
    # Two values of one sentence are two.
    "State 'Bayern' is not known in 'Italy'.": "State … is not known in ….",
    "Das Land „A“ liegt nicht in „B“.": "Das Land … liegt nicht in ….",
    # Apostrophes of a sentence quote nothing.
    "L'état/province « Bavière » n'est pas connu dans l'Italie.": "L'état/province … n'est pas connu dans l'Italie.",
    "Odoo's rate is missing; the platform's is not.": "Odoo's rate is missing; the platform's is not.",
    # Ids, and records that come later.
    "These stay in Odoo alone: #4, #12, …": "These stay in Odoo alone: …",
    "The record refers to 'Firm/F1, Firm/F2', which is not in Odoo yet.": (
        "The record refers to …, which is not in Odoo yet."
    ),
}


@tagged("post_install", "-at_install")
class TestLinkWarnings(EngineCase):
    """Warnings are counted by cause, whatever values they quote and in whatever language."""

    def warn(self, *warnings):
        """Give each of as many linked firms one of these warnings; return the causes."""
        for number in range(len(warnings)):
            self.firm(f"F{number}")
        self.take(FIRM)
        for number, texts in enumerate(warnings):
            texts = [texts] if isinstance(texts, str) else texts
            self.link(f"F{number}").write({"warnings": texts, "has_warnings": True})
        return self.causes()

    def causes(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["retail.sync.link.warning"].search([("stream_id", "=", self.firms.id)])

    def test_a_cause_holds_no_value(self):
        self.warn(*CAUSES)
        links = self.env["retail.sync.link"]
        for text, cause in CAUSES.items():
            with self.subTest(text=text):
                found = links.search([("warning_cause", "=", cause)])
                self.assertIn(text, found.mapped("warning_text"))
        self.assertEqual(set(self.causes().mapped("cause")), set(CAUSES.values()))

    def test_counts_of_all_causes_are_one_query(self):
        causes = self.warn(*(f"Cause number {number} of 'x'" for number in "ABCDEFGH"), ["Cause number A of 'y'"] * 2)
        self.assertEqual(len(causes), 8)
        causes.mapped("cause")
        with self.assertQueryCount(1):
            counts = {warning.cause: warning.record_count for warning in causes}
        self.assertEqual(counts["Cause number A of …"], 2, "a record with two such warnings counts once")
        self.assertEqual(set(counts.values()), {1, 2})

    def test_a_count_is_that_of_the_records_that_the_user_may_see(self):
        cause = self.warn("Phone 'x' is no number.", "Phone 'y' is no number.")
        operator = self.make_user("operator", "group_operator")
        self.assertEqual(cause.with_user(operator).record_count, 2)
        hidden = self.partner("F1")
        self.env["ir.rule"].create(
            {
                "name": "One customer is hidden",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": f"[('id', '!=', {hidden.id})]",
            }
        )
        self.env.invalidate_all()
        seen = cause.with_user(operator)
        self.assertEqual(seen.record_count, 1)
        action = seen.action_open_links()
        self.assertEqual(self.env["retail.sync.link"].with_user(operator).search_count(action["domain"]), 1)

    def test_ids_are_stable_and_fit_31_bits(self):
        texts = [f"Cause {letter}{digit} holds" for letter in "ABCDEFGHIJ" for digit in "abcdefghij"]
        before = {warning.cause: warning.id for warning in self.warn(texts)}
        self.assertEqual(len(set(before.values())), 100)
        self.assertTrue(all(0 < id_ < 2**31 for id_ in before.values()))
        self.assertGreater(max(before.values()), 2**28, "all bits are used: few causes share an id")
        self.link("F0").warnings = [*reversed(texts[1:]), "Another cause"]
        after = {warning.cause: warning.id for warning in self.causes()}
        self.assertEqual({cause: after[cause] for cause in texts[1:]}, {cause: before[cause] for cause in texts[1:]})

    def test_a_screen_finds_a_row_again(self):
        cause = self.warn("Phone 'x' is no number.")
        self.assertEqual(cause.browse(cause.id).read(["cause"])[0]["cause"], "Phone … is no number.")
