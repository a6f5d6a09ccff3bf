"""Partners are written through Odoo's models, where inbound work is guarded: plain SQL would pass the guard."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRITES = re.compile(r"(UPDATE|INSERT INTO|DELETE FROM)\s+\"?res_(partner|users|company)\b", re.IGNORECASE)
# Run by people, after the customers of the merge were checked.
BY_PEOPLE = {"retail_sync/models/merge/core_wizard.py": "clears barcodes of customers that are about to be deleted"}
# Plain SQL of a table that a variable names.
GENERIC = {
    "retail_sync/models/merge/restore.py": "undo of a merge, by people",
    "retail_sync/models/merge/references.py": "what a merge moves, after its customers were checked",
    "retail_sync/models/links/dry_run_record.py": "tables of the dry run alone",
    "retail_sync/models/erasure/erase.py": "tables that declare how they forget a person, asked for by people",
    "retail_sync/models/erasure/quotes.py": "texts of those tables",
    "retail_sync/runtime/retention.py": "tables of the engine that have a class of retention",
    "retail_sync/runtime/removal.py": "tables of the engine, when an addon is uninstalled",
}


def production():
    for addon in ("retail_sync", "retail_sync_salesforce"):
        for path in sorted((ROOT / addon).rglob("*.py")):
            if "tests" not in path.relative_to(ROOT).parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text()


def test_the_search_finds_a_statement():
    assert WRITES.search('env.cr.execute("UPDATE res_partner SET email = %s")')
    assert not WRITES.search("UPDATE res_partner_bank SET partner_id = 1")


def test_partners_users_and_companies_are_not_written_by_plain_sql():
    assert {path for path, text in production() if WRITES.search(text)} == set(BY_PEOPLE)


def test_a_table_that_a_variable_names_is_written_by_merges_alone():
    generic = re.compile(r"\"(UPDATE|INSERT INTO|DELETE FROM) %s")
    assert {path for path, text in production() if generic.search(text)} == set(GENERIC)
