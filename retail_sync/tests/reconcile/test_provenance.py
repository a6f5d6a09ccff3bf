from odoo.tests import TransactionCase, tagged

from ...domain.reconcile.reasons import Reason
from ...models.links import reasons


@tagged("post_install", "-at_install")
class TestProvenance(TransactionCase):
    def test_each_reason_has_a_sentence(self):
        self.assertEqual(set(reasons.reason_texts(self.env)), set(Reason))

    def test_codes_are_kept_and_sentences_are_shown(self):
        kept = {"name": {"from": "remote", "why": Reason.remote_later.value, "at": "2026-11-29 10:00:00"}}
        (shown,) = reasons.in_words(self.env, kept).values()
        self.assertEqual(shown["from"], "The platform")
        self.assertEqual(shown["why"], "Both sides changed it: the platform's edit is the later one.")
        self.assertEqual(shown["at"], kept["name"]["at"])
        self.assertEqual(reasons.in_words(self.env, None), {})
