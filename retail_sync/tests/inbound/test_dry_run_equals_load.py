from random import Random

from odoo.tests import tagged

from ..dry_run_case import DryRunCase

COUNTS = ("n_linked", "n_created", "n_updated", "n_review", "n_failed", "n_excluded")
COLUMNS = {"email": "email", "phone": "phone", "website": "website", "vat": "vat", "name": "name"}
PLACES = (
    ("Via Roma", "10121", "Torino", "IT"),
    ("Hauptstraße", "80331", "München", "DE"),
    ("Rue de la Paix", "75002", "Paris", "FR"),
)
FAMILIES = ("Rossi", "Bianchi", "Huber", "Martin", "Conti", "Moreau", "Schneider", "Ferrari")
GIVEN = ("Anna", "Anne", "Daniel", "Daniela", "Paolo", "Paul", "Marie", "Maria", "Tim", "Tom", "Luisa", "Jean")
TRADES = ("Moden", "Optik", "Sport", "Uhren", "Calzature", "Fromages", "Ottica", "Velo")
FORMS = ("GmbH", "Srl", "SpA", "SARL")


class Retailer:
    """Records of one made-up platform, the same for the same seed, with the doubles that such platforms have."""

    def __init__(self, seed, households=False):
        self.random = Random(seed)
        self.households = households
        self.firms, self.people = [], []

    def place(self):
        street, code, city, country = self.random.choice(PLACES)
        return {"street": f"{street} {self.random.randint(1, 40)}", "zip": code, "city": city, "country": country}

    def phone(self):
        return f"+39011{self.random.randint(2_000_000, 9_999_999)}"

    def firm(self):
        name = f"{self.random.choice(FAMILIES)} {self.random.choice(TRADES)} {self.random.choice(FORMS)}"
        word = name.split()[0].lower()
        values = {"name": name, **self.place(), "phone": self.phone(), "email": f"info@{word}{len(self.firms)}.example"}
        if self.random.random() < 0.5:
            values["website"] = f"https://{word}{len(self.firms)}.example"
        if self.firms and self.random.random() < 0.2:
            # Entered twice: as it was, or a little otherwise.
            values = dict(self.random.choice(self.firms))
            if self.random.random() < 0.6:
                values["name"] = values["name"].replace("GmbH", "G.m.b.H.").replace("Srl", "S.r.l.").upper()
            if self.random.random() < 0.4:
                values.pop("phone", None)
        if self.random.random() < 0.2:
            # Half of them stand before the record to which they refer.
            values["parent"] = f"F{self.random.randint(0, 50):03}"
        return values

    def person(self, firms):
        name = f"{self.random.choice(GIVEN)} {self.random.choice(FAMILIES)}"
        local = name.lower().replace(" ", ".")
        values = {"name": name, "email": f"{local}{self.random.randint(1, 9)}@mail.example"}
        if self.random.random() < 0.6:
            values["phone"] = self.phone()
        if self.households or self.random.random() < 0.3:
            values.update(self.place())
        if not self.households and self.random.random() < 0.8:
            values["firm"] = f"F{self.random.randint(0, firms + 3):03}"
        if self.people and self.random.random() < 0.15:
            values = dict(self.random.choice(self.people))
            if self.random.random() < 0.5:
                values["name"] = " ".join(reversed(values["name"].split()))
        elif self.people and self.households and self.random.random() < 0.5:
            # A relative: one address and one telephone.
            other = self.random.choice(self.people)
            shared = {key: other[key] for key in ("street", "zip", "city", "country", "phone") if key in other}
            values = {**values, "name": f"{self.random.choice(GIVEN)} {other['name'].split()[-1]}", **shared}
        return values

    def make(self, firms, people):
        for _number in range(firms):
            self.firms.append(self.firm())
        for _number in range(people):
            self.people.append(self.person(firms))
        return self


@tagged("post_install", "-at_install")
class TestDryRunEqualsLoad(DryRunCase):
    """The figures of a dry run are those of the load that follows, whatever records of one load resemble each other."""

    def seed(self, retailer):
        for number, values in enumerate(retailer.firms):
            self.firm(f"F{number:03}", **values)
        for number, values in enumerate(retailer.people):
            self.person(f"P{number:03}", **values)

    def customers_before(self, retailer, count):
        """Put some of the records into Odoo as an old system had them: with gaps, and some values of other days."""
        kept = []
        for values in retailer.random.sample(retailer.firms, count):
            vals = {"name": values["name"], "is_company": True, "street": values["street"], "zip": values["zip"]}
            vals["email"] = values["email"] if retailer.random.random() < 0.7 else False
            vals["website"] = "https://old.example" if retailer.random.random() < 0.3 else False
            kept.append(vals)
        for values in retailer.random.sample(retailer.people, count):
            kept.append({"name": values["name"], "email": values["email"]})
        return self.partners.create(kept)

    def counts(self, runs):
        return {run.stream_id.name: {name: run[name] for name in COUNTS} for run in runs}

    def written(self, customers, before):
        """Return {(effect, field): customers} of what happened to those that Odoo had."""
        found = {}
        for customer, held in zip(customers, before, strict=True):
            for field, column in COLUMNS.items():
                old, new = held[column] or False, customer[column] or False
                if old != new:
                    effect = "fill" if not old else "overwrite" if new else "empty"
                    found[effect, field] = found.get((effect, field), 0) + 1
        return found

    def forecast(self, runs):
        lines = self.env["retail.sync.dry.run.line"].search(
            [("run_id", "in", runs.ids), ("side", "=", "odoo"), ("part", "=", "main")]
        )
        found = {}
        for line in lines:
            if line.effect in ("fill", "overwrite", "empty") and line.field in COLUMNS:
                found[line.effect, line.field] = found.get((line.effect, line.field), 0) + line.count
        return found

    def check(self, retailer, page_size, before=0):
        self.connection.stream_ids.page_size = page_size
        self.seed(retailer)
        customers = self.customers_before(retailer, before) if before else self.partners.browse()
        self.env.flush_all()
        held = customers.read(list(COLUMNS.values()))
        partners = self.partners.search_count([])
        dry = self.dry_run()
        self.assertEqual(self.partners.search_count([]), partners)
        self.assertFalse(self.env["retail.sync.dry.run.record"].search_count([]))
        self.assertFalse(self.env["retail.sync.dry.run.key"].search_count([]))
        self.assertFalse(self.env["retail.sync.match.decision"].search_count([]))
        forecast = self.forecast(dry)
        real = self.load()
        self.assertEqual(self.counts(dry), self.counts(real))
        self.assertEqual(forecast, self.written(customers, held))
        return self.counts(real)

    def test_doubles_within_a_load_over_many_pages(self):
        counts = self.check(Retailer(1).make(40, 60), page_size=9)
        self.assertTrue(counts["Firms"]["n_review"])

    def test_doubles_of_another_seed(self):
        self.check(Retailer(2).make(40, 60), page_size=7)

    def test_doubles_of_a_third_seed(self):
        self.check(Retailer(3).make(40, 60), page_size=20)

    def test_households(self):
        counts = self.check(Retailer(11, households=True).make(0, 80), page_size=13)
        self.assertGreater(counts["Persons"]["n_created"], 40)

    def test_customers_that_odoo_had(self):
        counts = self.check(Retailer(21).make(40, 50), page_size=9, before=12)
        self.assertTrue(counts["Firms"]["n_linked"])

    def test_pages_of_other_sizes_say_the_same(self):
        self.check(Retailer(31).make(30, 40), page_size=100)
