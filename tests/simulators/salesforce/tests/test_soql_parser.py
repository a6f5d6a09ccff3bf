import pytest

from tests.simulators.salesforce.errors import ApiError
from tests.simulators.salesforce.soql_filter import like_pattern
from tests.simulators.salesforce.soql_parser import parse
from tests.simulators.salesforce.soql_tree import Aggregate, Among, Compare, FieldsOf, Junction, Query


def test_every_clause_is_read():
    query = parse(
        "SELECT Id, Account.Owner.Email, (SELECT Id FROM Cases) FROM Contact c WHERE Name = 'x' "
        "ORDER BY Name DESC NULLS LAST, Id LIMIT 5 OFFSET 3 ALL ROWS"
    )
    assert query.object_name == "Contact" and query.alias == "c"
    assert query.items[1].names == ("Account", "Owner", "Email")
    assert isinstance(query.items[2], Query) and query.items[2].object_name == "Cases"
    assert [(o.path.text, o.descending, o.nulls_first) for o in query.order_by] == [
        ("Name", True, False),
        ("Id", False, None),
    ]
    assert (query.limit, query.offset, query.all_rows) == (5, 3, True)


def test_conditions_nest_by_brackets():
    where = parse("SELECT Id FROM Lead WHERE NOT (A = 1 OR B IN ('x', 'y')) AND C INCLUDES ('p;q')").where
    assert where.operator == "AND"
    negated, includes = where.terms
    assert negated.operator == "NOT" and negated.terms[0].operator == "OR"
    assert isinstance(negated.terms[0].terms[1], Among) and includes.operator == "INCLUDES"


@pytest.mark.parametrize(
    ("literal", "kind", "value"),
    [
        (r"'O\'Brien \\ \"q\" \n'", "text", 'O\'Brien \\ "q" \n'),
        ("-12", "number", -12),
        ("1.5", "number", 1.5),
        ("TRUE", "boolean", True),
        ("null", "null", None),
        ("2026-05-20", "date", "2026-05-20"),
        ("2026-05-20T01:00:00+02:00", "datetime", "2026-05-19T23:00:00.000+0000"),
        ("LAST_N_DAYS:7", "literal", ("last_n_days", 7)),
        ("TODAY", "literal", ("today", None)),
    ],
)
def test_literals(literal, kind, value):
    where = parse(f"SELECT Id FROM Lead WHERE F = {literal}").where
    assert isinstance(where, Compare)
    assert (where.value.kind, where.value.value) == (kind, value)


def test_semi_join_and_aggregates():
    query = parse(
        "SELECT COUNT(Id) n, MAX(Amount) FROM Opportunity WHERE AccountId IN (SELECT Id FROM Account) GROUP BY X"
    )
    assert isinstance(query.where.values, Query)
    assert [(i.function, i.alias) for i in query.items if isinstance(i, Aggregate)] == [("count", "n"), ("max", None)]
    assert parse("SELECT COUNT() FROM Lead").counts_only
    assert isinstance(parse("SELECT FIELDS(ALL) FROM Lead LIMIT 200").items[0], FieldsOf)


def test_objects_may_be_called_like_clauses():
    assert parse("SELECT Id FROM Order ORDER BY Id").object_name == "Order"
    assert parse("SELECT Id FROM Group WHERE Name = 'a'").object_name == "Group"
    assert isinstance(parse("SELECT Order.Name FROM OrderItem GROUP BY Order.Name").group_by, list)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT FROM Lead",
        "SELECT Id Lead",
        "SELECT Id FROM Lead WHERE A = 1 AND B = 2 OR C = 3",
        "SELECT Id FROM Lead WHERE A = 'open",
        'SELECT Id FROM Lead WHERE A = "x"',
        "SELECT Id FROM Lead WHERE A IN ()",
        "SELECT Id FROM Lead LIMIT x",
        "SELECT Id FROM Lead; DROP",
        "SELECT COUNT(), Id FROM Lead",
        "SELECT Id, (SELECT Id FROM Cases OFFSET 5) FROM Account",
        "SELECT Id, (SELECT (SELECT Id FROM B) FROM Cases) FROM Account",
        "SELECT A.B.C.D.E.F.G FROM Lead",
        "SELECT Id FROM Lead WHERE A = 2026-05-20T25:00:00Z",
        r"SELECT Id FROM Lead WHERE A = '\q'",
        "SELECT Id FROM Lead WHERE A = LAST_N_DAYS",
        "SELECT Id FROM Lead extra words",
    ],
)
def test_malformed_statements(text):
    with pytest.raises(ApiError) as caught:
        parse(text)
    assert caught.value.code == "MALFORMED_QUERY"


def test_errors_point_at_row_and_column():
    with pytest.raises(ApiError) as caught:
        parse("SELECT Id\nFROM Lead WHERE A ! 1")
    assert "ERROR at Row:2:Column:19" in caught.value.message


@pytest.mark.parametrize(
    ("written", "pattern"),
    [("a%", "a.*"), ("_b", ".b"), (r"10\%", "10%"), (r"a\_b", "a_b"), (r"a\\%", r"a\\.*"), ("a.b", r"a\.b")],
)
def test_like_patterns(written, pattern):
    assert like_pattern(written) == pattern


def test_junctions_of_one_kind_stay_flat():
    where = parse("SELECT Id FROM Lead WHERE A = 1 OR B = 2 OR C = 3").where
    assert isinstance(where, Junction) and len(where.terms) == 3
