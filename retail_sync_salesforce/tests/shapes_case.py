"""Orgs of drawn shapes, and the customers in them."""

import string

from stdnum import luhn

from odoo import fields

from odoo.addons.retail_sync.models.inbound import intake
from odoo.addons.retail_sync.models.outbox import outbox as outbox_steps
from odoo.addons.retail_sync.tests.common import JobsMixin
from odoo.addons.retail_sync.tests.outbound_case import route_all

from .clerk import CONTACT, FIRM, PERSON, Clerk
from .common import SalesforceCase
from .fake_org import USER_ID
from .shaped_org import COUNTRIES, EXTERNAL_ID, PERSON_TYPE, UNLISTED, ShapedOrg

# City, postal code, state and country by their codes.
PLACES = (
    ("Milano", "20121", "MI", "IT"),
    ("Torino", "10121", "TO", "IT"),
    ("Fresno", "93650", "CA", "US"),
    ("Passau", "94032", "BY", "DE"),
)


class ShapesCase(JobsMixin, Clerk, SalesforceCase):
    """Tests of the whole way between Odoo and an org of a drawn shape, through engine and adapter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        streams = cls.connection.stream_ids
        streams.write({"state": "live", "export_policy": "always"})
        cls.connection.write({"state": "running", "connected_at": fields.Datetime.now()})
        cls.company = cls.connection.company_id or cls.connection.user_id.company_id
        cls.company.account_use_credit_limit = True
        users = cls.env["res.users"].with_context(no_reset_password=True)
        cls.salespeople = users.create(
            [{"name": name, "login": name, "email": f"{name}@sales.example"} for name in ("rep", "other")]
        )
        cls.home = cls.company.currency_id.name
        cls.rated, cls.unrated = [code for code in ("CHF", "SEK", "NOK") if code != cls.home][:2]
        currencies = cls.env["res.currency"].with_context(active_test=False)
        cls.env["res.currency.rate"].search(
            [("currency_id", "in", currencies.search([("name", "in", (cls.rated, cls.unrated))]).ids)]
        ).unlink()
        cls.rate_currency = currencies.search([("name", "=", cls.rated)])
        cls.env["res.currency.rate"].create(
            {
                "currency_id": cls.rate_currency.id,
                "company_id": cls.company.root_id.id,
                "name": "2020-01-01",
                "rate": 0.75,
            }
        )

    # -- both sides

    def open_org(self, private, lists, currency):
        """Let the connection lead to an org of this shape. private: how it keeps private customers."""
        self.org = ShapedOrg(lists=lists, currency=currency, persons=private == "person accounts")
        self.org.rows["User"] = [
            {
                "Id": USER_ID,
                "SystemModstamp": "2026-01-01T00:00:00.000+0000",
                "Username": "i@x.example",
                "Email": "i@x",
            },
            *(
                {
                    **{"Id": f"0055g00000B000{number}AAB", "SystemModstamp": "2026-01-01T00:00:00.000+0000"},
                    **{"Username": user.email, "Email": user.email, "IsActive": True, "UserType": "Standard"},
                }
                for number, user in enumerate(self.salespeople, 1)
            ),
        ]
        self.users = {user["Email"]: user["Id"] for user in self.org.rows["User"]}
        self.private, self.keys, self.bucket = private, {}, None
        values = {"sf_private_customers": private}
        if private == "bucket":
            self.bucket = self.org.put("Account", Name="Private customers")
            values["sf_private_account"] = self.bucket
        elif private == "person accounts":
            values["sf_private_customers"] = "private"
        self.connection.write({**values, "sf_person_accounts": False})
        self.connection.stream_ids.write({"sf_schema": False})

    def take(self):
        """Take the records in as they are now, accounts first."""
        for stream, prefix in ((self.accounts, "001"), (self.contacts, "003")):
            ids = [key for key in self.keys if key.startswith(prefix)]
            rows, missing = self.adapter.read_by_ids(stream, ids)
            self.assertFalse(missing)
            run = self.env["retail.sync.run"].create(
                {
                    "connection_id": self.connection.id,
                    "stream_id": stream.id,
                    "kind": "poll",
                    "state": "running",
                    "correlation_id": "test-poll",
                }
            )
            intake.process(self.env, stream, rows, run)
            self.env.flush_all()
            self.env.invalidate_all()

    def send(self):
        """Deliver everything that is due; return how many jobs there were."""
        self.env.flush_all()
        route_all(self.env)
        self.env.invalidate_all()
        outbox_steps.trigger_due(self.env(su=True), self.connection.stream_ids)
        return self.run_jobs()

    def rest(self):
        """Let each side hear of the other until both have nothing more to say."""
        for _turn in range(4):
            self.take()
            if not self.send():
                return
        self.fail("The sides answer each other for ever.")

    def made_before(self):
        """Let all customers be of an earlier day: a test is one transaction, and what it creates would be news."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET create_date = create_date - interval '1 day'")
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.env.invalidate_all()

    def links_of(self, key):
        domain = [("connection_id", "=", self.connection.id), ("external_id", "=", key), ("part", "=", "main")]
        return self.env["retail.sync.link"].search(domain)

    def partner(self, key):
        return self.env["res.partner"].browse(self.links_of(key).res_id)

    def waiting(self):
        """Messages that are not through: an edit that was only taken down proves nothing."""
        domain = [("connection_id", "=", self.connection.id), ("state", "not in", ("done", "superseded", "ignored"))]
        return (
            self.env["retail.sync.message"]
            .search(domain)
            .mapped(lambda message: (message.kind, message.state, message.fault_code, message.fault_message))
        )

    # -- making customers

    def word(self, rng):
        return "".join(rng.choices(string.ascii_lowercase, k=10)).title()

    def vat(self, rng):
        """A right tax ID that no other customer has: two of one number would be a review."""
        number = f"{rng.randrange(10**7):07d}015"
        return f"IT{number}{luhn.calc_check_digit(number)}"

    def place(self, rng, prefix):
        """An address as the platform's users type it; of an org with lists, its codes."""
        city, code, state, country = rng.choice(PLACES)
        name, states = {**COUNTRIES, **UNLISTED}[country]
        values = {"Street": f"Via {self.word(rng)} {rng.randint(1, 90)}", "City": city, "PostalCode": code}
        if self.org.lists:
            listed = country in COUNTRIES
            values |= {"CountryCode": country, "StateCode": state if listed else None}
        else:
            values |= {"Country": name, "State": rng.choice((state, states[state]))}
        return {f"{prefix}{part}": value for part, value in values.items()}

    def of_person(self, rng):
        return {
            "FirstName": self.word(rng),
            "LastName": f"{self.word(rng)} {self.word(rng)}" if rng.random() < 0.3 else self.word(rng),
            **({"MiddleName": self.word(rng)} if rng.random() < 0.4 else {}),
            "OwnerId": self.users[rng.choice(self.salespeople).email],
        }

    def put_firm(self, rng, **values):
        key = self.org.put(
            "Account",
            Name=f"{self.word(rng)} {self.word(rng)}",
            Website=f"https://{self.word(rng).lower()}.example",
            Phone=f"+39021{rng.randint(100000, 999999)}",
            OwnerId=self.users[rng.choice(self.salespeople).email],
            **({"Odoo_VAT_Number__c": self.vat(rng)} if rng.random() < 0.3 else {}),
            **self.place(rng, "Billing"),
            **values,
        )
        self.keys[key] = FIRM
        return key

    def put_contact(self, rng, account, **values):
        phone = rng.choice(("Phone", "MobilePhone"))
        values = {**self.of_person(rng), phone: f"+39021{rng.randint(100000, 999999)}", **values}
        values |= self.place(rng, "Mailing")
        key = self.org.put(
            "Contact", Email=f"{self.word(rng).lower()}@mail.example", Title="Buyer", AccountId=account, **values
        )
        self.keys[key] = CONTACT
        return key

    def put_private(self, rng, **values):
        """A private customer, as the org keeps them."""
        if self.private == "person accounts":
            email = f"{self.word(rng).lower()}@mail.example"
            person = {**self.of_person(rng), "PersonEmail": email, "PersonMobilePhone": "+39021999888", **values}
            key = self.org.put("Account", RecordTypeId=PERSON_TYPE, **person, **self.place(rng, "PersonMailing"))
            self.keys[key] = PERSON
            return key
        account = self.bucket
        if self.private == "household":
            account = self.org.put("Account", Name="Old Household", **{EXTERNAL_ID: "0123abcd:household:7"})
        return self.put_contact(rng, account, **values)

    def make_private(self, rng):
        """A private customer who is made in Odoo; the key over there."""
        city, code, _state, country = rng.choice(PLACES)
        name = f"{self.word(rng)} {self.word(rng)}"
        partner = self.env["res.partner"].create(
            {
                **{"name": name, "email": f"{name.split()[1].lower()}@mail.example", "phone": "+390217778889"},
                **{"street": "Via Nuova 1", "city": city, "zip": code, "user_id": self.salespeople[0].id},
                "country_id": self.env["res.country"].search([("code", "=", country)]).id,
            }
        )
        self.send()
        link = self.env["retail.sync.link"].search(
            [("connection_id", "=", self.connection.id), ("res_id", "=", partner.id), ("part", "=", "main")]
        )
        self.assertTrue(link, self.waiting())
        self.keys[link.external_id] = PERSON if link.external_id.startswith("001") else CONTACT
        return link.external_id
