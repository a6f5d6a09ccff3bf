"""The figures of a dry run are those of the load that follows: on made-up retailers with all the dirt they have."""

from __future__ import annotations

import pytest

from tests.simulators.retailer import generate, write_export

from .connection import Connection

COUNTS = ("linked", "created", "updated", "review", "failed", "excluded")


def _known(stack, export, count):
    """Put customers into Odoo as its staff typed them in: names in capitals, no addresses."""
    accounts, contacts = export.records["Account"][:count], export.records["Contact"][:count]
    values = [{"name": row["Name"].upper(), "is_company": True, "vat": row.get("VAT_Number__c")} for row in accounts]
    values += [
        {"name": f"{row.get('FirstName') or ''}  {row['LastName']}".strip(), "email": row.get("Email")}
        for row in contacts
    ]
    stack.rpc("res.partner", "create", [values])


def _figures(progress):
    return {stream["name"]: {name: stream[name] for name in COUNTS} for stream in progress["streams"]}


@pytest.mark.parametrize(("seed", "known"), [(19, 0), (7, 15)])
def test_the_load_does_what_the_dry_run_said(stack, tmp_path, seed, known):
    stack.simulator.reset()
    export = generate(150, 225, seed)
    write_export(export, tmp_path)
    stack.simulator.import_dir(tmp_path)
    _known(stack, export, known)
    connection = Connection(stack, stack.simulator, name=f"Retailer {seed}", live=False)
    before = stack.sql("SELECT count(*) FROM res_partner")
    connection.call("start_dry_run")
    dry = _figures(connection.wait_loaded(300))
    assert stack.sql("SELECT count(*) FROM res_partner") == before
    assert stack.sql("SELECT count(*) FROM retail_sync_dry_run_record") == [(0,)]
    load = _figures(connection.load(300))
    connection.call("action_pause")
    assert dry == load
