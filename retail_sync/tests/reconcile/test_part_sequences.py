import random

from odoo.tests import tagged

from .test_parts import NOWHERE, SHIPPED, PartsCase

SEQUENCES, STEPS = 8, 6
MAIN = {"street": "Via Roma 1", "city": "Torino", "zip": "10100", "country": "IT"}


@tagged("post_install", "-at_install")
class TestPartSequences(PartsCase):
    """Whatever is done to an address on either side, and whichever answers are lost: at rest both sides are equal."""

    def test_sequences(self):
        for seed in range(SEQUENCES):
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                self.platform.reset()
                self.seen = dict.fromkeys(self.seen, 0)
                self.play(random.Random(seed))
                savepoint.rollback()
                self.env.invalidate_all()

    def play(self, chance):
        partner = self.firm_with(**(SHIPPED if chance.random() < 0.7 else {}))
        self.made = set(self.children(partner).ids)
        done = []
        for number in range(STEPS):
            action = chance.choice([self.edit_here, self.end_here, self.add_here, self.edit_there, self.empty_there,
                                    self.copy_there, self.move_here])  # fmt: skip
            done.append(action.__name__)
            before = self.children(partner).filtered("active")
            self.platform.answer_lost = chance.random() < 0.3
            archived = action(partner, number)
            self.exchange()
            self.platform.answer_lost = False
            self.made_before()
            self.check(partner, before, archived, done)

    def check(self, partner, before, archived, done):
        children = self.children(partner)
        active = children.filtered("active")
        self.assertFalse(self.message("F1").filtered(lambda message: message.state == "open"), done)
        self.assertLessEqual(len(active), 1, done)
        if not archived:
            self.assertEqual(before.exists().filtered("active"), before, done)
        street = self.shipped()[0]
        # The copy of the main address needs no record; a record that is there shows what the platform shows.
        shown = active.street or (self.remote("F1")["street"] if street == partner.street else None)
        self.assertEqual(street, shown or None, done)
        self.assertEqual(self.remote("F1")["street"], partner.street, done)

    def children(self, partner):
        return self.partners.search([("parent_id", "=", partner.id), ("type", "=", "delivery")])

    def edit_here(self, partner, number):
        self.children(partner).filtered("active").write({"street": f"Here {number}"})

    def end_here(self, partner, number):
        child = self.children(partner).filtered("active")
        child.unlink() if number % 2 else child.write({"active": False})
        return True

    def add_here(self, partner, number):
        if not self.children(partner).filtered("active"):
            self.address(partner, f"Added {number}")

    def edit_there(self, partner, number):
        self.later_than_odoo()
        self.platform.now += number * 1000
        self.firm("F1", **{**SHIPPED, "ship_street": f"There {number}"})

    def empty_there(self, partner, number):
        self.later_than_odoo()
        self.platform.now += number * 1000
        self.firm("F1", **NOWHERE)
        return True

    def copy_there(self, partner, number):
        self.later_than_odoo()
        self.platform.now += number * 1000
        row = self.remote("F1")
        self.firm("F1", **{f"ship_{name}": row[name] for name in MAIN})

    def move_here(self, partner, number):
        partner.street = f"Moved {number}"
