"""Checklist items 14 and 15: what SOQL selects, and what it refuses."""

import pytest
from simple_salesforce.format import format_soql

from .support import names, refused

PEOPLE = [
    {"LastName": "Bianchi", "FirstName": "Anna", "Email": "anna@bianchi.it", "Rank__c": 3, "Tags__c": "A;B"},
    {"LastName": "Colombo", "FirstName": "Bruno", "Email": None, "Rank__c": 1, "Tags__c": "B;C"},
    {"LastName": "D'Angelo", "FirstName": "Carla", "Email": "50%@dangelo.it", "Rank__c": 2, "Tags__c": None},
    {"LastName": "Esposito", "FirstName": "Anna", "Email": "a_b@esposito.it", "Rank__c": None, "Tags__c": "C"},
    {"LastName": "Ferrari", "FirstName": None, "Email": None, "Rank__c": 2, "DoNotCall": True, "Tags__c": "A;B;C"},
]
ALL = [person["LastName"] for person in PEOPLE]
B, C, D, E, F = ALL


@pytest.fixture
def people(sim):
    fields = [
        {"name": "Rank__c", "type": "double", "precision": 18, "scale": 0},
        {
            "name": "Tags__c",
            "type": "multipicklist",
            "picklistValues": [{"value": v, "label": v, "active": True} for v in "ABC"],
        },
    ]
    sim.schema("Contact", fields)
    accounts = sim.seed("Account", [{"Name": "Alfa", "Industry": "Retail"}, {"Name": "Beta", "Industry": "Energy"}])
    parents = [accounts[0], accounts[0], accounts[1], None, None]
    sim.seed("Contact", [person | {"AccountId": parent} for person, parent in zip(PEOPLE, parents, strict=True)])
    return accounts


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("LastName = 'Bianchi'", [B]),
        ("LastName != 'Bianchi'", [C, D, E, F]),
        ("Rank__c < 2", [C]),
        ("Rank__c <= 2", [C, D, F]),
        ("Rank__c > 2", [B]),
        ("Rank__c >= 2", [B, D, F]),
        ("Rank__c = 2.0", [D, F]),
        ("Email = null", [C, F]),
        ("Email != null", [B, D, E]),
        ("Email = NULL AND Rank__c = 1", [C]),
        ("DoNotCall = true", [F]),
        ("DoNotCall = FALSE", [B, C, D, E]),
        ("LastName LIKE 'F%'", [F]),
        ("LastName LIKE '%o'", [C, D, E]),
        ("LastName LIKE '_olombo'", [C]),
        (r"Email LIKE '50\%@%'", [D]),
        (r"Email LIKE 'a\_b@%'", [E]),
        ("LastName IN ('Bianchi', 'Ferrari', 'Nobody')", [B, F]),
        ("LastName NOT IN ('Bianchi', 'Ferrari')", [C, D, E]),
        ("AccountId IN (SELECT Id FROM Account WHERE Industry = 'Retail')", [B, C]),
        ("Tags__c INCLUDES ('A')", [B, F]),
        ("Tags__c INCLUDES ('A;B;C', 'C')", [C, E, F]),
        ("Tags__c INCLUDES ('A;B')", [B, F]),
        ("FirstName = 'Anna' AND Rank__c = 3", [B]),
        ("FirstName = 'Anna' OR Rank__c = 1", [B, C, E]),
        ("NOT FirstName = 'Anna'", [C, D, F]),
        ("NOT (FirstName = 'Anna' OR Rank__c = 1)", [D, F]),
        ("(FirstName = 'Anna' OR Rank__c = 2) AND Email != null", [B, D, E]),
        ("FirstName = 'Anna' AND (Rank__c = 3 OR (Rank__c = null AND NOT LastName = 'Bianchi'))", [B, E]),
        ("Account.Name = 'Alfa'", [B, C]),
        ("Account.Industry LIKE 'Ener%'", [D]),
        (r"LastName = 'D\'Angelo'", [D]),
        ("lastname = 'Bianchi' and RANK__C = 3", [B]),
        ("LastName = 'bianchi'", [B]),
    ],
)
def test_item_14_where(people, sf, where, expected):
    assert names(sf, f"WHERE {where} ORDER BY LastName") == expected


def test_item_14_excludes(people, sf):
    assert B not in names(sf, "WHERE Tags__c EXCLUDES ('A')")
    assert {C, E} <= set(names(sf, "WHERE Tags__c EXCLUDES ('A')"))


def test_item_14_order_limit_offset(people, sf):
    assert names(sf, "ORDER BY LastName DESC") == ALL[::-1]
    assert names(sf, "ORDER BY Rank__c DESC NULLS LAST, LastName DESC") == [B, F, D, C, E]
    assert names(sf, "ORDER BY Rank__c ASC NULLS FIRST, LastName ASC") == [E, C, D, F, B]
    assert names(sf, "ORDER BY Rank__c ASC NULLS LAST, LastName") == [C, D, F, B, E]
    assert names(sf, "WHERE Rank__c != null ORDER BY Rank__c, LastName LIMIT 2") == [C, D]
    assert names(sf, "WHERE Rank__c != null ORDER BY Rank__c, LastName LIMIT 2 OFFSET 1") == [D, F]
    assert sf.query("SELECT Id FROM Contact LIMIT 2")["totalSize"] == 2
    assert names(sf, "ORDER BY Account.Name DESC NULLS LAST, LastName") == [D, B, C, E, F]


def test_item_14_aliases_and_child_conditions(people, sim, sf):
    aliased = sf.query("SELECT c.LastName, c.Account.Name FROM Contact c WHERE c.Account.Name = 'Beta'")["records"]
    assert [(row["LastName"], row["Account"]["Name"]) for row in aliased] == [(D, "Beta")]
    children = "SELECT LastName FROM Contacts WHERE Rank__c > 0 ORDER BY LastName DESC LIMIT 1"
    parents = sf.query(f"SELECT Name, ({children}) FROM Account ORDER BY Name")["records"]
    assert [[child["LastName"] for child in row["Contacts"]["records"]] for row in parents] == [[C], [D]]
    sim.delete("Contact", sf.query("SELECT Id FROM Contact WHERE LastName = 'Ferrari'")["records"][0]["Id"])
    assert names(sf, "ORDER BY LastName") == [B, C, D, E]
    # Deleted records are for queryAll; the clause is for Apex.
    with refused(400, "MALFORMED_QUERY", match="ALL ROWS not allowed"):
        names(sf, "ORDER BY LastName ALL ROWS")


def test_item_14_long_texts_are_not_sorted(sf):
    with refused(400, "MALFORMED_QUERY", match="'Description' can not be sorted in a query call"):
        sf.query("SELECT Id FROM Account ORDER BY Description")
    assert sf.query("SELECT Id FROM Account ORDER BY BillingStreet")["totalSize"] == 0


def test_item_14_objects_named_like_keywords(sim, sf):
    (account,) = sim.seed("Account", [{"Name": "A"}])
    order = {"AccountId": account, "EffectiveDate": "2026-05-20", "Status": "Draft"}
    sim.seed("Order", [order, order | {"EffectiveDate": "2026-05-21"}])
    for soql in (
        "SELECT EffectiveDate FROM Order ORDER BY EffectiveDate DESC LIMIT 1",
        "SELECT EffectiveDate FROM Order WHERE EffectiveDate = 2026-05-21",
        "SELECT o.EffectiveDate FROM Order o WHERE o.Account.Name = 'A' ORDER BY o.EffectiveDate DESC LIMIT 1",
    ):
        assert sf.query(soql)["records"][0]["EffectiveDate"] == "2026-05-21", soql
    assert len(sf.query("SELECT Id, (SELECT Id FROM Orders) FROM Account")["records"][0]["Orders"]["records"]) == 2


def test_item_14_text_that_needs_escapes(sim, sf):
    odd = ["quote ' and \"", "back\\slash", "tab\tand\nline", "100%_", "ünï 漢字"]
    sim.seed("Account", [{"Name": f"odd {i}", "Description": text} for i, text in enumerate(odd)])
    sim.seed("Contact", [{"LastName": text.replace("\n", " ")} for text in odd])
    for text in (text.replace("\n", " ") for text in odd):
        assert names(sf, format_soql("WHERE LastName = {}", text)) == [text]
    assert names(sf, format_soql("WHERE LastName LIKE '{:like}%'", "100%_")) == ["100%_"]
    assert names(sf, format_soql("WHERE LastName LIKE '{:like}%'", "100_")) == []


def test_item_14_fields_of_every_visible_name(people, sf):
    row = sf.query("SELECT FIELDS(ALL) FROM Contact LIMIT 1")["records"][0]
    described = {field["name"] for field in sf.Contact.describe()["fields"]}
    assert set(row) - {"attributes"} == described
    custom = sf.query("SELECT FIELDS(CUSTOM) FROM Contact LIMIT 1")["records"][0]
    assert {"Rank__c", "Tags__c"} <= set(custom)
    assert "LastName" not in custom
    standard = sf.query("SELECT FIELDS(STANDARD) FROM Contact LIMIT 1")["records"][0]
    assert "LastName" in standard and "Rank__c" not in standard


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELEC Id FROM Contact", "MALFORMED_QUERY"),
        ("SELECT Id FROM", "MALFORMED_QUERY"),
        ("SELECT Id, FROM Contact", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE LastName = 'open", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE (LastName = 'x'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE LastName = 'a' OR LastName = 'b' AND Email = null", "MALFORMED_QUERY"),
        ("SELECT Name, (SELECT Id FROM Contacts LIMIT 5 OFFSET 5) FROM Account", "MALFORMED_QUERY"),
        ("SELECT * FROM Contact", "MALFORMED_QUERY"),
        ("SELECT Id FROM NoSuchThing", "INVALID_TYPE"),
        ("SELECT Id FROM Contact WHERE AccountId = 'not an id'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Contact LIMIT 10 OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
        ("SELECT Id, NoSuchField FROM Contact", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE NoSuchField = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Contact ORDER BY NoSuchField", "INVALID_FIELD"),
        ("SELECT Id, Account.NoSuchField FROM Contact", "INVALID_FIELD"),
    ],
)
def test_item_15_refused_queries(sf, soql, code):
    with refused(400, code):
        sf.query(soql)


def test_item_15_offset_up_to_2000(sf):
    assert sf.query("SELECT Id FROM Contact LIMIT 10 OFFSET 2000")["records"] == []


def test_item_15_unknown_and_hidden_fields_look_alike(sim, sf):
    unknown = r"No such column 'FullName' on entity 'Account'\."
    with refused(400, "INVALID_FIELD", match=unknown) as caught:
        sf.query("SELECT Id, FullName FROM Account")
    assert "ERROR at Row:1:Column:12" in caught[0].content[0]["message"]
    assert sf.query("SELECT Id, Industry FROM Account")["totalSize"] == 0
    sim.config(fls={"Account": {"hidden": ["Industry"]}})
    with refused(400, "INVALID_FIELD") as hidden:
        sf.query("SELECT Id, Industry FROM Account")
    assert hidden[0].content[0]["message"].replace("Industry", "FullName") == caught[0].content[0]["message"]
    with refused(400, "INVALID_FIELD"):
        sf.query("SELECT Id FROM Account WHERE Industry = 'Retail'")
