import pytest

from tests.simulators.salesforce.errors import ApiError
from tests.simulators.salesforce.seed import seed
from tests.simulators.salesforce.writer import Writer


@pytest.fixture
def writer(org):
    return Writer(org, org.context("integration", client="tests"))


def test_a_failed_transaction_leaves_no_trace(org, writer):
    kept = writer.insert("Account", {"Name": "kept", "Odoo_External_Id__c": "1"})
    before = dict(org.store.table("Account").live[kept]), len(org.store.journal)
    with pytest.raises(ApiError), org.store.transaction():
        writer.update("Account", kept, {"Name": "changed", "Odoo_External_Id__c": "2"})
        writer.insert("Account", {"Name": "new", "Odoo_External_Id__c": "3"})
        writer.delete("Account", kept)
        writer.insert("Account", {})
    table = org.store.table("Account")
    assert (table.live[kept], len(org.store.journal)) == before
    assert list(table.live) == [kept] and not table.bin and not table.deletions
    field = table.defn.field("Odoo_External_Id__c")
    assert [len(table.find(field, value)) for value in "123"] == [1, 0, 0]


def test_indexes_follow_every_write(org, writer):
    account, other = (writer.insert("Account", {"Name": name}) for name in "ab")
    contact = writer.insert("Contact", {"LastName": "C", "AccountId": account})
    table = org.store.table("Contact")
    reference = table.defn.field("AccountId")
    assert [row["Id"] for row in table.find(reference, account)] == [contact]
    writer.update("Contact", contact, {"AccountId": other})
    assert table.find(reference, account) == [] and len(table.find(reference, other)) == 1
    writer.delete("Contact", contact)
    assert table.find(reference, other) == []
    writer.remover.undelete(contact)
    assert len(table.find(reference, other)) == 1


def test_rows_handed_out_before_a_write_stay_as_they_were(org, writer):
    record = writer.insert("Account", {"Name": "old"})
    snapshot = org.store.table("Account").live[record]
    writer.update("Account", record, {"Name": "new", "Phone": "1"})
    assert snapshot["Name"] == "old" and "Phone" not in snapshot


def test_the_journal_names_user_client_and_change(org, writer):
    record = writer.insert("Account", {"Name": "A"})
    mark = len(org.store.journal)
    Writer(org, org.context("human")).update("Account", record, {"Name": "B"})
    [change] = org.store.journal[mark:]
    assert change[2] == org.users["human"] and change[4] == "update"
    assert (change[6]["Name"], change[7]["Name"]) == ("A", "B")
    assert org.store.journal[mark - 1][8] == "tests"


def test_stamps_move_with_the_clock_and_never_back(org, writer):
    record = writer.insert("Account", {"Name": "A"})
    rows = org.store.table("Account").live
    first = rows[record]["SystemModstamp"]
    org.clock.advance(1)
    writer.update("Account", record, {"Name": "B"})
    assert rows[record]["SystemModstamp"] > first and rows[record]["CreatedDate"] == first


def test_seeding_keeps_dates_dirt_and_references(org):
    given = "2020-01-01T00:00:00Z"
    seed(
        org,
        {"object": "Account", "records": [{"Name": " dirty ", "SystemModstamp": given, "_ref": "x", "_external": 7}]},
    )
    [contact] = seed(org, {"object": "Contact", "records": [{"LastName": "C", "Email": "no mail", "AccountId": "@x"}]})
    [account] = [row for row in org.store.table("Account").live.values()]
    assert account["Name"] == " dirty " and account["SystemModstamp"] == "2020-01-01T00:00:00.000+0000"
    assert account["Odoo_External_Id__c"] == "7"
    assert org.store.table("Contact").live[contact]["AccountId"] == account["Id"]
    with pytest.raises(ApiError, match="no record was seeded"):
        seed(org, {"object": "Contact", "records": [{"LastName": "D"}, {"LastName": "E", "AccountId": "@unknown"}]})
    assert len(org.store.table("Contact").live) == 1, "a refused call loads nothing"


def test_seeding_with_validation_refuses_what_the_api_refuses(org):
    with pytest.raises(ApiError) as caught:
        seed(org, {"object": "Contact", "records": [{"LastName": "C", "Email": "no mail"}], "validate": True})
    assert caught.value.code == "INVALID_EMAIL_ADDRESS"
