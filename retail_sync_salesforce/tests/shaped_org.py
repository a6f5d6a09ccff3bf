"""A fake org of a drawn shape: what Salesforce derives, it derives, and each write moves its clock."""

import itertools
from datetime import datetime, timedelta, timezone

from ..mapping.default_lines import CURRENCY, account_lines, contact_lines
from .fake_org import FakeOrg, stamp

EXTERNAL_ID = "Odoo_External_Id__c"
PERSON_TYPE = "0125g00000AbCdEAAV"
NAME_PATHS = ("FirstName", "MiddleName", "LastName", "Suffix")
PREFIXES = {"Account": ("Billing", "Shipping", "PersonMailing"), "Contact": ("Mailing", "Other")}
# {country: (name, {state: name})}: those whose states the org lists, and one for which it lists none.
COUNTRIES = {"IT": ("Italy", {"MI": "Milano", "TO": "Torino"}), "US": ("United States", {"CA": "California"})}
UNLISTED = {"DE": ("Germany", {"BY": "Bayern"})}
# Fields that other packages bring.
_FOREIGN = {"VAT_Number__c", "Customer_Number__c", "Language__c", "Language__pc"}
_CHECKBOXES = (
    "Odoo_Account_Blocked__c",
    "HasOptedOutOfEmail",
    "DoNotCall",
    "PersonHasOptedOutOfEmail",
    "PersonDoNotCall",
)
_FLAGS = (*_CHECKBOXES, "IsPersonAccount")
_AMOUNTS = ("Odoo_Credit_Limit__c", "Odoo_Amount_Due__c", "Odoo_Overdue_Amount__c")
_READ_ONLY = ("SystemModstamp", "IsPersonAccount", "PersonContactId", "MasterRecordId")


def paths_of(lines):
    """Every field of the platform that mapping lines name, in each of its alternatives."""
    paths = {line["remote_path"] for line in lines if not line["remote_path"].startswith("=")}
    names = {name for path in paths for alternative in path.split("|") for name in alternative.split("+")}
    return {name for name in names if "." not in name} - _FOREIGN | {"OwnerId", "MasterRecordId", EXTERNAL_ID}


class ShapedOrg(FakeOrg):
    """lists: states and countries come from lists, in fields of codes. currency: that of new records; None: the org
    knows one currency only. persons: private customers are person accounts."""

    # Of all orgs of a test: records of one that are linked are not those of another.
    _numbers = itertools.count(1)

    def __init__(self, *, lists, currency, persons):
        account = account_lines("billing")
        if not persons:
            account = [line for line in account if line["sf_applies_to"] != "person"]
        fields = {"Account": paths_of(account), "Contact": paths_of(contact_lines()) | {*NAME_PATHS}}
        fields["User"] = {"Email", "Username", "Name", "IsActive", "UserType"}
        if persons:
            fields["Account"] |= {*NAME_PATHS, "IsPersonAccount", "PersonContactId", "RecordTypeId"}
            fields["Contact"] |= {"IsPersonAccount"}
        super().__init__(fields)
        self.lists, self.currency, self.persons = lists, currency, persons
        self.clock = datetime.now(timezone.utc) + timedelta(days=1)
        self.rows["RecordType"] = [{"Id": PERSON_TYPE, "DeveloperName": "PersonAccount"}] if persons else []
        for name in PREFIXES:
            if currency:
                self.fields[name].add(CURRENCY)
            self._describe_fields(name)

    def _describe_fields(self, name):
        kinds = {**dict.fromkeys(_AMOUNTS, "currency"), **dict.fromkeys(_FLAGS, "boolean")}
        for field in self.fields[name]:
            facts = {"type": kinds[field]} if field in kinds else {}
            if field in _CHECKBOXES:
                facts |= {"nillable": False, "defaultedOnCreate": True}
            if field in _READ_ONLY or (name == "Contact" and field == "Name"):
                facts |= {"createable": False, "updateable": False}
            self.facts[name, field] = facts
        for prefix in PREFIXES[name]:
            codes = {f"{prefix}CountryCode", f"{prefix}StateCode"}
            if not self.lists:
                self.hidden[name] |= codes & self.fields[name]
            elif codes <= self.fields[name]:
                self._list_states(name, prefix)

    def _list_states(self, name, prefix):
        """Let states depend on their country, as the describe of such an org says it."""
        countries = {**COUNTRIES, **UNLISTED}
        self.facts[name, f"{prefix}CountryCode"] = {
            "type": "picklist",
            "restrictedPicklist": True,
            "picklistValues": [
                {"value": code, "label": label, "active": True} for code, (label, _states) in countries.items()
            ],
        }
        # The first bit stands for the first country: "gA==" is 10000000, "QA==" is 01000000.
        bits = dict(zip(countries, ("gA==", "QA==", "IA=="), strict=True))
        self.facts[name, f"{prefix}StateCode"] = {
            "type": "picklist",
            "restrictedPicklist": True,
            "controllerName": f"{prefix}CountryCode",
            "picklistValues": [
                {"value": state, "label": label, "active": True, "validFor": bits[code]}
                for code, (_label, states) in COUNTRIES.items()
                for state, label in states.items()
            ],
        }

    # -- writing

    def _new_id(self, name):
        return self.to_18(f"{'001' if name == 'Account' else '003'}5g00000S{next(self._numbers):04d}")

    def _save(self, name, record_id, fields, alone):
        answer = super()._save(name, record_id, fields, alone)
        self._touch(name, self.row(answer["id"]))
        return answer

    def put(self, name, **values):
        """A new record of the platform's own users; its id."""
        row = {"Id": self._new_id(name), **values}
        self.rows[name].append(row)
        self._touch(name, row)
        return row["Id"]

    def edit(self, record_id, **values):
        """An edit of the platform's own users."""
        row = self.row(record_id)
        row.update(values)
        self._touch("Account" if record_id.startswith("001") else "Contact", row)

    def row(self, record_id):
        return next(row for name in PREFIXES for row in self.rows[name] if row["Id"] == record_id)

    def _touch(self, name, row):
        self.clock += timedelta(seconds=1)
        row["SystemModstamp"] = stamp(self.clock)
        if self.currency:
            row.setdefault(CURRENCY, self.currency)
        person = row.get("RecordTypeId") == PERSON_TYPE
        if self.persons:
            row["IsPersonAccount"] = person
        if person:
            row["PersonContactId"] = self.to_18(f"003{row['Id'][3:15]}")
        if person or name == "Contact":
            parts = [" ".join((row.get(path) or "").split()) for path in NAME_PATHS]
            row["Name"] = " ".join(part for part in parts if part)
        if name == "Contact":
            account = row.get("AccountId") and self.row(row["AccountId"])
            row[f"Account.{EXTERNAL_ID}"] = account.get(EXTERNAL_ID) if account else None
        owners = {user["Id"]: user["Email"] for user in self.rows["User"]}
        row["Owner.Email"] = owners.get(row.get("OwnerId"))
        for flag in self.fields[name] & set(_CHECKBOXES):
            row.setdefault(flag, False)
        for prefix in PREFIXES[name] if self.lists else ():
            self._derive_labels(row, prefix)

    @staticmethod
    def _derive_labels(row, prefix):
        country, state = row.get(f"{prefix}CountryCode"), row.get(f"{prefix}StateCode")
        label, states = {**COUNTRIES, **UNLISTED}.get(country, (None, {}))
        row[f"{prefix}Country"], row[f"{prefix}State"] = label, states.get(state)
