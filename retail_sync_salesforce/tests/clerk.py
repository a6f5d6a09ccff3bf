"""A clerk who has the screens of both sides before her, and does not know how they are kept equal."""

import re
from datetime import date

from odoo.tools import html2plaintext

from ..mapping.default_lines import CURRENCY
from ..mapping.record_kinds import is_household
from .shaped_org import COUNTRIES, EXTERNAL_ID, UNLISTED

FIRM, CONTACT, PERSON = "firm", "contact", "person account"
# Column of a customer -> field of the platform; of a phone number the one that is filled first.
PHONES = ("Phone", "MobilePhone", "PersonMobilePhone")
PATHS = {
    FIRM: {"name": "Name", "website": "Website", "vat": "Odoo_VAT_Number__c", "ref": "Odoo_Customer_Number__c"},
    CONTACT: {"name": "Name", "function": "Title", "email": "Email", "ref": "Odoo_Customer_Number__c"},
    PERSON: {"name": "Name", "function": "PersonTitle", "email": "PersonEmail", "ref": "Odoo_Customer_Number__c"},
}
OPT_OUTS = {
    CONTACT: {"email_opt_out": "HasOptedOutOfEmail", "phone_opt_out": "DoNotCall"},
    PERSON: {"email_opt_out": "PersonHasOptedOutOfEmail", "phone_opt_out": "PersonDoNotCall"},
    FIRM: {},
}
PREFIX = {FIRM: "Billing", CONTACT: "Mailing", PERSON: "PersonMailing"}
ADDRESS = {"street": "Street", "city": "City", "zip": "PostalCode", "state_id": "State", "country_id": "Country"}
LIMIT, BLOCKED = "Odoo_Credit_Limit__c", "Odoo_Account_Blocked__c"
_COUNTRIES = {**COUNTRIES, **UNLISTED}
_BY_NAME = {name: code for code, (name, _states) in _COUNTRIES.items()}
_STATES = {label: state for _name, states in _COUNTRIES.values() for state, label in states.items()}
# What the platform derives or stamps.
SYSTEM = {"SystemModstamp", EXTERNAL_ID, f"Account.{EXTERNAL_ID}", "Owner.Email", "PersonContactId"}
SHOWN = (
    *(
        "name",
        "is_company",
        "parent_id",
        "type",
        "active",
        "function",
        "email",
        "phone",
        "website",
        "vat",
        "ref",
        "lang",
    ),
    *("street", "street2", "city", "zip", "state_id", "country_id", "comment", "user_id", "credit_limit", "company_id"),
    *("email_opt_out", "phone_opt_out", "account_block"),
)


def words(text):
    return " ".join(str(text or "").split()) or None


def digits(text):
    return re.sub(r"\D", "", text or "")[-7:] or None


class Clerk:
    """A part of ShapesCase. self.keys: {key of a record over there: its kind}."""

    def there(self):
        """{(key, field): value} over there, without what the platform derives."""
        labels = {f"{prefix}{part}" for prefix in PREFIX.values() for part in ("State", "Country")}
        derived = SYSTEM | (labels if self.org.lists else set())
        found = {}
        for key, kind in self.keys.items():
            hidden = derived | ({"Name"} if kind != FIRM else set())
            found |= {(key, name): value or None for name, value in self.org.row(key).items() if name not in hidden}
        return found

    def here(self):
        """{(key of its record, type of a further address, column): value} in Odoo."""
        found = {}
        for key in self.keys:
            partner = self.partner(key)
            children = partner.with_context(active_test=False).child_ids
            for record in partner | children.filtered(lambda child: child.type in ("delivery", "invoice")):
                part = "" if record == partner else record.type
                found |= {(key, part, column): record.with_company(self.company)[column] for column in SHOWN}
        return found

    def company_over_there(self, key):
        """The account that a record belongs to, None for one that stands for no company."""
        row = self.org.row(key)
        account = row.get("AccountId") if self.keys[key] == CONTACT else row.get("ParentId")
        if not account or account == self.bucket or is_household(self.org.row(account).get(EXTERNAL_ID)):
            return None
        return account

    def limit_over_there(self, key):
        """The credit limit of a customer in the currency of its record; None: no limit; False: there is no rate."""
        partner = self.partner(key).with_company(self.company)
        limit = partner.commercial_partner_id.credit_limit
        code = self.org.row(key).get(CURRENCY) or self.home
        if code == self.unrated:
            return False
        if limit <= 0:
            return None
        if code == self.home:
            return limit
        return self.company.currency_id._convert(limit, self.rate_currency, self.company, date.today())

    def differences(self):
        """[(key, field, value there, value here)] of what differs, as a clerk reads both."""
        found = []
        for key, kind in self.keys.items():
            row, partner = self.org.row(key), self.partner(key)
            pairs = {column: (words(row.get(path)), words(partner[column])) for column, path in PATHS[kind].items()}
            pairs |= {column: (bool(row.get(path)), partner[column]) for column, path in OPT_OUTS[kind].items()}
            number = next((row[path] for path in PHONES if row.get(path)), None)
            pairs["phone"] = digits(number), digits(partner.phone)
            pairs |= self._address_pairs(row, PREFIX[kind], partner)
            pairs["owner"] = row["Owner.Email"], partner.user_id.email or None
            pairs["notes"] = words(row.get("Description")), words(html2plaintext(partner.comment or ""))
            above = self.company_over_there(key)
            pairs["parent"] = above and self.partner(above), partner.parent_id or None
            pairs["blocked"] = bool(row.get(BLOCKED)), partner.commercial_partner_id.account_block
            # All numbers of the tests are right ones.
            status = "Valid" if partner.commercial_partner_id.vat else None
            pairs["vat status"] = {"Unchecked": None}.get(*[row.get("Odoo_VAT_Status__c")] * 2), status
            limit = self.limit_over_there(key)
            if limit is not False:
                pairs["limit"] = row.get(LIMIT) or None, limit
            elif partner.commercial_partner_id.with_company(self.company).credit_limit > 0:
                pairs["remark"] = self.unrated in str(self.links_of(key).warnings), True
            found += [(key, name, there, here) for name, (there, here) in pairs.items() if there != here]
        return found

    def _address_pairs(self, row, prefix, partner):
        country = row.get(f"{prefix}CountryCode") or _BY_NAME.get(row.get(f"{prefix}Country"))
        state = row.get(f"{prefix}StateCode") or row.get(f"{prefix}State")
        pairs = {
            "street": (words(row.get(f"{prefix}Street")), words(f"{partner.street or ''} {partner.street2 or ''}")),
            "city": (words(row.get(f"{prefix}City")), words(partner.city)),
            "zip": (words(row.get(f"{prefix}PostalCode")), words(partner.zip)),
            "country": (country, partner.country_id.code or None),
        }
        if not (self.org.lists and country in UNLISTED):
            code = (partner.state_id.code or "").rpartition("-")[2] or None
            pairs["state"] = _STATES.get(state, state) or None, code
        return pairs
