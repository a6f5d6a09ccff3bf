import time
from hashlib import blake2b

from psycopg2.extras import execute_values

from odoo import api, models
from odoo.tools import SQL

from ..domain.countries import country_code
from ..domain.identity.features import prepare
from ..domain.identity.frequencies import counted_values
from ..domain.identity.index import BlockingIndex
from ..domain.identity.keys import KEY_CAP, blocking_keys
from ..domain.identity.records import COMPANY, PERSON, Record
from ..domain.phones import is_mobile, parse_phone
from .own import own_transaction

# Partners whose keys are computed in one go: about a second of work.
STEP = 5000
# Where it stands when values were counted last, and how many partners there were; and when that is too long ago.
COUNTED = "retail_sync.identity_counted"
DAY = 86400
GROWTH = 0.2
# Partners that are customers, not addresses of one.
OWN_TYPES = ("contact", "other")
# What keys and comparison are made of; a change of any makes a partner's keys stale.
WATCHED = (
    "name", "is_company", "email", "phone", "vat", "company_registry", "website", "street", "street2", "city", "zip",
    "state_id", "country_id",
)  # fmt: skip

TABLES = """
CREATE TABLE IF NOT EXISTS retail_sync_identity_key (key bigint NOT NULL, partner_id int NOT NULL);
CREATE INDEX IF NOT EXISTS retail_sync_identity_key_key_idx ON retail_sync_identity_key (key, partner_id);
CREATE INDEX IF NOT EXISTS retail_sync_identity_key_partner_idx ON retail_sync_identity_key (partner_id);
CREATE TABLE IF NOT EXISTS retail_sync_identity_known (partner_id int PRIMARY KEY, vals bigint[] NOT NULL);
CREATE TABLE IF NOT EXISTS retail_sync_identity_count (value bigint PRIMARY KEY, n int NOT NULL);
CREATE TABLE IF NOT EXISTS retail_sync_identity_stale (
    partner_id int NOT NULL, txid bigint NOT NULL DEFAULT txid_current());
"""
# A column that an upgrade took away makes each change one that counts, and breaks none.
FUNCTION = """
CREATE OR REPLACE FUNCTION retail_sync_identity_touch() RETURNS trigger AS $$
DECLARE
    counts boolean;
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        INSERT INTO retail_sync_identity_stale SELECT id FROM changed;
        RETURN NULL;
    END IF;
    BEGIN
        counts := %s;
    EXCEPTION WHEN undefined_column THEN
        counts := true;
    END;
    IF counts THEN INSERT INTO retail_sync_identity_stale VALUES (NEW.id); END IF;
    RETURN NULL;
END
$$ LANGUAGE plpgsql
"""


def key_hash(key):
    """64 bits of a blocking key: a quarter of its room; what it finds is compared field by field anyway."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def value_hash(field, value):
    """64 bits of a value that is counted, of its field if the value is empty: that counts all who have any."""
    return key_hash(f"#{field}:{value}")


class StoredFrequencies:
    """Counts of values as they were counted last, read at once for all records of a page."""

    def __init__(self, counts):
        self._counts = counts

    def count(self, field, value):
        # What one record alone carries is not stored.
        return self._counts.get(value_hash(field, value), 1)

    def total(self, field):
        return self._counts.get(value_hash(field, ""), 0)


class RetailSyncIdentityIndex(models.AbstractModel):
    """Blocking keys of all partners, kept in step by triggers and looked up for a page at a time.

    A trigger only notes that a partner's keys are stale, which costs its user next to
    nothing. Who looks something up refreshes what is stale first, so that an answer is
    never older than the latest commit.
    """

    _name = "retail.sync.identity.index"
    _description = "Index of customers for identity"

    def init(self):
        """Make the tables and triggers; partners that were there before are stale until they are looked at."""
        self.env.cr.execute("SELECT to_regclass('retail_sync_identity_key') IS NULL")
        [fresh] = self.env.cr.fetchone()
        # Columns are named in the body alone: a trigger that depends on one would keep an upgrade from changing it.
        differences = SQL(" OR ").join(
            SQL("OLD.%s IS DISTINCT FROM NEW.%s", SQL.identifier(name), SQL.identifier(name)) for name in WATCHED
        )
        self.env.cr.execute(TABLES)
        self.env.cr.execute(SQL(FUNCTION, differences))
        self.env.cr.execute(
            "DROP TRIGGER IF EXISTS retail_sync_identity_insert ON res_partner;"
            "DROP TRIGGER IF EXISTS retail_sync_identity_update ON res_partner;"
            "DROP TRIGGER IF EXISTS retail_sync_identity_delete ON res_partner;"
            "CREATE TRIGGER retail_sync_identity_insert AFTER INSERT ON res_partner REFERENCING NEW TABLE AS changed"
            " FOR EACH STATEMENT EXECUTE FUNCTION retail_sync_identity_touch();"
            "CREATE TRIGGER retail_sync_identity_delete AFTER DELETE ON res_partner REFERENCING OLD TABLE AS changed"
            " FOR EACH STATEMENT EXECUTE FUNCTION retail_sync_identity_touch();"
            "CREATE TRIGGER retail_sync_identity_update AFTER UPDATE ON res_partner"
            " FOR EACH ROW EXECUTE FUNCTION retail_sync_identity_touch();"
        )
        if fresh:
            self.env.cr.execute("INSERT INTO retail_sync_identity_stale SELECT id FROM res_partner")

    @api.model
    def _remove(self):
        """Take tables and triggers away; for the uninstallation."""
        self.env.cr.execute("DROP FUNCTION IF EXISTS retail_sync_identity_touch() CASCADE")
        self.env.cr.execute(
            "DROP TABLE IF EXISTS retail_sync_identity_key, retail_sync_identity_stale, retail_sync_identity_known,"
            " retail_sync_identity_count"
        )
        self.env["ir.config_parameter"].sudo().search([("key", "=", COUNTED)]).unlink()

    # -- keeping in step

    @api.model
    def _backlog(self):
        """Return how many stale entries there are; a partner that changed twice counts twice."""
        return self.env.execute_query(SQL("SELECT count(*) FROM retail_sync_identity_stale"))[0][0]

    @api.model
    def _refresh(self, limit=None):
        """Bring the keys of stale partners up to date, in this transaction; return how many entries were taken.

        Call it in a transaction that reads committed rows. Without a limit, who meets another
        worker at the same partners waits for it, and sees its keys afterwards.

        :param limit: at most so many entries, none of those that another worker has in hand
        """
        self.env["res.partner"].flush_model(WATCHED)
        some = SQL(
            " WHERE ctid = ANY(ARRAY(SELECT ctid FROM retail_sync_identity_stale LIMIT %s FOR UPDATE SKIP LOCKED))",
            limit,
        )
        rows = self.env.execute_query(
            SQL("DELETE FROM retail_sync_identity_stale%s RETURNING partner_id", some if limit else SQL())
        )
        ids = sorted({partner_id for (partner_id,) in rows})
        if not ids:
            return 0
        self.env.cr.execute("DELETE FROM retail_sync_identity_key WHERE partner_id = ANY(%s)", [ids])
        self.env.cr.execute("DELETE FROM retail_sync_identity_known WHERE partner_id = ANY(%s)", [ids])
        keys, known = [], []
        for record in self._read(ids):
            features = prepare(record)
            keys += [(key, record.id) for key in {key_hash(key) for key in blocking_keys(features)}]
            known.append((record.id, sorted(self._counted(features))))
        for statement, values in (
            ("INSERT INTO retail_sync_identity_key (key, partner_id) VALUES %s", keys),
            ("INSERT INTO retail_sync_identity_known (partner_id, vals) VALUES %s", known),
        ):
            if values:
                execute_values(self.env.cr._obj, statement, values, page_size=10000)
        return len(rows)

    @api.model
    def _recount(self):
        """Count anew how many partners carry each value; who reads meanwhile reads the former counts."""
        self.env.cr.execute(
            "DELETE FROM retail_sync_identity_count;"
            "INSERT INTO retail_sync_identity_count (value, n) SELECT value, count(*) FROM retail_sync_identity_known,"
            " unnest(vals) value GROUP BY value HAVING count(*) > 1"
        )

    @api.model
    def _catch_up(self):
        """Refresh what is stale, a step a transaction: after an installation or an import that is a great deal."""
        while True:
            with own_transaction(self.env, read_committed=True) as own:
                if own["retail.sync.identity.index"].sudo()._refresh(STEP) < STEP:
                    return

    @api.model
    def _read(self, ids):
        """Return the partners as Records, one query; in the order of their ids."""
        rows = self.env.execute_query(
            SQL(
                "SELECT partner.id, partner.is_company, partner.name, partner.email, partner.phone, partner.vat,"
                " partner.company_registry, partner.website, partner.street, partner.street2, partner.city,"
                " partner.zip, state.code, country.code, partner.parent_id, parent.name, parent.is_company"
                " FROM res_partner partner"
                " LEFT JOIN res_country country ON country.id = partner.country_id"
                " LEFT JOIN res_country_state state ON state.id = partner.state_id"
                " LEFT JOIN res_partner parent ON parent.id = partner.parent_id"
                " WHERE partner.id = ANY(%s) ORDER BY partner.id",
                list(ids),
            )
        )
        return [_of_row(*row) for row in rows]

    @api.model
    def _of_item(self, item, parent_name, default_country=""):
        """Return an incoming record as a Record; its id is the remote one."""
        values = item.main
        text = {name: str(value).strip() for name, value in values.items() if isinstance(value, str)}
        return Record(
            id=item.incoming.external_id,
            kind=COMPANY if (values.get("kind") or COMPANY) == COMPANY else PERSON,
            name=text.get("name", ""),
            first_name=text.get("first_name", ""),
            last_name=text.get("last_name", ""),
            company=parent_name,
            street=text.get("street", ""),
            street2=text.get("street2", ""),
            city=text.get("city", ""),
            zip=text.get("zip", ""),
            state=text.get("state", ""),
            country=(country_code(text["country"]) if text.get("country") else "") or default_country,
            **_numbers(text.get("phone", ""), (country_code(text["country"]) if text.get("country") else "")),
            emails=(text["email"],) if text.get("email") else (),
            website=text.get("website", ""),
            vat=text.get("vat", ""),
            parent=item.parent_id,
        )

    @api.model
    def _keep(self):
        """See to it that the index is in step and its counts are not older than a day, or than a large import."""
        self._catch_up()
        parameters = self.env["ir.config_parameter"].sudo()
        counted_at, _bar, counted = (parameters.get_param(COUNTED) or "0|0").partition("|")
        [(now,)] = self.env.execute_query(SQL("SELECT count(*) FROM retail_sync_identity_known"))
        if time.time() - float(counted_at) > DAY or abs(now - int(counted)) > max(200, int(counted) * GROWTH):
            self._recount()
            parameters.set_param(COUNTED, f"{time.time():.0f}|{now}")

    @api.model
    def _counted(self, features):
        """Return hashes of the values that are counted, and of the fields that have any."""
        pairs = [(field, value) for field, value in counted_values(features) if value]
        return {value_hash(*pair) for pair in pairs} | {value_hash(field, "") for field, _value in pairs}

    @api.model
    def _frequencies(self, features):
        """Return counts of all values that these records carry, one query."""
        wanted = {one for each in features for one in self._counted(each)}
        rows = self.env.execute_query(
            SQL("SELECT value, n FROM retail_sync_identity_count WHERE value = ANY(%s)", sorted(wanted))
        )
        return StoredFrequencies(dict(rows))

    # -- looking up

    @api.model
    def _look_up(self, wanted, company_id=0):
        """Return ({index: [partner ids]}, {partner id: Features}) of those who share a key with the features given.

        A key that many carry is no evidence and finds nobody. All by index, whatever the planner thinks of
        tables that nobody has analysed yet.

        :param wanted: Features, one per record to look up
        :param company_id: only partners of this company or of none; 0 for all
        """
        pairs = [(index, key_hash(key)) for index, features in enumerate(wanted) for key in blocking_keys(features)]
        if not pairs:
            return {}, {}
        self._catch_up()
        with own_transaction(self.env, read_committed=True) as own:
            index = own["retail.sync.identity.index"].sudo()
            index._refresh()
            own.cr.execute("SET LOCAL enable_seqscan = off")
            own.cr.execute(
                "SELECT wanted.no, array_agg(DISTINCT hit.partner_id) FROM unnest(%s, %s::bigint[]) wanted(no, key)"
                " CROSS JOIN LATERAL (SELECT ARRAY(SELECT partner_id FROM retail_sync_identity_key found"
                " WHERE found.key = wanted.key LIMIT %s) AS ids) carriers"
                " CROSS JOIN LATERAL unnest(carriers.ids) hit(partner_id)"
                " WHERE cardinality(carriers.ids) <= %s GROUP BY wanted.no",
                [[no for no, _key in pairs], [key for _no, key in pairs], KEY_CAP + 1, KEY_CAP],
            )
            hits = dict(own.cr.fetchall())
            own.cr.execute(
                "SELECT id FROM res_partner WHERE id = ANY(%s) AND active AND type IN ('contact', 'other')"
                " AND (company_id IS NULL OR %s = 0 OR company_id = %s)",
                [sorted({one for ids in hits.values() for one in ids}), company_id, company_id],
            )
            found = {record.id: prepare(record) for record in index._read([row[0] for row in own.cr.fetchall()])}
            # Where this is not a transaction of its own (tests share one), what follows is planned as ever.
            own.cr.execute("SET LOCAL enable_seqscan = on")
        self._add_own(wanted, hits, found)
        return {no: sorted({one for one in ids if one in found}) for no, ids in hits.items()}, found

    @api.model
    def _add_own(self, wanted, hits, found):
        """Add the partners that this very transaction made or changed: nobody else sees them yet."""
        self.env["res.partner"].flush_model(WATCHED)
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT partner_id FROM retail_sync_identity_stale WHERE txid = txid_current()")
        )
        if not rows:
            return
        kept = self.env["res.partner"].search([("id", "in", [row[0] for row in rows]), ("type", "in", OWN_TYPES)])
        mine = BlockingIndex()
        for record in self._read(kept.ids):
            found[record.id] = prepare(record)
            mine.add(found[record.id])
        for no, features in enumerate(wanted):
            hits[no] = [*hits.get(no, ()), *(one.id for one in mine.candidates(features))]


def _numbers(text, country):
    """Return a phone as a Record's phones or mobiles: Odoo has one field for both."""
    if not text:
        return {}
    number, _flag = parse_phone(text, country)
    return {"mobiles" if is_mobile(number) else "phones": (number or text,)}


def _of_row(
    partner_id, is_company, name, email, phone, vat, registry, website, street, street2, city, zip_code, state,
    country, parent_id, parent_name, parent_is_company,
):  # fmt: skip
    return Record(
        id=partner_id,
        kind=COMPANY if is_company else PERSON,
        name=name or "",
        company=(parent_name or "") if parent_is_company and not is_company else "",
        street=street or "",
        street2=street2 or "",
        city=city or "",
        zip=zip_code or "",
        state=state or "",
        country=country or "",
        **_numbers(phone or "", country or ""),
        emails=(email,) if email else (),
        website=website or "",
        vat=vat or "",
        numbers=(registry,) if registry else (),
        parent=parent_id,
    )
