"""Checklist items 57-61: orders, opportunities, statuses, queues and assignment."""

import pytest

from .commerce import price, upsert
from .support import EXTERNAL_ID, refused


def test_item_57_draft_items_activated(sf, order, entry):
    with refused(400, "FAILED_ACTIVATION"):
        sf.Order.update(order, {"Status": "Activated"})
    item = {"OrderId": order, "PricebookEntryId": entry, "Quantity": 2, "UnitPrice": 50}
    made = sf.OrderItem.create(item)["id"]
    assert sf.Order.get(order)["TotalAmount"] == 100
    assert sf.OrderItem.update(made, {"Quantity": 4}) == 204
    row = sf.OrderItem.get(made)
    assert (row["UnitPrice"], row["TotalPrice"]) == (25, 100), "a quantity alone keeps the total"
    assert sf.OrderItem.update(made, {"Quantity": 4, "UnitPrice": 50}) == 204
    assert sf.Order.update(order, {"Status": "Activated"}) == 204
    active = sf.Order.get(order)
    assert (active["StatusCode"], active["TotalAmount"]) == ("Activated", 200) and active["ActivatedDate"]
    other = sf.Account.create({"Name": "B"})["id"]
    with refused(400, "FIELD_INTEGRITY_EXCEPTION"):
        sf.Order.update(order, {"AccountId": other})
    assert sf.Order.update(order, {"AccountId": active["AccountId"], "PoNumber": "P"}) == 204
    for attempt in (
        lambda: sf.OrderItem.create(item),
        lambda: sf.OrderItem.update(made, {"Quantity": 1, "UnitPrice": 50}),
        lambda: sf.OrderItem.delete(made),
    ):
        with refused(400, "FIELD_INTEGRITY_EXCEPTION"):
            attempt()
    with refused(400, "DELETE_FAILED"):
        sf.Order.delete(order)
    assert sf.Order.update(order, {"Status": "Draft"}) == 204
    assert sf.OrderItem.delete(made) == 204
    assert (sf.Order.get(order)["TotalAmount"], sf.Order.get(order)["ActivatedDate"]) == (0, None)


def test_item_57_an_order_is_made_as_a_draft(sf, standard):
    account = sf.Account.create({"Name": "A"})["id"]
    with refused(400, "FAILED_ACTIVATION"):
        sf.Order.create({"AccountId": account, "EffectiveDate": "2026-05-20", "Status": "Activated"})
    with refused(400, "REQUIRED_FIELD_MISSING", match="AccountId"):
        sf.Order.create({"EffectiveDate": "2026-05-20", "Status": "Draft"})


def opportunity(sf, **more):
    return sf.Opportunity.create({"Name": "O", "StageName": "Prospecting", "CloseDate": "2026-12-31", **more})["id"]


def test_item_58_lines_decide_the_amount(sf, standard, product, entry):
    made = opportunity(sf, Amount=1)
    line = {"OpportunityId": made, "PricebookEntryId": entry, "Quantity": 2, "UnitPrice": 50, "Discount": 10}
    first = sf.OpportunityLineItem.create(line)["id"]
    row = sf.OpportunityLineItem.get(first)
    assert (row["TotalPrice"], row["Subtotal"], row["ListPrice"], row["ProductCode"]) == (90, 100, 50, "S-1")
    head = sf.Opportunity.get(made)
    assert (head["Amount"], head["Pricebook2Id"], head["HasOpportunityLineItem"]) == (90, standard, True)
    assert sf.Opportunity.update(made, {"Amount": 7}) == 204
    assert sf.Opportunity.get(made)["Amount"] == 90
    book = sf.Pricebook2.create({"Name": "Outlet", "IsActive": True})["id"]
    other = sf.PricebookEntry.create(price(book, product))["id"]
    with refused(400, "FIELD_INTEGRITY_EXCEPTION", match="different pricebook"):
        sf.OpportunityLineItem.create({**line, "PricebookEntryId": other})
    with refused(400, "FIELD_INTEGRITY_EXCEPTION"):
        sf.Opportunity.update(made, {"Pricebook2Id": book})
    assert sf.OpportunityLineItem.delete(first) == 204
    assert sf.Opportunity.get(made)["HasOpportunityLineItem"] is False


def test_item_58_won_by_stage_in_the_words_of_the_org(sim, sf):
    made = opportunity(sf)
    assert sf.Opportunity.get(made)["IsWon"] is False
    sf.Opportunity.update(made, {"StageName": "Closed Won"})
    assert (sf.Opportunity.get(made)["IsWon"], sf.Opportunity.get(made)["Probability"]) == (True, 100)
    sf.Opportunity.update(made, {"StageName": "Prospecting"})
    assert sf.Opportunity.get(made)["IsWon"] is False, "an opportunity can be opened again"
    sim.config(opportunity_stages={"Offen": [10, False, False], "Gewonnen": [100, True, True]})
    sf.Opportunity.update(made, {"StageName": "Gewonnen"})
    assert sf.query("SELECT Name FROM Opportunity WHERE IsWon = true")["totalSize"] == 1


def test_item_58_the_whole_tree_in_one_composite_call(sim, sf, entry):
    made = opportunity(sf, AccountId=sf.Account.create({"Name": "Rossi"})["id"])
    lines = [
        {
            "OpportunityId": made,
            "PricebookEntryId": entry,
            "Quantity": i + 1,
            "UnitPrice": 50,
            "Description": f"{i:03d}",
        }
        for i in range(205)
    ]
    for start in (0, 200):
        rows = [{"attributes": {"type": "OpportunityLineItem"}, **line} for line in lines[start : start + 200]]
        assert all(r["success"] for r in sf.restful("composite/sobjects", method="POST", json={"records": rows}))
    path = "PricebookEntry.Product2.ProductCode, PricebookEntry.Product2.StockKeepingUnit"
    items = f"(SELECT Quantity, Description, {path} FROM OpportunityLineItems ORDER BY Description)"
    soql = f"SELECT Id, Account.Name, {items} FROM Opportunity WHERE Id = '{made}'"
    headers = {"Sforce-Query-Options": "batchSize=200"}
    (head,) = sf.query(soql, headers=headers)["records"]
    children = head["OpportunityLineItems"]
    assert (children["totalSize"], children["done"], len(children["records"])) == (205, False, 200)
    rest = sf.query_more(children["nextRecordsUrl"], identifier_is_url=True)
    assert [row["Description"] for row in rest["records"]] == [f"{i:03d}" for i in range(200, 205)]
    assert rest["done"] is True
    assert children["records"][0]["PricebookEntry"]["Product2"]["ProductCode"] == "S-1"
    assert head["Account"]["Name"] == "Rossi"


def test_item_59_statuses_mean_what_the_org_says(sim, sf, order, entry):
    found = sf.query_all("SELECT ApiName, StatusCode FROM OrderStatus")["records"]
    assert {row["ApiName"]: row["StatusCode"] for row in found} == {"Draft": "Draft", "Activated": "Activated"}
    sim.config(
        order_statuses={"Entwurf": "Draft", "Freigegeben": "Activated"}, case_statuses={"Neu": False, "Erledigt": True}
    )
    sf.OrderItem.create({"OrderId": order, "PricebookEntryId": entry, "Quantity": 2, "UnitPrice": 50})
    sf.Order.update(order, {"Status": "Freigegeben"})
    assert sf.Order.get(order)["StatusCode"] == "Activated"
    closing = sf.query("SELECT ApiName FROM CaseStatus WHERE IsClosed = true")["records"]
    assert [row["ApiName"] for row in closing] == ["Erledigt"]
    case = sf.Case.create({"Subject": "Late", "Status": "Neu"})["id"]
    assert sf.Case.get(case)["IsClosed"] is False
    sf.Case.update(case, {"Status": "Erledigt"})
    assert sf.Case.get(case)["IsClosed"] is True and sf.Case.get(case)["ClosedDate"]
    stages = sf.query("SELECT ApiName FROM OpportunityStage WHERE IsWon = true AND IsActive = true")["records"]
    assert [row["ApiName"] for row in stages] == ["Closed Won"]


@pytest.fixture
def queue(sim):
    """A queue for cases."""
    (group,) = sim.seed("Group", [{"Name": "Orders", "DeveloperName": "Orders", "Type": "Queue"}])
    sim.seed("QueueSobject", [{"QueueId": group, "SobjectType": "Case"}])
    return group


def test_item_60_a_queue_owns_what_it_is_for(sim, sf, queue):
    off = {"Sforce-Auto-Assign": "FALSE"}
    case = sf.Case.create({"Subject": "Late", "OwnerId": queue}, headers=off)["id"]
    (row,) = sf.query("SELECT OwnerId, Owner.Name, Owner.Type FROM Case")["records"]
    assert (row["OwnerId"], row["Owner"]["Name"]) == (queue, "Orders")
    soql = "SELECT QueueId, Queue.DeveloperName FROM QueueSobject WHERE SobjectType = 'Case'"
    assert [entry["QueueId"] for entry in sf.query(soql)["records"]] == [queue]
    (regular,) = sim.seed("Group", [{"Name": "Team", "Type": "Regular"}])
    for sobject, fields, owner in (
        ("Case", {"Subject": "Late"}, regular),
        ("Opportunity", {"Name": "O", "StageName": "Prospecting", "CloseDate": "2026-12-31"}, queue),
    ):
        with refused(400, "INVALID_OPERATION", match="Queue not associated with this SObject type"):
            getattr(sf, sobject).create({**fields, "OwnerId": owner}, headers=off)
    assert sf.Case.get(case)["OwnerId"] == queue


def test_item_61_an_owner_is_assigned_unless_the_call_says_no(sim, sf, queue):
    users = sim.stats()["users"]
    owner = lambda case: sf.Case.get(case)["OwnerId"]  # noqa: E731
    assert owner(sf.Case.create({"Subject": "Default"})["id"]) == users["human"], "the org's default owner"
    off = {"Sforce-Auto-Assign": "FALSE"}
    unassigned = sf.Case.create({"Subject": "Unassigned"}, headers=off)["id"]
    assert owner(unassigned) == users["integration"]
    sim.config(assignment_rules={"Case": "Orders"})
    for headers in (None, {"Sforce-Auto-Assign": "TRUE"}):
        assert owner(sf.Case.create({"Subject": "Ruled"}, headers=headers)["id"]) == queue
    sf.Case.update(unassigned, {"Priority": "High"}, headers=off)
    assert owner(unassigned) == users["integration"]
    sf.Case.update(unassigned, {"Priority": "Low"})
    assert owner(unassigned) == queue, "an update assigns too"
    (made,) = upsert(sf, "Case", [{EXTERNAL_ID: "C-1", "Subject": "Ours", "OwnerId": users["sales1"]}], **off)
    assert owner(made["id"]) == users["sales1"]
    (made,) = upsert(sf, "Case", [{EXTERNAL_ID: "C-2", "Subject": "Theirs", "OwnerId": users["sales1"]}])
    assert owner(made["id"]) == queue
    (rule,) = sf.query("SELECT Id, Active FROM AssignmentRule WHERE SobjectType = 'Case'")["records"]
    assert rule["Active"] is True
