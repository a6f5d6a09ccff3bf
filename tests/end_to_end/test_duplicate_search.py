"""The duplicate finder's first search on customers that were never searched before, by the button and its real jobs."""

from __future__ import annotations

from tests.stack import Stack

DUPLICATE = {"email": "ulrike.albers@web.example", "phone": "+491701234567", "street": "Rosenweg 7", "zip": "60311"}


def test_first_search_finds_what_was_there_before():
    with Stack("duplicates", workers=2) as stack:
        customers = [{"name": name, **DUPLICATE} for name in ("Ulrike Albers", "Albers, Ulrike")]
        pair = stack.rpc("res.partner", "create", [customers])
        assert stack.sql("SELECT count(*) FROM retail_sync_identity_stale")[0][0] >= 2, "another job was quicker"
        search = stack.rpc("retail.sync.duplicate.search", "action_start", [])["res_id"]
        stack.wait_for(lambda: stack.sql("SELECT 1 FROM retail_sync_duplicate_search WHERE state <> 'running'"))
        [row] = stack.rpc("retail.sync.duplicate.search", "read", [[search], ["state", "found", "looked", "total"]])
        assert (row["state"], row["found"]) == ("done", 1) and row["total"] >= 2
        groups = stack.rpc("retail.sync.duplicate.group", "search_read", [[], ["line_ids", "certain"]])
        lines = stack.rpc("retail.sync.duplicate.group.line", "read", [groups[0]["line_ids"], ["partner_id"]])
        assert groups[0]["certain"] and sorted(line["partner_id"][0] for line in lines) == sorted(pair)
