"""What people may edit of a record on either side, and what stands for it on the other one."""

from dataclasses import dataclass, field

from ..mapping.default_lines import CURRENCY
from .clerk import ADDRESS, BLOCKED, CONTACT, FIRM, LIMIT, OPT_OUTS, PATHS, PHONES, PREFIX
from .shaped_org import NAME_PATHS
from .shapes_case import PLACES

# Shown on the records of all people of a company; VAT status and credit state follow from others.
COMMERCIAL = {BLOCKED, "Odoo_Block_Reason__c", "Odoo_Blocked_Until__c", LIMIT, "Odoo_Credit_State__c"}
COMMERCIAL |= {"Odoo_Payment_Terms__c", "Odoo_Tax_Class__c", "Odoo_VAT_Status__c"}
COMMERCIAL |= {"Odoo_Amount_Due__c", "Odoo_Overdue_Amount__c"}
# Core gives these of a company to its people, and to those who come to it.
OF_COMPANY = {"vat", "credit_limit"}
MOVED = {"parent_id", "type", *OF_COMPANY}
NUMBERS = ("+390233334444", "+4533123457", False)
# Stands for a word that no other record has.
WORD = object()


@dataclass
class Edit:
    """key: record that is edited; vals: in Odoo's columns or the platform's fields.

    paths, columns: what may change of it on either side. family_paths, family_columns: of its whole family too.
    """

    key: str
    vals: dict
    paths: set = field(default_factory=set)
    columns: set = field(default_factory=set)
    family_paths: set = field(default_factory=set)
    family_columns: set = field(default_factory=set)


class DrawnEdits:
    """A part of a ShapesCase. edits_here, edits_there: {name of an edit of a record: function that draws it}."""

    def edits_here(self, key, kind):
        prefix = PREFIX[kind]
        name_paths = {*NAME_PATHS, "Name"}

        def column(name, path, *values):
            return lambda rng: Edit(key, {name: self.drawn(rng, values)}, {path})

        found = {
            "name": lambda rng: Edit(key, {"name": f"{self.word(rng)} {self.word(rng)}"}, name_paths),
            "phone": lambda rng: Edit(key, {"phone": rng.choice(NUMBERS)}, set(PHONES)),
            "ref": column("ref", PATHS[kind]["ref"], WORD, False),
            "zip": lambda rng: Edit(key, {"zip": f"{rng.randint(10000, 99999)}"}, {f"{prefix}PostalCode"}),
            "place": lambda rng: self.place_here(rng, key, prefix),
            "owner": lambda rng: Edit(key, {"user_id": rng.choice(self.salespeople).id}, {"OwnerId"}),
        }
        if kind == FIRM:
            found["website"] = lambda rng: Edit(
                key, {"website": f"http://{self.word(rng).lower()}.example"}, {"Website"}
            )
            found["vat"] = lambda rng: Edit(
                key,
                {"vat": rng.choice((self.vat(rng), False))},
                {PATHS[FIRM]["vat"]},
                family_paths={"Odoo_VAT_Status__c"},
            )
        else:
            found["function"] = column("function", PATHS[kind]["function"], "Director", False, WORD)
            found["email"] = lambda rng: Edit(
                key, {"email": f"{self.word(rng).lower()}@new.example"}, {PATHS[kind]["email"]}
            )
            found |= {name: column(name, path, True) for name, path in OPT_OUTS[kind].items()}
        if kind == CONTACT:
            found["parent"] = lambda rng: self.parent_here(rng, key)
        if not self.partner(key).parent_id:
            found["limit"] = lambda rng: Edit(
                key, {"credit_limit": float(rng.choice((0, 50, 7777.77)))}, family_paths={LIMIT, "Odoo_Credit_State__c"}
            )
            blocked = self.partner(key).account_block
            block = {"account_block": not blocked, "account_block_reason": "Owes" if not blocked else False}
            found["block"] = lambda rng: Edit(key, block, family_paths=COMMERCIAL)
        return found

    def place_here(self, rng, key, prefix):
        city, code, state, country = rng.choice(PLACES)
        country = self.env["res.country"].search([("code", "=", country)])
        states = country.state_ids.filtered(lambda found: found.code.rpartition("-")[2] == state)
        vals = {"street": f"Piazza {self.word(rng)}", "city": city, "zip": code}
        vals |= {"street2": rng.choice((False, "Scala B")), "country_id": country.id, "state_id": states[:1].id}
        paths = {f"{prefix}{part}" for part in ADDRESS.values()}
        paths |= {f"{prefix}StateCode", f"{prefix}CountryCode"}
        return Edit(key, vals, paths, family_paths={"Odoo_VAT_Status__c", *self.mailing()})

    def mailing(self):
        """What a person has of a company's address: those without another one move with the company."""
        return {f"Mailing{part}" for part in (*ADDRESS.values(), "StateCode", "CountryCode")}

    def parent_here(self, rng, key):
        firms = [found for found, kind in self.keys.items() if kind == FIRM]
        parent = self.partner(rng.choice(firms)) if rng.random() < 0.7 else self.env["res.partner"]
        # Core gives who comes to a company the company's address.
        return Edit(key, {"parent_id": parent.id}, {"AccountId", *COMMERCIAL, *self.mailing()})

    def edits_there(self, key, kind):
        prefix = PREFIX[kind]
        moved = {name: None for name in PHONES if self.org.row(key).get(name)}

        def path(name, column, *values, **more):
            return lambda rng: Edit(key, {name: self.drawn(rng, values)}, columns={column}, **more)

        found = {
            "phone": lambda rng: Edit(
                key, {**moved, "Phone": f"+39021{rng.randint(100000, 999999)}"}, columns={"phone"}
            ),
            "ref": path(PATHS[kind]["ref"], "ref", WORD, None, paths={PATHS[kind]["ref"]}),
            "notes": path("Description", "comment", "One\r\ntwo", None),
            "zip": lambda rng: self.address_there(key, {f"{prefix}PostalCode": f"{rng.randint(10000, 99999)}"}),
            "place": lambda rng: self.address_there(key, self.place(rng, prefix)),
            "limit": lambda rng: Edit(key, {LIMIT: rng.choice((None, 1, 99.5))}, {LIMIT}),
            "owner": lambda rng: Edit(
                key, {"OwnerId": self.users[rng.choice(self.salespeople).email]}, columns={"user_id"}
            ),
        }
        if kind == FIRM:
            found["name"] = path("Name", "name", WORD)
            found["website"] = path("Website", "website", None, "http://there.example")
            found["vat"] = lambda rng: Edit(
                key, {PATHS[FIRM]["vat"]: self.vat(rng)}, {PATHS[FIRM]["vat"]},
                family_columns={"vat"}, family_paths={"Odoo_VAT_Status__c"},
            )  # fmt: skip
        else:
            found["name"] = path("LastName", "name", WORD)
            found["function"] = path(PATHS[kind]["function"], "function", "Head  of Sales", None)
            found |= {column: path(name, column, True) for column, name in OPT_OUTS[kind].items()}
        if kind == CONTACT:
            found["parent"] = lambda rng: self.parent_there(rng, key)
        if self.org.currency:
            # The org changes the code, and leaves the amounts.
            found["currency"] = lambda rng: Edit(
                key, {CURRENCY: rng.choice((self.home, self.rated, self.unrated))}, {LIMIT}
            )
        return found

    def address_there(self, key, values):
        status = {"Odoo_VAT_Status__c"}
        return Edit(key, values, family_columns={*ADDRESS, "street2", "type"}, family_paths=status)

    def parent_there(self, rng, key):
        firms = [found for found, kind in self.keys.items() if kind == FIRM]
        homes = {"bucket": [self.bucket], "private": [None], "household": self.households()}.get(self.private, [])
        return Edit(key, {"AccountId": rng.choice([*firms, *homes, *homes])}, paths=COMMERCIAL, columns=MOVED)

    def households(self):
        return [row["Id"] for row in self.org.rows["Account"] if (row.get("Name") or "").endswith("Household")]

    def drawn(self, rng, values):
        value = rng.choice(values)
        return self.word(rng) if value is WORD else value
