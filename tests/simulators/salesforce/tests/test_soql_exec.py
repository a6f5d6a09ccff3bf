import pytest

from tests.simulators.salesforce.errors import ApiError
from tests.simulators.salesforce.seed import seed
from tests.simulators.salesforce.writer import Writer


def names(records):
    return [record["Name"] for record in records]


@pytest.fixture
def accounts(org):
    org.apply_config({"grants": {"Account": ["AnnualRevenue", "Industry"]}})
    rows = [
        {"Name": "alpha", "AnnualRevenue": 10, "Industry": "Retail", "_ref": "a"},
        {"Name": "Beta", "ParentId": "@a", "BillingCity": "Udine"},
        {"Name": "gamma", "AnnualRevenue": 5, "Industry": "Banking", "BillingCity": "Udine"},
    ]
    return seed(org, {"object": "Account", "records": rows})


def test_text_compares_without_regard_to_case_and_nulls_sort_first(accounts, select):
    assert names(select("SELECT Name FROM Account WHERE Name = 'ALPHA'")) == ["alpha"]
    assert names(select("SELECT Name FROM Account ORDER BY Name DESC")) == ["gamma", "Beta", "alpha"]
    assert names(select("SELECT Name FROM Account ORDER BY AnnualRevenue")) == ["Beta", "gamma", "alpha"]
    assert names(select("SELECT Name FROM Account ORDER BY AnnualRevenue DESC")) == ["alpha", "gamma", "Beta"]
    assert names(select("SELECT Name FROM Account ORDER BY AnnualRevenue NULLS LAST")) == ["gamma", "alpha", "Beta"]


def test_null_is_unequal_to_every_value_and_never_less(accounts, select):
    assert names(select("SELECT Name FROM Account WHERE Industry != 'Retail'")) == ["Beta", "gamma"]
    assert names(select("SELECT Name FROM Account WHERE AnnualRevenue < 100")) == ["alpha", "gamma"]
    assert names(select("SELECT Name FROM Account WHERE AnnualRevenue = null")) == ["Beta"]


def test_parents_children_and_compounds(accounts, org, select):
    [row] = select("SELECT Parent.Name, BillingAddress, (SELECT Id FROM Contacts) FROM Account WHERE Name = 'Beta'")
    assert row["Parent"]["Name"] == "alpha" and row["Parent"]["attributes"]["type"] == "Account"
    assert row["BillingAddress"]["city"] == "Udine" and row["BillingAddress"]["street"] is None
    assert row["Contacts"] is None
    seed(org, {"object": "Contact", "records": [{"LastName": "C", "AccountId": accounts[1]}]})
    [row] = select("SELECT (SELECT LastName FROM Contacts) FROM Account WHERE Name = 'Beta'")
    assert row["Contacts"]["totalSize"] == 1 and row["Contacts"]["records"][0]["LastName"] == "C"


def test_groups_are_filtered_by_what_they_hold(accounts, org, select):
    for name in ("delta", "epsilon"):
        Writer(org, org.context("human")).insert("Account", {"Name": name, "Industry": "Energy"})
    grouped = "SELECT Industry, COUNT(Id) n FROM Account GROUP BY Industry"

    def counts(having):
        return {row["Industry"]: row["n"] for row in select(f"{grouped} HAVING {having} ORDER BY Industry")}

    everything = {row["Industry"]: row["n"] for row in select(grouped)}
    assert counts("COUNT(Id) >= 2") == {key: n for key, n in everything.items() if n >= 2}
    assert counts("Industry = 'Energy'") == {"Energy": 2}
    assert counts("COUNT(Id) > 1 AND NOT Industry = 'Energy'") == {
        key: n for key, n in everything.items() if n > 1 and key != "Energy"
    }
    for wrong in (f"{grouped} HAVING Name = 'x'", "SELECT COUNT(Id) FROM Account HAVING COUNT(Id) > 1"):
        with pytest.raises(ApiError) as caught:
            select(wrong)
        assert caught.value.code == "MALFORMED_QUERY"


def test_aggregates(accounts, select):
    assert select("SELECT COUNT() FROM Account WHERE BillingCity = 'Udine'") == 2
    [row] = select("SELECT COUNT(Id), SUM(AnnualRevenue) total FROM Account")
    assert (row["expr0"], row["total"]) == (3, 15.0)
    grouped = select("SELECT BillingCity, COUNT(Id) n FROM Account GROUP BY BillingCity ORDER BY COUNT(Id) DESC")
    assert [(row["BillingCity"], row["n"]) for row in grouped] == [("Udine", 2), (None, 1)]


def test_hidden_and_unknown_fields_are_reported_alike(accounts, org, select):
    org.config.fls = {"Account": {"hidden": ["Industry"]}}
    messages = []
    for field in ("Industry", "Nonsense"):
        with pytest.raises(ApiError) as caught:
            select(f"SELECT {field} FROM Account")
        assert caught.value.code == "INVALID_FIELD"
        messages.append(caught.value.message.replace(field, "F").replace("^", ""))
    assert messages[0].split("ERROR")[1] == messages[1].split("ERROR")[1]
    assert select("SELECT Industry FROM Account WHERE Name = 'alpha'", user="human")[0]["Industry"] == "Retail"


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("Id = 'nonsense'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("AnnualRevenue LIKE '1%'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("IsDeleted > true", "INVALID_QUERY_FILTER_OPERATOR"),
        ("CreatedDate > '2026-01-01T00:00:00Z'", "INVALID_FIELD"),
        ("Description = 'x'", "INVALID_FIELD"),
    ],
)
def test_filters_are_checked_against_the_field_type(accounts, select, where, code):
    with pytest.raises(ApiError) as caught:
        select(f"SELECT Id FROM Account WHERE {where}")
    assert caught.value.code == code


def test_paging_by_key_sees_every_row_once(org, select):
    seed(org, {"object": "Contact", "records": [{"LastName": str(i)} for i in range(50)]})
    org.clock.advance(1)
    rows = select("SELECT Id FROM Contact ORDER BY Id")
    writer = Writer(org, org.context("human"))
    for row in rows[:20:2]:
        writer.update("Contact", row["Id"], {"Phone": "1"})
    seen, where = [], ""
    while True:
        page = select(f"SELECT Id, SystemModstamp FROM Contact {where} ORDER BY SystemModstamp, Id LIMIT 7")
        if not page:
            break
        seen += [row["Id"] for row in page]
        stamp = page[-1]["SystemModstamp"]
        where = f"WHERE (SystemModstamp > {stamp} OR (SystemModstamp = {stamp} AND Id > '{page[-1]['Id']}'))"
    assert sorted(seen) == [row["Id"] for row in rows] and len(seen) == 50


def test_the_modification_log_gives_what_a_full_scan_gives(org, select):
    """The fast path and the plain one agree, whatever was written, deleted and brought back."""
    ids = seed(org, {"object": "Contact", "records": [{"LastName": str(i)} for i in range(30)]})
    writer = Writer(org, org.context("human"))
    for step in range(60):
        org.clock.advance(step % 3)
        target = ids[(step * 7) % 30]
        if org.store.table("Contact").live.get(target) is None:
            writer.remover.undelete(target)
        elif step % 7 == 3:
            writer.delete("Contact", target)
        else:
            writer.update("Contact", target, {"Phone": str(step)})
    table = org.store.table("Contact")
    bound = sorted(row["SystemModstamp"] for row in table.live.values())[10]
    expected = sorted((r["SystemModstamp"], r["Id"]) for r in table.live.values() if r["SystemModstamp"] >= bound)
    found = select(
        f"SELECT Id, SystemModstamp FROM Contact WHERE SystemModstamp >= {bound} ORDER BY SystemModstamp, Id"
    )
    assert [(row["SystemModstamp"], row["Id"]) for row in found] == expected
    everything = select(f"SELECT Id FROM Contact WHERE SystemModstamp >= {bound}", deleted=True)
    held = [r for r in (*table.live.values(), *table.bin.values()) if r["SystemModstamp"] >= bound]
    assert len(everything) == len(held) > len(expected)
