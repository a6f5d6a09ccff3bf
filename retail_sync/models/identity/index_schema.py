"""Create the tables and triggers that keep blocking keys of all partners in sync.

A trigger only notes that a partner's keys are stale, which costs the user who edits it next to nothing. A look-up first
refreshes stale keys, so that its answer is never older than the latest commit.
"""

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.identity.blocking.blocking_keys import KEYS_VERSION
from ...runtime.erasure import Erasure

# Configuration parameter with the time of the last count of values and the number of partners at that time.
COUNTED = "retail_sync.identity_counted"
# Columns from which keys and normal forms are made; a change of any of them makes a partner stale.
WATCHED = (
    "name", "is_company", "email", "phone", "vat", "company_registry", "website", "street", "street2", "city", "zip",
    "state_id", "country_id", "type", "active", "parent_id", "company_id",
)  # fmt: skip


TABLES = """
CREATE TABLE IF NOT EXISTS retail_sync_identity_key (key bigint NOT NULL, partner_id int NOT NULL);
CREATE INDEX IF NOT EXISTS retail_sync_identity_key_key_idx ON retail_sync_identity_key (key, partner_id);
CREATE TABLE IF NOT EXISTS retail_sync_identity_known (
    partner_id int PRIMARY KEY, company_id int, features text NOT NULL, keys bigint[] NOT NULL, vals bigint[] NOT NULL);
CREATE TABLE IF NOT EXISTS retail_sync_identity_count (value bigint PRIMARY KEY, n int NOT NULL);
CREATE TABLE IF NOT EXISTS retail_sync_identity_stale (
    partner_id int NOT NULL, txid bigint NOT NULL DEFAULT txid_current());
-- Customers that changed since the duplicate finder last compared them, and the pairs that it found.
CREATE TABLE IF NOT EXISTS retail_sync_identity_due (partner_id int PRIMARY KEY);
CREATE TABLE IF NOT EXISTS retail_sync_identity_pair (
    one int NOT NULL, other int NOT NULL, score int NOT NULL, joins boolean NOT NULL, PRIMARY KEY (one, other));
CREATE INDEX IF NOT EXISTS retail_sync_identity_pair_other_idx ON retail_sync_identity_pair (other);
-- Customers compared since groups were last built; and the components that pairs connect, in parts for jobs.
CREATE TABLE IF NOT EXISTS retail_sync_identity_touched (partner_id int PRIMARY KEY);
CREATE TABLE IF NOT EXISTS retail_sync_identity_component (
    partner_id int PRIMARY KEY, component int NOT NULL, part int NOT NULL);
CREATE INDEX IF NOT EXISTS retail_sync_identity_component_component_idx
    ON retail_sync_identity_component (component);
CREATE INDEX IF NOT EXISTS retail_sync_identity_component_part_idx ON retail_sync_identity_component (part);
-- Announcements end with their transaction, so a crash leaves nothing behind that is worth a write-ahead log.
CREATE UNLOGGED TABLE IF NOT EXISTS retail_sync_identity_flight (
    xid bigint NOT NULL, record_id text NOT NULL, features text NOT NULL, keys bigint[] NOT NULL);
"""
# If an upgrade removes a column, the function treats every change as relevant instead of failing.
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
    IF counts THEN
        -- The comparison of people uses the name and address of their company.
        INSERT INTO retail_sync_identity_stale SELECT NEW.id
            UNION ALL SELECT id FROM res_partner WHERE NEW.is_company AND parent_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$ LANGUAGE plpgsql
"""


class RetailSyncIdentityIndex(models.AbstractModel):
    """Create the index at installation and upgrade; a model, because Odoo calls `init` on models only."""

    _name = "retail.sync.identity.index"
    _description = "Index of customers for identity"
    _erasure = Erasure(
        tables=(
            ("retail_sync_identity_key", "partner_id"),
            ("retail_sync_identity_known", "partner_id"),
            ("retail_sync_identity_due", "partner_id"),
            ("retail_sync_identity_touched", "partner_id"),
            ("retail_sync_identity_component", "partner_id"),
            ("retail_sync_identity_pair", "one"),
            ("retail_sync_identity_pair", "other"),
        ),
        # An announcement outlives its transaction until the next one is made.
        remote_tables=(("retail_sync_identity_flight", "record_id"),),
    )

    def init(self) -> None:
        """Create the tables and triggers; all existing partners are stale until the index reads them."""
        # Only the body names columns: a trigger that depends on a column would keep an upgrade from changing it.
        differences = SQL(" OR ").join(
            SQL("OLD.%s IS DISTINCT FROM NEW.%s", SQL.identifier(name), SQL.identifier(name)) for name in WATCHED
        )
        self.env.cr.execute("SELECT obj_description(to_regclass('retail_sync_identity_key'))")
        current = self.env.cr.fetchone() == (KEYS_VERSION,)
        if not current:
            # Keys of another version find nothing, so the index reads all partners again.
            self.env.cr.execute(
                "DROP TABLE IF EXISTS retail_sync_identity_key, retail_sync_identity_known, retail_sync_identity_stale,"
                " retail_sync_identity_flight"
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
        if not current:
            self.env.cr.execute("INSERT INTO retail_sync_identity_stale SELECT id FROM res_partner")
            self.env.cr.execute(SQL("COMMENT ON TABLE retail_sync_identity_key IS %s", KEYS_VERSION))


def remove(env: Environment) -> None:
    """Drop the tables and triggers when the app is uninstalled."""
    env.cr.execute("DROP FUNCTION IF EXISTS retail_sync_identity_touch() CASCADE")
    env.cr.execute(
        "DROP TABLE IF EXISTS retail_sync_identity_key, retail_sync_identity_stale, retail_sync_identity_known,"
        " retail_sync_identity_count, retail_sync_identity_flight,"
        " retail_sync_identity_due, retail_sync_identity_pair, retail_sync_identity_touched,"
        " retail_sync_identity_component"
    )
    env["ir.config_parameter"].sudo().search([("key", "=", COUNTED)]).unlink()
