from datetime import date, datetime

from odoo.tests import TransactionCase, tagged

from ...domain.rules import RULES, refusal
from ...models.access import rule_texts, texts


@tagged("post_install", "-at_install")
class TestTexts(TransactionCase):
    """Sentences for the rules that say no."""

    def test_every_rule_has_a_sentence(self):
        self.assertEqual(set(rule_texts.sentences(self.env)), set(RULES))

    def test_every_sentence_is_written_with_the_values_of_its_rule_alone(self):
        for code, sentence in rule_texts.sentences(self.env).items():
            written = sentence % {name: "<7>" for name in RULES[code].values}

            self.assertEqual(written.count("<7>"), sentence.count("%("), code)

    def test_lines_and_companies_are_called_by_their_names(self):
        product = self.env["product.product"].create({"name": "Lamp"})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Ada"}).id,
                "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 1})],
            }
        )
        refusals = [
            refusal("all_returned", line=order.order_line.id),
            refusal("company_not_allowed", company=self.env.company.id),
            refusal("scope_missing", scope="return"),
        ]

        found = texts.rule_documents(self.env, refusals)

        self.assertIn("Lamp", found[0].text)
        self.assertIn(self.env.company.name, found[1].text)
        self.assertIn("Announce a return", found[2].text)
        self.assertEqual(found[0].values, {"line": str(order.order_line.id)})

    def test_times_are_written_for_people(self):
        until = datetime(2026, 12, 1, 8, 30, 5, 123456)
        refusals = [
            refusal("machine_cap_count", cap="hour", most=1, until=until.isoformat()),
            refusal("machine_cap_count", cap="hour", most=0, until=""),
            refusal("window_over", line=0, days=30, ended=date(2026, 11, 1)),
        ]

        found = texts.rule_documents(self.env(context={"lang": "en_US", "tz": "UTC"}), refusals)

        self.assertIn("8:30", found[0].text)
        self.assertNotIn("T08", found[0].text)
        self.assertIn("11/01/2026", found[2].text)

    def test_rules_are_worded_in_the_language_of_the_caller(self):
        self.env["res.lang"]._activate_lang("de_DE")

        german = rule_texts.sentences(self.env(context={"lang": "de_DE"}))

        self.assertEqual(set(german), set(RULES))
