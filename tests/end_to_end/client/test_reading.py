"""Rows, deletions and several requests in one call."""

from .support import contacts, fault, walk  # isort: skip - makes the client importable

from retail_sync_salesforce.client import composite, polling, query, replication, soql, times

MINUTE = 60_000


def test_keyset_pages_meet_each_row_once(sim, session):
    """Many rows of one second, and a page end in the midst of them."""
    stamps = ["2026-05-20T09:44:31.000+0000"] * 7 + ["2026-05-20T09:44:32.000+0000"] * 20
    made = sim.seed(
        "Contact", [{**row, "SystemModstamp": stamp} for row, stamp in zip(contacts(27), stamps, strict=True)]
    )
    found = walk(session, "Contact", ["LastName", "Owner.Email"], 5)
    assert [row["Id"] for row in found] == sorted(made)
    assert found[0]["Owner"]["Email"]
    later = walk(session, "Contact", ["LastName"], 5, since="2026-05-20T09:44:32.000+0000")
    assert len(later) == 20


def test_filters_and_counts(sim, session):
    odd = 'O\'Neil 100%_\\ "x"'
    sim.seed("Contact", contacts(5, odd) + contacts(3, "Other") + contacts(2, odd.replace("%_", "ab")))
    pattern = soql.escape(odd).translate({ord("%"): "\\%", ord("_"): "\\_"})
    where = f"LastName LIKE '{pattern}%' OR LastName = 'Other 00000'"
    assert query.count(session, "Contact") == 10
    assert query.count(session, "Contact", where) == 6
    assert fault(query.count, session, "Contact", "Nonsense = 1") == ("contract", "INVALID_FIELD")
    assert fault(query.count, session, "Contact", "LastName = ") == ("contract", "MALFORMED_QUERY")
    assert fault(query.count, session, "Nonsense__c") == ("contract", "INVALID_TYPE")


def test_rows_by_id(sim, session):
    made = sim.seed("Contact", contacts(450))
    sim.delete("Contact", made[0])
    found = query.by_ids(session, "Contact", ["LastName", "IsDeleted"], [value[:15] for value in made])
    assert sorted(row["Id"] for row in found) == sorted(made[1:])
    every = query.by_ids(session, "Contact", ["LastName", "IsDeleted"], made, include_deleted=True)
    assert {row["Id"] for row in every if row["IsDeleted"]} == {made[0]}
    assert len(every) == 450


def test_a_lost_locator_and_a_fresh_start(sim, session):
    sim.seed("Contact", contacts(30))
    sim.config(page_size_cap=10, locator_ttl_seconds=60)
    pages = query.page(session, soql.build_page("Contact", []))
    rows = next(pages)
    sim.advance(120)
    assert fault(next, pages) == ("transient", "INVALID_QUERY_LOCATOR")
    cursor = (rows[-1]["SystemModstamp"], rows[-1]["Id"])
    sim.config(page_size_cap=2000)
    rest = [row for part in query.page(session, soql.build_page("Contact", [], cursor=cursor)) for row in part]
    assert len({row["Id"] for row in rows + rest}) == 30


def test_a_poll_of_five_streams_is_one_call(sim, org):
    session = org.session
    [account] = sim.seed("Account", [{"Name": "Rossi Srl"}])
    made = sim.seed("Contact", contacts(3))
    sim.advance(3600)
    sim.delete("Contact", made[0])
    sim.advance(120)
    now = times.parse_ms(sim.now())
    session.token()
    before = len(org.calls)
    objects = ("Account", "Contact", "Lead", "Product2", "Case")
    window = (now - 30 * MINUTE, now)
    found = polling.poll(
        session,
        {name: soql.build_page(name, ["Id"]) for name in objects},
        {f"{name} deleted": (name, *window) for name in objects} | {"too old": ("Contact", now - 30 * 86_400_000, now)},
    )
    assert len(org.calls) - before == 1
    assert [row["Id"] for row in found["Account"].rows] == [account]
    assert [row["Id"] for row in found["Contact"].rows] == sorted(made[1:])
    assert [entry.id for entry in found["Contact deleted"].records] == [made[0]]
    assert found["Account deleted"].records == []
    assert now - 2 * MINUTE < found["Contact deleted"].latest_ms <= now
    assert (found["too old"].kind, found["too old"].code) == ("contract", "DELETED_WINDOW_LOST")


def test_a_poll_goes_on_after_a_part_page(sim, session):
    sim.seed("Contact", contacts(25))
    sim.config(page_size_cap=10)
    page = polling.poll(session, {"contacts": soql.build_page("Contact", [])})["contacts"]
    assert (len(page.rows), page.total_size, page.done) == (10, 25, False)
    assert [len(rows) for rows in query.follow(session, page)] == [10, 5]


def test_parts_fail_alone(sim, session):
    results = composite.composite(
        session,
        [
            composite.Subrequest("POST", "sobjects/Contact", {"LastName": "Rossi"}),
            composite.Subrequest("POST", "sobjects/Contact", {"FirstName": "Anna"}),
            composite.Subrequest("GET", query.query_path("SELECT Nonsense FROM Contact")),
        ],
    )
    assert results[0].status == 201
    assert results[1].error.code == "REQUIRED_FIELD_MISSING"
    assert results[1].error.fields == ("LastName",)
    assert (results[2].error.kind, results[2].error.code) == ("contract", "INVALID_FIELD")


def test_all_or_none(sim, session):
    results = composite.composite(
        session,
        [
            composite.Subrequest("POST", "sobjects/Contact", {"LastName": "Rossi"}),
            composite.Subrequest("POST", "sobjects/Contact", {"FirstName": "Anna"}),
        ],
        all_or_none=True,
    )
    assert [result.error.kind for result in results] == ["business", "business"]
    assert query.count(session, "Contact") == 0


def test_deleted_and_updated(sim, session):
    made = sim.seed("Contact", contacts(4))
    sim.advance(600)
    start = sim.now()
    sim.delete("Contact", made[0])
    sim.edit("Contact", made[1], {"LastName": "New"})
    sim.merge("Contact", made[2], [made[3]])
    sim.advance(120)
    end = sim.now()
    gone = replication.deleted(session, "Contact", start, end)
    assert {entry.id for entry in gone.records} == {made[0], made[3]}
    assert times.parse_ms(start) // MINUTE * MINUTE <= gone.latest_ms <= times.parse_ms(end)
    assert {made[1], made[2]} <= set(replication.updated(session, "Contact", start, end).ids)
    losers = query.by_ids(
        session, "Contact", ["MasterRecordId"], [entry.id for entry in gone.records], include_deleted=True
    )
    assert {row["Id"]: row["MasterRecordId"] for row in losers} == {made[0]: None, made[3]: made[2]}
    # a window of no length is asked for as a whole minute
    assert replication.deleted(session, "Contact", end, end).latest_ms <= times.parse_ms(end)
