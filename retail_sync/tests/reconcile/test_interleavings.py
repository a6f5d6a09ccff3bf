import random
import time

from odoo.tests import tagged

from ..outbound_case import OutboundCase

ROUNDS = 12
STEPS = 14
# canonical name -> (partner column, platform field)
FIELDS = {
    "phone": ("phone", "phone"),
    "email": ("email", "email"),
    "website": ("website", "website"),
    "customer_number": ("ref", "number"),
    "vat": ("vat", "vat"),
}


@tagged("post_install", "-at_install")
class TestInterleavings(OutboundCase):
    """Any order of edits, deliveries and polls ends in the state that the ownership rules say."""

    def value(self, name, number):
        return {
            "phone": f"+3904321{number:05}",
            "email": f"mail{number}@example.com",
            "website": f"http://site{number}.example",
            "customer_number": f"C{number}",
            "vat": f"IT{number:011}",
        }[name]

    def test_random_interleavings(self):
        self.ownership_rule("customer_number", "odoo")
        self.ownership_rule("website", "remote")
        self.ownership_rule("email", "shared", "most_recent")
        self.ownership_rule("phone", "shared", "most_recent")
        self.ownership_rule("vat", "shared", "most_complete")
        for seed in range(ROUNDS):
            with self.subTest(seed=seed):
                self.one_round(random.Random(seed), f"F{seed}")

    def one_round(self, rng, key):
        partner = self.linked_firm(key, number=None, vat=None)
        last = {name: {"odoo": None, "platform": None, "latest": None} for name in FIELDS}
        story = []
        for step in range(STEPS):
            action = rng.choice(["odoo", "odoo", "platform", "platform", "route", "deliver", "poll"])
            name = rng.choice(sorted(FIELDS))
            story.append((action, name))
            if action in ("odoo", "platform"):
                value = self.value(name, rng.randrange(1, 99999) * 100 + step)[:60]
                self.edit(action, partner, key, name, value)
                last[name].update({action: value, "latest": value})
            elif action == "route":
                self.route()
            elif action == "deliver":
                self.send()
            else:
                self.poll()
        for _turn in range(3):
            self.send()
            self.poll()
        self.env.invalidate_all()
        for name, (column, field) in FIELDS.items():
            here, there = partner[column] or None, self.remote(key).get(field)
            expected = last[name]
            self.assertEqual(here, there, f"{name} differs after {story}")
            self.assertIn(here, (expected["odoo"], expected["platform"]), f"{name} is no side's value after {story}")
        for name, owner, other in (("customer_number", "odoo", "platform"), ("website", "platform", "odoo")):
            here, expected = partner[FIELDS[name][0]] or None, last[name]
            if expected[owner]:
                self.assertEqual(here, expected[owner], f"{name} is not its owner's value after {story}")
            else:  # an owner that never had a value does not empty the one that the other side filled in
                self.assertEqual(bool(here), bool(expected[other]), f"{name} was emptied after {story}")
        self.assertFalse(self.outbox("pending", "sending", "parked", "open"), story)

    def edit(self, side, partner, key, name, value):
        column, field = FIELDS[name]
        if side == "odoo":
            partner.write({column: value})
            self.env.flush_all()
            time.sleep(0.002)
        else:
            # A platform's clock never goes back, whatever ours says.
            self.platform.now = max(self.platform.now, int(time.time() * 1000) - 1000)
            self.firm(key, **{field: value})
            time.sleep(0.002)

    def test_rounds_are_not_all_alike(self):
        """A generator that never makes both sides edit one field would prove nothing."""
        both = 0
        for seed in range(ROUNDS):
            rng, edited = random.Random(seed), {"odoo": set(), "platform": set()}
            for _step in range(STEPS):
                action = rng.choice(["odoo", "odoo", "platform", "platform", "route", "deliver", "poll"])
                name = rng.choice(sorted(FIELDS))
                if action in edited:
                    rng.randrange(1, 99999)
                    edited[action].add(name)
            both += bool(edited["odoo"] & edited["platform"])
        self.assertGreater(both, ROUNDS // 2)
