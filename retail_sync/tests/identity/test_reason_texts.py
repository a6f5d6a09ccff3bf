from odoo.tests import TransactionCase, tagged

from ...domain.identity.decide.decision import CREATE, LINK, REVIEW, Decision
from ...domain.identity.rules.company_rules import COMPANY_RULES
from ...domain.identity.rules.person_rules import PERSON_RULES
from ...domain.identity.rules.vetoes import MIXED_RULES, SEPARATE_RECORDS
from ...models.identity.evidence_labels import decision_text
from ...models.identity.reason_texts import outcome_texts, rule_texts


@tagged("post_install", "-at_install")
class TestReasonTexts(TransactionCase):
    def test_each_rule_has_a_sentence_and_each_sentence_a_rule(self):
        codes = {name for rules in (COMPANY_RULES, PERSON_RULES, MIXED_RULES) for name, _effect, _holds in rules}
        codes.add(SEPARATE_RECORDS.rule)
        self.assertEqual(set(rule_texts(self.env)), codes)
        self.assertEqual(codes & set(outcome_texts(self.env)), set())

    def test_decisions_are_explained(self):
        texts = [
            decision_text(self.env, decision)
            for decision in (
                Decision(LINK, 1, "evidence", ("email", "street")),
                Decision(CREATE, None, "tax_id"),
                Decision(CREATE, None, "no_candidate"),
                Decision(REVIEW, None, "twins"),
                Decision(REVIEW, None, "tie"),
            )
        ]
        self.assertEqual(
            texts,
            [
                "Agrees: E-mail, Street. No rule objects.",
                "The most similar customer is a different one. The tax IDs differ: two legal entities.",
                "No customer shares a value with the record.",
                "The first names are similar or missing: a spelling mistake, or another member of the family.",
                "Several customers have equal evidence, and they are not duplicates of each other.",
            ],
        )
