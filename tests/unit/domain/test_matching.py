import dataclasses

import pytest

from retail_sync.domain.identity_keys import email_key, name_key, phone_key
from retail_sync.domain.matching import (
    Candidate,
    decide,
    decide_page,
    match_keys,
    names_compatible,
    normalise_name,
)

VAT = "IT00743110157"
ACME = {"kind": "company", "name": "Acme S.p.A.", "vat": VAT, "email": "info@acme.it", "phone": "+39021234567"}
MARIA = {"kind": "person", "name": "Maria Rossi", "email": "maria@acme.it", "phone": "+393331234567"}
ours = Candidate(7, "company", "ACME SPA", VAT, "INFO@acme.it", "+39021234567")
maria = Candidate(8, "person", "Maria Rossi", None, "maria@acme.it", "+393331234567", parent_id=7, is_commercial=False)


def but(candidate, **changes):
    return dataclasses.replace(candidate, **changes)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ACME Ltd.", "Acme Limited"),
        ("Acme, Inc", "acme incorporated"),
        ("Acme S. p. A.", "ACME SPA"),
        ("Müller GmbH", "MULLER G.m.b.H."),
        ("Smith & Co.", "smith and company"),
        ("O'Neil", "ONeil"),
        ("Łódź  Meble", "lodz meble"),
        ("Rossi Società per Azioni", "Rossi S.p.A."),
    ],
)
def test_equal_names(left, right):
    assert normalise_name(left) == normalise_name(right) != ""


@pytest.mark.parametrize(
    ("left", "right"), [("Acme Ltd", "Acme Inc"), ("Acme", "Acme Ltd"), ("John Smith", "John Smith Jr")]
)
def test_names_that_stay_apart(left, right):
    assert normalise_name(left) != normalise_name(right)


@pytest.mark.parametrize("name", ["", None, "n/a", "[not provided]", "--", "Unknown"])
def test_placeholder_names_are_no_names(name):
    assert normalise_name(name) == ""


def test_compatible_names():
    assert names_compatible("Acme Ltd", "ACME")
    assert names_compatible("Acme Italia SpA", "Acme")
    assert not names_compatible("Acme Milano", "Acme Torino")
    assert not names_compatible("Alpha Ltd", "Beta Ltd")
    assert not names_compatible("", "Acme")


def test_a_persons_name_may_be_turned_round():
    assert name_key("Rossi, Maria", "person") == name_key("Maria Rossi", "person")
    assert name_key("Rossi Maria", "company") != name_key("Maria Rossi", "company")


@pytest.mark.parametrize(
    ("email", "kind", "key"),
    [
        (" Maria@ACME.it ", "person", "maria@acme.it"),
        ("info@acme.it", "company", "info@acme.it"),
        ("info@acme.it", "person", ""),
        ("test@acme.it", "company", ""),
        ("noreply@acme.it", "company", ""),
        ("x7@marketplace.amazon.com", "person", ""),
        ("n/a", "person", ""),
        (None, "person", ""),
    ],
)
def test_email_key(email, kind, key):
    assert email_key(email, kind) == key


@pytest.mark.parametrize(
    ("phone", "key"),
    [
        ("+39021234567", "+39021234567"),
        ("+12125551212 ext. 5", "+12125551212"),
        ("02 1234567", ""),
        ("+10000000000", ""),
        ("+11234567890", ""),
        (None, ""),
    ],
)
def test_phone_key(phone, key):
    assert phone_key(phone) == key


def test_match_keys():
    assert match_keys(ACME) == [
        "vat:IT00743110157",
        "vat:00743110157",
        "email+name:info@acme.it|acme spa",
        "phone+name:+39021234567|acme spa",
    ]
    assert match_keys({"kind": "person", "name": "n/a", "email": "a@b.co"}) == []
    assert match_keys({}) == []


def test_a_branch_shares_no_key_with_its_head_office_but_with_its_twin():
    branch = match_keys(ACME, parent_key="Account/1")
    assert branch and not set(branch) & set(match_keys(ACME))
    assert branch == match_keys(dict(ACME), parent_key="Account/1")
    assert not set(branch) & set(match_keys({**ACME, "name": "Acme Torino"}, parent_key="Account/1"))
    assert match_keys(MARIA, parent_key="Account/1") == match_keys(MARIA)


def test_nobody_similar_is_new():
    assert decide(ACME, []).kind == "create"
    other = but(ours, vat="IT12345678903", name="Beta", email="x@beta.it", phone_e164=None)
    assert decide(ACME, [other]).kind == "create"


def test_vat_and_name_link():
    decision = decide(ACME, [but(ours, email=None, phone_e164=None)])
    assert (decision.kind, decision.candidate_id, decision.rule) == ("link", 7, "vat+name")
    assert "same tax ID" in decision.reason and "ACME SPA" in decision.reason
    assert decide(ACME, [but(ours, vat="00743110157")]).kind == "link"  # Odoo holds it without its prefix
    assert decide({**ACME, "name": "Acme Italia"}, [but(ours, name="Acme")]).kind == "link"


def test_vat_with_another_name_is_a_doubt():
    decision = decide({**ACME, "name": "Beta"}, [ours])
    assert (decision.kind, decision.rule, decision.candidate_id) == ("review", "doubt", None)
    assert decision.candidates == ((7, ["same tax ID, but another name"]),)


def test_vat_of_the_other_kind_is_a_doubt():
    assert decide({**ACME, "kind": "person"}, [ours]).kind == "review"


def test_vat_of_a_contact_of_a_company_is_no_evidence():
    assert decide({**ACME, "email": None, "phone": None}, [but(ours, is_commercial=False)]).kind == "create"


def test_a_branch_is_not_its_own_parent():
    assert decide({**ACME, "name": "Acme Milano"}, [ours], parent_partner_id=7, parent_known=True).kind == "create"
    assert decide(ACME, [ours], parent_partner_id=7, parent_known=True).kind == "create"


def test_a_branch_is_not_its_sister():
    sister = but(ours, id=9, name="Acme Torino", parent_id=7, bound=True, email=None, phone_e164=None)
    values = {**ACME, "name": "Acme Milano"}
    assert decide(values, [ours, sister], parent_partner_id=7, parent_known=True).kind == "create"
    assert decide(values, [sister]).kind == "review"  # without the family tie it is a doubt


def test_email_and_name_link():
    decision = decide(MARIA, [but(maria, phone_e164=None)], parent_partner_id=7, parent_known=True)
    assert (decision.kind, decision.candidate_id, decision.rule) == ("link", 8, "email+name")
    assert decide({**MARIA, "name": "Rossi, Maria"}, [maria]).kind == "link"
    assert decide(MARIA, [but(maria, parent_id=None)], parent_partner_id=7, parent_known=True).kind == "link"


def test_phone_and_name_link():
    decision = decide({**MARIA, "email": None}, [maria])
    assert (decision.kind, decision.rule) == ("link", "phone+name")
    assert decide({**MARIA, "email": "other@acme.it"}, [maria]).rule == "phone+name"


def test_a_shared_mailbox_or_phone_alone_is_no_evidence():
    household = {**MARIA, "name": "Paolo Rossi"}
    assert decide(household, [maria]).kind == "create"
    assert (
        decide({**MARIA, "email": "info@acme.it", "phone": None}, [but(maria, email="info@acme.it")]).kind == "create"
    )


def test_a_longer_form_of_the_name_is_a_doubt():
    assert decide({**MARIA, "name": "Maria Anna Rossi"}, [maria]).kind == "review"
    assert decide({**MARIA, "name": "Rossi"}, [maria]).kind == "create"
    assert decide({**MARIA, "name": "Maria Anna Rossi", "email": None}, [maria]).kind == "create"


@pytest.mark.parametrize(
    ("change", "kwargs", "says"),
    [
        ({"vat": "IT12345678903"}, {}, "another tax ID"),
        ({"parent_id": 99}, {"parent_partner_id": 7, "parent_known": True}, "belongs to another company"),
    ],
)
def test_contradictions_go_to_review(change, kwargs, says):
    decision = decide({**MARIA, "vat": VAT}, [but(maria, **change)], **kwargs)
    assert decision.kind == "review"
    assert says in decision.reason


def test_a_contradiction_outweighs_the_other_proof():
    values = {**ACME, "parent": "Account/1"}
    assert decide(values, [but(ours, parent_id=3)]).kind == "review"
    assert decide({**values, "email": None, "phone": None}, [but(ours, parent_id=3)]).kind == "link"


def test_a_parent_that_is_not_here_yet_leaves_a_doubt():
    values = {**MARIA, "parent": "Account/1"}
    assert decide(values, [maria]).kind == "review"
    assert decide(values, [but(maria, parent_id=None)]).kind == "link"


def test_same_contact_of_the_other_kind():
    shop = {**MARIA, "kind": "company"}
    assert decide(shop, [but(maria, parent_id=None)]).kind == "review"
    assert decide(shop, [maria]).kind == "create"  # a contact that its company keeps under itself


def test_two_with_evidence_are_a_tie():
    decision = decide(MARIA, [maria, but(maria, id=3)])
    assert (decision.kind, decision.rule, decision.candidate_id) == ("review", "tie", None)
    assert [candidate for candidate, _reasons in decision.candidates] == [3, 8]


def test_a_bound_one_is_not_taken_over():
    decision = decide(MARIA, [but(maria, bound=True)])
    assert (decision.kind, decision.rule) == ("review", "already_bound")
    assert "second remote record of 8 (Maria Rossi)" in decision.reason


def test_the_same_candidate_found_twice_is_no_tie():
    assert decide(MARIA, [maria, maria]).kind == "link"


def test_twins_of_one_page():
    keys = [match_keys(ACME), match_keys(MARIA), match_keys({**ACME, "name": "Acme Due"}), match_keys(MARIA), []]
    twins = decide_page(keys)
    assert set(twins) == {2, 3}
    assert "tax ID" in twins[2] and "e-mail and name" in twins[3]
