import pytest

from tests.simulators.salesforce.errors import ApiError
from tests.simulators.salesforce.merge import merge
from tests.simulators.salesforce.writer import Writer


@pytest.fixture
def writer(org):
    org.apply_config({"person_accounts": True})
    return Writer(org, org.context("human"))


def contact_of(org, account_id):
    return org.store.table("Contact").live[org.store.table("Account").live[account_id]["PersonContactId"]]


def test_the_contact_mirrors_what_is_written_and_cleared(org, writer):
    person = writer.insert("Account", {"LastName": "Rossi", "PersonEmail": "r@x.it", "PersonMailingCity": "Udine"})
    contact = contact_of(org, person)
    assert (contact["Name"], contact["Email"], contact["MailingCity"]) == ("Rossi", "r@x.it", "Udine")
    writer.update("Account", person, {"FirstName": "Mario", "PersonEmail": None, "Odoo_Language__pc": "it"})
    contact = contact_of(org, person)
    assert (contact["Name"], contact["Odoo_Language__c"], "Email" in contact) == ("Mario Rossi", "it", False)


def test_the_contact_cannot_be_written_or_deleted_by_itself(org, writer):
    contact = contact_of(org, writer.insert("Account", {"LastName": "Rossi"}))
    for attempt in (
        lambda: writer.update("Contact", contact["Id"], {"Phone": "1"}),
        lambda: writer.delete(None, contact["Id"]),
    ):
        with pytest.raises(ApiError) as caught:
            attempt()
        assert caught.value.code == "INVALID_PERSON_ACCOUNT_OPERATION"


def test_merged_people_keep_their_cases_and_name_their_masters(org, writer):
    winner, loser = (writer.insert("Account", {"LastName": name}) for name in ("Rossi", "Rosi"))
    kept, gone = contact_of(org, winner)["Id"], contact_of(org, loser)["Id"]
    case = writer.insert("Case", {"AccountId": loser, "ContactId": gone})
    merge(org, writer.context, "Account", winner, [loser], {"Phone": "1"})
    assert org.store.table("Account").bin[loser]["MasterRecordId"] == winner
    assert org.store.table("Contact").bin[gone]["MasterRecordId"] == kept
    moved = org.store.table("Case").live[case]
    assert (moved["AccountId"], moved["ContactId"]) == (winner, kept)
    assert org.store.table("Account").live[winner]["Phone"] == "1"


def test_delete_and_undelete_take_both_halves(org, writer):
    person = writer.insert("Account", {"LastName": "Rossi"})
    contact = contact_of(org, person)["Id"]
    writer.delete("Account", person)
    assert contact in org.store.table("Contact").bin
    writer.remover.undelete(person)
    assert contact_of(org, person)["Id"] == contact
