"""The table of rights, and the page that is made from it."""

import pytest

from retail_sync.domain.security import rights_page
from retail_sync.domain.security.rights_table import (
    ENGINE_ROLES,
    ROLES,
    SHORT,
    Row,
    as_csv,
    as_rows,
    declared,
    differences,
    parse,
    parse_roles,
)
from setup.lib import rights_page as command

HEAD = "model,right,names,roles\n"
STEWARDS = frozenset({"steward", "manager"})


def test_roles_are_read_with_those_that_they_imply():
    assert ENGINE_ROLES.expand(["steward+", "auditor"]) == {"steward", "manager", "auditor"}
    assert ENGINE_ROLES.shorten({"operator", "steward", "manager", "auditor"}) == "operator+ auditor"
    assert ENGINE_ROLES.shorten(ROLES) == "everybody"
    assert all(ENGINE_ROLES.expand([word]) == set(roles) for word, roles in SHORT.items())


@pytest.mark.parametrize(
    "line",
    [
        "m,read,name,nobody-we-know",
        "m,look,name,operator",
        "m,read,,operator",
        "m,create,name,operator",
    ],
)
def test_a_wrong_line_is_refused(line):
    with pytest.raises(ValueError, match="no role|no right|with the names"):
        parse(HEAD + line + "\n")


def test_wrong_columns_are_refused():
    with pytest.raises(ValueError, match="columns"):
        parse("model,right,roles\n")


def test_a_star_is_all_that_no_other_row_names():
    rows = parse(HEAD + "m,read,*,operator+\nm,read,secret,\nm,create,,manager\n")
    table = declared(rows, {("m", "read"): ["name", "secret"]})
    assert table == {
        ("m", "read", "name"): {"operator", "steward", "manager"},
        ("m", "read", "secret"): frozenset(),
        ("m", "create", ""): {"manager"},
    }


def test_what_two_rows_name_is_refused():
    rows = parse(HEAD + "m,read,name,operator\nm,read,name other,manager\n")
    with pytest.raises(ValueError, match="two rows"):
        declared(rows, {})


def test_a_right_that_the_table_lacks_and_one_that_is_not_so_are_both_found():
    found = differences({("m", "write", "a"): STEWARDS}, {("m", "write", "b"): STEWARDS})
    assert found == [
        "m,write,a: found [steward+], the table says []",
        "m,write,b: found [], the table says [steward+]",
    ]


def test_rows_say_the_same_as_what_they_were_made_of():
    measured = {
        ("m", "read", "name"): frozenset(ROLES),
        ("m", "read", "size"): frozenset(ROLES),
        ("m", "read", "secret"): frozenset(),
        ("m", "write", "name"): STEWARDS,
        ("m", "unlink", ""): STEWARDS,
        ("m", "call", "action_go"): STEWARDS,
    }
    rows = parse(as_csv(as_rows(measured)))
    assert declared(rows, {("m", "read"): ["name", "size", "secret"]}) == measured


def test_the_page_names_each_right_in_words():
    text = rights_page.page({"addon": [Row("m", "read", ("*",), STEWARDS), Row("m", "call", ("go",), frozenset())]})
    assert "| read | all fields | `steward+` |" in text
    assert "| call | `go` | no user |" in text


def test_the_page_of_the_documentation_is_fresh():
    assert command.PAGE.read_text() == command.made(), "setup/rights --write"


def test_an_addon_lists_roles_of_its_own():
    text = "role,label,group,stands_for\nagent,Agent,x.agent,\nlead,Lead,x.lead,\nagent+,,,agent lead\n"
    roles = parse_roles(text)
    assert roles.groups == {"agent": "x.agent", "lead": "x.lead"}
    rows = parse(HEAD + "m,read,*,agent+\nm,call,go,lead\n", roles)
    assert rows[0].roles == {"agent", "lead"}
    assert as_csv(rows, roles) == HEAD + "m,read,*,agent+\nm,call,go,lead\n"
    assert "`agent+` | `agent`, `lead`" in rights_page.page({}, {"addon": (roles, rows)})
    with pytest.raises(ValueError, match="no role operator"):
        parse(HEAD + "m,read,*,operator\n", roles)
    with pytest.raises(ValueError, match="no role lead"):
        parse_roles("role,label,group,stands_for\nagent,Agent,x.agent,\nagent+,,,agent lead\n")
    with pytest.raises(ValueError, match="columns"):
        parse_roles("role,group\n")
