"""What of a page's changes is an echo, and what Odoo has to send."""

from retail_sync.domain.canonical.schema import FieldSpec
from retail_sync.domain.reconcile.echo import differing, only_odoo_decides, reaction
from retail_sync.domain.reconcile.field_case import OwnershipRule

SPECS = {"phone": FieldSpec("phone", "phone"), "name": FieldSpec("name", "text"), "flag": FieldSpec("flag", "bool")}
RULES = {"name": OwnershipRule("name", "remote", "owner_wins")}


def test_a_value_the_platform_has_is_an_echo_whatever_its_spelling():
    local, platform = {"phone": "+39 0432 111111", "name": "A"}, {"phone": "+390432111111", "name": "B"}
    assert differing({"phone", "name"}, local, platform, SPECS) == {"name"}


def test_what_odoo_does_not_report_is_no_change():
    assert differing({"phone"}, {}, {"phone": "+390432111111"}, SPECS) == set()


def test_what_the_platform_never_said_is_a_change_only_where_odoo_has_a_value():
    assert differing({"phone", "name"}, {"phone": None, "name": "A"}, {}, SPECS) == {"name"}


def test_a_value_of_the_platform_is_taken_back_once_and_then_shown():
    assert reaction({"name", "phone"}, SPECS, RULES, repeated=False).send == {"name", "phone"}
    found = reaction({"name", "phone"}, SPECS, RULES, repeated=True)
    assert (found.send, found.refused) == ({"phone"}, {"name"})


def test_a_shared_value_is_not_looked_at_once_more_as_that_would_count_as_an_edit():
    rules = {**RULES, "phone": OwnershipRule("phone", "odoo", "owner_wins")}
    assert only_odoo_decides({"name", "phone", "flag"}, SPECS, rules) == {"phone"}
