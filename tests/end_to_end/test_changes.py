"""Edits after the first load. Each is seen by a poll alone."""

from __future__ import annotations

from .accounting import state_digest
from .customers import OLD


def test_poll_picks_up_an_edit_and_touches_nothing_else(connection, family):
    account, contact, other = family
    before = state_digest(connection)["partners"]
    connection.simulator.edit("Contact", contact, {"Title": "Head of Purchasing", "Email": "new@family.example"})
    connection.poll()
    partner = connection.partner(contact)
    assert (partner["function"], partner["email"]) == ("Head of Purchasing", "new@family.example")
    after = state_digest(connection)["partners"]
    assert {key for key in after if after[key] != before.get(key)} == {partner["id"]}


def test_edit_in_the_second_of_the_read(connection, customers):
    """System dates have whole seconds: an edit right after the read carries the date that was read."""
    org = connection.simulator
    org.freeze("2026-02-03T10:00:00Z")
    record = customers.contact(Title="Before")
    del record["SystemModstamp"], record["CreatedDate"]
    [contact] = org.seed("Contact", [record])
    connection.load()
    assert connection.partner(contact)["function"] == "Before"
    org.edit("Contact", contact, {"Title": "After"})
    connection.poll()
    org.advance(60)
    connection.poll()
    assert connection.partner(contact)["function"] == "After"


def test_null_clears(connection, family):
    account, contact, _ = family
    connection.simulator.edit("Contact", contact, {"Title": "Buyer", "Phone": "+39 02 5555 1234"})
    connection.poll()
    assert connection.partner(contact)["phone"]
    connection.simulator.advance(5)
    connection.simulator.edit("Contact", contact, {"Title": None, "Phone": None})
    connection.poll()
    partner = connection.partner(contact)
    assert not partner["function"] and not partner["phone"]


def test_a_field_we_may_not_see_is_not_cleared(connection, family):
    """Absent is not empty: when field-level security hides a field, Odoo keeps what it knows."""
    account, contact, _ = family
    org = connection.simulator
    phone = connection.partner(account)["phone"]
    org.config(fls={"Account": {"hidden": ["Phone"]}})
    org.edit("Account", account, {"BillingCity": "Trieste"})
    connection.poll()
    partner = connection.partner(account)
    assert phone and partner["phone"] == phone
    stream = connection.stream("Account")
    # Either the rest goes through without that field, or the stream says why it stands still.
    assert partner["city"] == "Trieste" or (stream["state"] == "stopped" and "Phone" in stream["stop_reason"])


def test_both_sides_change_different_fields(connection, family):
    account, contact, _ = family
    partner = connection.partner(contact)
    connection.stack.rpc("res.partner", "write", [[partner["id"]], {"website": "https://local.example"}])
    connection.simulator.edit("Contact", contact, {"Title": "CFO"})
    connection.poll()
    partner = connection.partner(contact)
    assert (partner["website"], partner["function"]) == ("https://local.example", "CFO")


def test_opt_out_is_never_taken_back_by_the_platform(connection, customers):
    org = connection.simulator
    [contact] = org.seed("Contact", [customers.contact(HasOptedOutOfEmail=True)])
    connection.load()
    assert connection.partner(contact)["email_opt_out"] is True
    org.advance(5)
    org.edit("Contact", contact, {"HasOptedOutOfEmail": False, "Title": "Buyer"})
    connection.poll()
    partner = connection.partner(contact)
    assert (partner["email_opt_out"], partner["function"]) == (True, "Buyer")


def test_owner_becomes_salesperson(connection, customers):
    org = connection.simulator
    login = f"seller@{customers.tag}.example"
    user = connection.stack.rpc("res.users", "create", [{"name": "Seller", "login": login, "email": login}])
    [owner] = org.seed("User", [{"LastName": "Seller", "Username": f"{login}.crm", "Email": login, "IsActive": False}])
    accounts = org.seed("Account", [customers.account(OwnerId=owner), customers.account()])
    connection.load()
    assert connection.partner(accounts[0])["user_id"] == user
    assert connection.partner(accounts[1])["user_id"] is None
    # An owner who is no user of Odoo is one line of "Values of the platform", not a remark on each record.
    [unknown] = connection.query(
        "SELECT value, user_id FROM retail_sync_value_map WHERE connection_id = %s AND kind = 'owner'", connection.id
    )
    assert unknown["value"] and unknown["user_id"] is None


def test_record_that_leaves_and_enters_the_scope(connection, customers):
    org = connection.simulator
    org.config(grants={"Account": ["Type"]})  # a field of the filter needs a right too
    connection.tune("Account", filter_text="Type = 'Customer - Direct'")
    inside, outside = org.seed("Account", [customers.account(Type=kind) for kind in ("Customer - Direct", "Prospect")])
    connection.load()
    assert connection.links(outside) == []
    org.advance(5)
    org.edit("Account", outside, {"Type": "Customer - Direct"})
    org.edit("Account", inside, {"Type": "Prospect", "BillingCity": "Elsewhere"})
    connection.poll()
    assert connection.partner(outside)["city"] == "Udine"
    left = connection.partner(inside)
    assert (left["active"], left["city"]) == (True, "Udine")


def test_watermark_never_passes_what_was_not_read(connection, customers):
    """More changes than one page, all of one second: paging by date alone would lose some."""
    org = connection.simulator
    records = [customers.contact(Title="Old") for _ in range(45)]
    contacts = org.seed("Contact", records)
    connection.tune(page_size=10)
    connection.load()
    org.freeze("2026-02-03T10:00:00Z")
    for contact in contacts:
        org.edit("Contact", contact, {"Title": "New"})
    org.advance(600)
    connection.poll(times=2)
    titles = [connection.partner(contact)["function"] for contact in contacts]
    assert titles == ["New"] * 45
    assert connection.stream("Contact")["cursor"]["modstamp"] >= "2026-02-03T10:00:00"
    assert OLD < connection.stream("Contact")["cursor"]["modstamp"]


def test_idle_poll_is_one_call_for_all_streams(connection, family):
    connection.poll()
    counted = connection.simulator.stats()["calls_counted"]
    connection.poll(times=3)
    assert connection.simulator.stats()["calls_counted"] - counted == 3


def test_a_change_whose_transaction_ends_late_arrives(connection, customers):
    """A record is stamped when it is written, and shown when the transaction ends: ten minutes later at most."""
    org = connection.simulator
    [busy] = org.seed("Contact", [customers.contact()])
    connection.load()
    org.advance(60)
    stamp = org.now()
    for number in range(4):
        org.advance(120)
        org.edit("Contact", busy, {"Title": f"Turn {number}"})
        connection.poll()
    late = customers.contact(SystemModstamp=stamp, LastModifiedDate=stamp, CreatedDate=stamp)
    [late] = org.seed("Contact", [late])
    connection.poll()
    assert len(connection.links(late, "main")) == 1
