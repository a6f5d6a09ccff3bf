"""What holds for every identity decision, whatever the records."""

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.matching import Candidate, decide, decide_page, match_keys

VAT = "IT00743110157"
names = st.sampled_from(["Acme", "Acme Ltd", "Acme Milano", "Maria Rossi", "Rossi Maria", "Maria A Rossi", "n/a", ""])
vats = st.sampled_from([None, VAT, "00743110157", "IT12345678903", "n/a"])
emails = st.sampled_from([None, "info@acme.it", "maria@acme.it", "MARIA@acme.it", "test@test.com"])
phones = st.sampled_from([None, "+39021234567", "02 1234567", "+10000000000"])
kinds = st.sampled_from(["company", "person"])
incoming = st.fixed_dictionaries(
    {"kind": kinds, "name": names},
    optional={"vat": vats, "email": emails, "phone": phones, "parent": st.sampled_from([None, "Account/1"])},
)
candidates = st.lists(
    st.builds(
        Candidate,
        st.integers(1, 6),
        kinds,
        names,
        vats,
        emails,
        phones,
        st.sampled_from([None, 1, 2]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda candidate: candidate.id,
)
parents = st.sampled_from([None, 1, 2])


@given(incoming, candidates, parents, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_candidates_does_not_matter(values, found, parent, known, rng):
    shuffled = list(found)
    rng.shuffle(shuffled)
    assert decide(values, found, parent, known) == decide(values, shuffled, parent, known)


@given(incoming, candidates, parents, st.booleans())
def test_a_link_is_to_one_unbound_record_with_a_key_in_common(values, found, parent, known):
    decision = decide(values, found, parent, known)
    assert decision.reason
    if decision.kind != "link":
        assert decision.candidate_id is None
        assert bool(decision.candidates) == (decision.kind == "review")
        return
    (chosen,) = [candidate for candidate in found if candidate.id == decision.candidate_id]
    assert not chosen.bound
    assert chosen.kind == values["kind"]
    assert chosen.id != parent
    assert [candidate for candidate, _reasons in decision.candidates] == [chosen.id]
    theirs = {"kind": chosen.kind, "name": chosen.name, "vat": chosen.vat, "email": chosen.email}
    assert set(match_keys(values)) & set(match_keys({**theirs, "phone": chosen.phone_e164}))


@given(incoming, candidates, parents, st.booleans())
def test_more_evidence_never_turns_a_review_into_a_link(values, found, parent, known):
    """With one more equally good record in the base, nothing that was unsure becomes sure."""
    decision = decide(values, found, parent, known)
    # The record's own parent is no candidate, so a twin of it would be the first one, not one more.
    twin = [dataclasses.replace(candidate, id=candidate.id + 100) for candidate in found if candidate.id != parent]
    again = decide(values, found + twin, parent, known)
    assert again.kind != "link"
    if decision.kind == "create" and parent is None:
        assert again.kind == "create"


@given(incoming)
def test_a_record_matches_its_own_image(values):
    """A customer that was created from a record is found again by it, if it has any key at all."""
    image = Candidate(1, values["kind"], values["name"], values.get("vat"), values.get("email"), values.get("phone"))
    keyed = [key for key in match_keys(values) if not key.startswith("vat:")]
    assert decide(values, [image]).kind == ("link" if keyed else decide(values, [image]).kind)
    if not match_keys(values):
        assert decide(values, [image]).kind == "create"


@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=3), max_size=8))
def test_twins_are_those_with_an_earlier_one(keys):
    twins = decide_page(keys)
    for index, record_keys in enumerate(keys):
        earlier = {key for earlier_keys in keys[:index] for key in earlier_keys}
        assert (index in twins) == bool(earlier & set(record_keys))
