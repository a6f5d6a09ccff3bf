"""Short ways to state a case: records from keywords, and the decision on one against a few."""

from retail_sync.domain.identity.decide.decision import Decision, decide
from retail_sync.domain.identity.normalise.features import Features, prepare
from retail_sync.domain.identity.normalise.record import read_record
from retail_sync.domain.identity.score.default_model import DEFAULT_MODEL
from retail_sync.domain.identity.score.frequencies import CountedFrequencies

NO_COUNTS = CountedFrequencies()
HOME = {"street": "Rosenweg 7", "zip": "60311", "city": "Frankfurt", "country": "DE"}
ELSEWHERE = {"street": "Hafenstraße 112", "zip": "20457", "city": "Hamburg", "country": "DE"}


def person(record_id=0, first="", last="", **values) -> Features:
    return prepare(read_record(record_id, {"kind": "person", "first_name": first, "last_name": last, **values}))


def company(record_id=0, name="", **values) -> Features:
    return prepare(read_record(record_id, {"kind": "company", "name": name, **values}))


def decision(incoming: Features, *candidates: Features, model=DEFAULT_MODEL, counts=NO_COUNTS) -> Decision:
    return decide(incoming, candidates, model, counts)


def outcome(incoming: Features, *candidates: Features) -> str | int | None:
    """The id of the record linked to, else "create" or "review"."""
    found = decision(incoming, *candidates)
    return found.candidate_id if found.kind == "link" else found.kind
