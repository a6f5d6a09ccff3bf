import itertools
import random
from collections import Counter

from odoo.tests import tagged

from ...mapping.default_lines import CURRENCY
from ..clerk import LIMIT, words
from ..drawn_edits import DrawnEdits
from ..shapes_case import ShapesCase

ROUNDS = 3
EDITS = 10
# Edits that are made so many times as often as others: much hangs on whose record it is.
SHARES = {"limit": 2, "currency": 2, "parent": 2}


@tagged("post_install", "-at_install")
class TestSingleEdits(DrawnEdits, ShapesCase):
    """Whatever the org's shape, a single edit changes what stands for it on the other side, and nothing else on both.

    The shape is drawn: lists of states, currencies of records other than the company's, with a rate and without, and
    how private customers are kept. What the platform has afterwards reads as the edit.
    """

    def test_households(self):
        self.rounds("household")

    def test_one_account_of_private_customers(self):
        self.rounds("bucket")

    def test_contacts_without_an_account(self):
        self.rounds("private")

    def test_person_accounts(self):
        self.rounds("person accounts")

    def rounds(self, private):
        done = Counter()
        for seed in range(ROUNDS):
            rng = random.Random(f"{private} {seed}")
            # Every org of the draw has been tried once the rounds are through: with lists, and with several currencies.
            lists, currency = bool(seed % 2), (self.home, None, self.rated)[seed % 3]
            with self.subTest(private=private, seed=seed, lists=lists, currency=currency):
                self.one_round(rng, private, lists, currency, done)
        # A draw that never makes these edits would prove nothing about them.
        wanted = {"limit", "currency", "place"} | ({"parent"} if private != "person accounts" else set())
        wanted = {f"{side} {what}" for side in ("here", "there") for what in wanted} - {"here currency"}
        self.assertLessEqual(wanted, done.keys())

    def one_round(self, rng, private, lists, currency, done):
        self.open_org(private, lists, currency)
        codes = itertools.cycle(rng.sample((self.home, self.rated, self.unrated), 3))

        def kept_in():
            return {CURRENCY: next(codes)} if currency else {}

        firm, _other = (self.put_firm(rng, **kept_in()) for _ in range(2))
        self.put_private(rng, **kept_in())
        self.put_contact(rng, firm, **kept_in())
        self.take()
        self.made_before()
        self.rest()
        self.make_private(rng)
        self.rest()
        self.made_before()
        story = [{"lists": lists, "currency": currency}]
        self.assertFalse(self.differences(), story)
        if currency:
            self.give_limits(story)
        for number in range(EDITS):
            side = ("here", "there")[number % 2]
            key = rng.choice(list(self.keys))
            choices = getattr(self, f"edits_{side}")(key, self.keys[key])
            # What was edited least: chance alone would leave some out.
            what = min(sorted(choices), key=lambda name: (done[f"{side} {name}"] // SHARES.get(name, 1), rng.random()))
            done[f"{side} {what}"] += 1
            edit = choices[what](rng)
            story.append((side, self.keys[key], key, what, edit.vals))
            getattr(self, f"edit_{side}")(edit, story)
            self.assertFalse(self.differences(), story)
            self.assertFalse(self.waiting(), story)

    def give_limits(self, story):
        """Give a credit limit to each customer who may have one: of every currency there is a record."""
        before = self.there()
        for number, key in enumerate(self.keys):
            partner = self.partner(key)
            if not partner.parent_id:
                partner.with_company(self.company).credit_limit = 1000.5 + number
        self.env.flush_all()
        self.send()
        self.rest()
        self.assertFalse(self.differences(), story)
        sent = {(key, path) for key in self.keys for path in (LIMIT, "Odoo_Credit_State__c")}
        self.assert_changed(before, self.there(), sent, story)
        codes = {self.org.row(key)[CURRENCY] for key in self.keys if not self.partner(key).parent_id}
        self.assertLessEqual({self.home, self.rated, self.unrated}, codes)

    # -- an edit in Odoo

    def edit_here(self, edit, story):
        there, partner, calls = self.there(), self.partner(edit.key), len(self.org.written)
        company_before = self.company_over_there(edit.key)
        partner.with_company(self.company).write(edit.vals)
        self.env.flush_all()
        shown = self.here()
        self.send()
        self.assert_changed(there, self.there(), self.allowed(edit, edit.paths, edit.family_paths), story)
        self.rest()
        moved = "parent_id" in edit.vals
        if moved and company_before:
            # The platform owns whose a customer is: the move is taken back.
            self.assertEqual(self.company_over_there(edit.key), company_before, story)
        elif moved:
            self.assertEqual(self.partner(edit.key).parent_id.id, edit.vals["parent_id"], story)
        else:
            self.assertFalse({name for name, value in self.here().items() if value != shown.get(name)}, story)
        self.assert_changed(there, self.there(), self.allowed(edit, edit.paths, edit.family_paths), story)
        written = [fields for _name, _key, fields in self.org.written[calls:]]
        self.assertFalse([fields for fields in written if not fields], story)

    # -- an edit over there

    def edit_there(self, edit, story):
        here = self.here()
        self.org.edit(edit.key, **edit.vals)
        typed = self.there()
        self.rest()
        allowed = {
            (key, part, column)
            for key, part, column in {*here, *self.here()}
            if column in edit.family_columns
            and key in self.family(edit.key)
            or key == edit.key
            and (column in edit.columns or part)
        }
        self.assert_changed(here, self.here(), allowed, story)
        # Nothing of it is written back, but what Odoo alone decides.
        self.assert_changed(typed, self.there(), self.allowed(edit, edit.paths, edit.family_paths), story)

    # -- both

    def family(self, key):
        """The keys of a record's company and of all its people."""
        partner = self.partner(key)
        head = partner.commercial_partner_id
        return {found for found in self.keys if self.partner(found).commercial_partner_id == head} | {key}

    def allowed(self, edit, paths, family_paths):
        """{(key, field)} over there that an edit may change."""
        return {(edit.key, path) for path in paths | family_paths} | {
            (key, path) for key in self.family(edit.key) for path in family_paths
        }

    def assert_changed(self, before, after, allowed, story):
        changed = {name for name in {*before, *after} if _differ(before.get(name), after.get(name))}
        strange = {name: (before.get(name), after.get(name)) for name in changed - allowed}
        self.assertFalse(strange, story)


def _differ(left, right):
    return (
        words(left) != words(right) if isinstance(left, str) or isinstance(right, str) else (left or 0) != (right or 0)
    )
