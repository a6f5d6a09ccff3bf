"""Blocking keys of all partners, kept in step by triggers and looked up for a page at a time.

A trigger only notes that a partner's keys are stale, which costs its user next to
nothing. Who looks something up refreshes what is stale first, so that an answer is
never older than the latest commit.
"""

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.identity.blocking.blocking_keys import KEYS_VERSION

# Where it stands when values were counted last, and how many partners there were.
COUNTED = "retail_sync.identity_counted"
# What keys and normal forms are made of; a change of any makes those of a partner stale.
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
-- Customers that changed since the duplicate finder looked at them, and the pairs that it found.
CREATE TABLE IF NOT EXISTS retail_sync_identity_due (partner_id int PRIMARY KEY);
CREATE TABLE IF NOT EXISTS retail_sync_identity_pair (
    one int NOT NULL, other int NOT NULL, score int NOT NULL, joins boolean NOT NULL, PRIMARY KEY (one, other));
CREATE INDEX IF NOT EXISTS retail_sync_identity_pair_other_idx ON retail_sync_identity_pair (other);
-- Those it looked at since groups were made last; and which customers chains of pairs connect, in parts for jobs.
CREATE TABLE IF NOT EXISTS retail_sync_identity_touched (partner_id int PRIMARY KEY);
CREATE TABLE IF NOT EXISTS retail_sync_identity_component (
    partner_id int PRIMARY KEY, component int NOT NULL, part int NOT NULL);
CREATE INDEX IF NOT EXISTS retail_sync_identity_component_component_idx
    ON retail_sync_identity_component (component);
CREATE INDEX IF NOT EXISTS retail_sync_identity_component_part_idx ON retail_sync_identity_component (part);
-- What is in flight ends with its transaction, so a server that crashes leaves nothing behind worth a log.
CREATE UNLOGGED TABLE IF NOT EXISTS retail_sync_identity_flight (
    xid bigint NOT NULL, record_id text NOT NULL, features text NOT NULL, keys bigint[] NOT NULL);
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
    IF counts THEN
        -- A company's name and address are part of what its people are compared by.
        INSERT INTO retail_sync_identity_stale SELECT NEW.id
            UNION ALL SELECT id FROM res_partner WHERE NEW.is_company AND parent_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$ LANGUAGE plpgsql
"""


class RetailSyncIdentityIndex(models.AbstractModel):
    """What is made at installation and upgrade: Odoo calls `init` on models only."""

    _name = "retail.sync.identity.index"
    _description = "Index of customers for identity"

    def init(self):
        """Make the tables and triggers; partners that were there before are stale until they are looked at."""
        # Columns are named in the body alone: a trigger that depends on one would keep an upgrade from changing it.
        differences = SQL(" OR ").join(
            SQL("OLD.%s IS DISTINCT FROM NEW.%s", SQL.identifier(name), SQL.identifier(name)) for name in WATCHED
        )
        self.env.cr.execute("SELECT obj_description(to_regclass('retail_sync_identity_key'))")
        current = self.env.cr.fetchone() == (KEYS_VERSION,)
        if not current:
            # Keys of another make find nothing any more: all partners are looked at anew.
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


def remove(env: Environment):
    """Take tables and triggers away; for the uninstallation."""
    env.cr.execute("DROP FUNCTION IF EXISTS retail_sync_identity_touch() CASCADE")
    env.cr.execute(
        "DROP TABLE IF EXISTS retail_sync_identity_key, retail_sync_identity_stale, retail_sync_identity_known,"
        " retail_sync_identity_count, retail_sync_identity_flight,"
        " retail_sync_identity_due, retail_sync_identity_pair, retail_sync_identity_touched,"
        " retail_sync_identity_component"
    )
    env["ir.config_parameter"].sudo().search([("key", "=", COUNTED)]).unlink()
