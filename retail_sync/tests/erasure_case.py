from odoo.tools import SQL

from ..models.erasure import erase, person
from ..models.operations import record_fold
from .comparison.test_comparison import ComparisonCase
from .fake_platform import PERSON
from .outbound_case import SHOWN_EMPTY

ABLE = dict.fromkeys(SHOWN_EMPTY)
NAME = "Zebulon Quixwort"
EMAIL = "zq.marker@quixwort.example"
PHONE = "+390432987654"
STREET = "Quixwortgasse 17"
EXTERNAL_ID = "PQUIX0001"
# Of the phone number also what is left without its country, as one word and as Odoo writes it: six digits alone occur
# in views and hashes that hold no person.
MARKERS = (NAME, "Quixwort", EMAIL, PHONE, "432987654", "432 987654", STREET, EXTERNAL_ID)
# Where a customer stands who stays in Odoo: the customer, and what Odoo's own modules keep of it.
CUSTOMER_TABLES = {"res_partner", "mail_message", "mail_tracking_value"}


class ErasureCase(ComparisonCase):
    """A person who was everywhere, and a look at each row of the database."""

    def known_person(self):
        """Return the customer of a person that both sides know."""
        self.person(EXTERNAL_ID, **{**ABLE, "name": NAME, "email": EMAIL, "phone": PHONE, "street": STREET})
        self.take(PERSON)
        self.made_before()
        self.send()
        return self.partner(EXTERNAL_ID)

    def erase(self, partner, **options):
        found = erase.erase(self.env, person.of_records(self.env, "res.partner", partner.ids), **options)
        self.env.invalidate_all()
        return found

    def tables_with(self, *markers):
        """Return {table: rows} of all tables of the database that hold one of the markers in any column."""
        self.env.flush_all()
        # As the schedule of the figures does every minute.
        record_fold.fold(self.env)
        self.env.cr.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
        )
        found = {}
        patterns = [f"%{marker}%" for marker in markers]
        for (table,) in self.env.cr.fetchall():
            rows = self.env.execute_query(
                SQL(
                    "SELECT held::text FROM %s held WHERE held::text LIKE ANY(%s) LIMIT 3",
                    SQL.identifier(table),
                    patterns,
                )
            )
            if rows:
                found[table] = [row[:400] for (row,) in rows]
        for page in self.env["retail.sync.page"].search([]):
            if any(marker in str(page._rows()) for marker in markers):
                found["retail_sync_page"] = [page.id]
        return found
