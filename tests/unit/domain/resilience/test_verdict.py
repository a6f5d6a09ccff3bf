import pytest

from retail_sync.domain.resilience.faults import FaultError
from retail_sync.domain.resilience.verdict import COUNTERS, DeliveryVerdict, Subject, VerdictKind

FAULT = FaultError("business", "TOO_LONG", "The name is too long.")
EXAMPLES = {
    VerdictKind.retry: DeliveryVerdict.retry(60, "No answer."),
    VerdictKind.parked: DeliveryVerdict.parked("res.partner", 42),
    VerdictKind.refused: DeliveryVerdict.refused(FAULT),
    VerdictKind.conflict: DeliveryVerdict.conflict(FAULT),
}


def example(kind):
    return EXAMPLES.get(kind) or DeliveryVerdict(kind)


@pytest.mark.parametrize(
    ("kind", "state", "counter"),
    [
        ("accepted", "done", "n_sent"),
        ("created", "done", "n_sent"),
        ("unchanged", "done", "n_same"),
        ("deleted", "done", "n_same"),
        ("not_wanted", "done", "n_same"),
        ("superseded", "superseded", "n_same"),
        ("retry", "pending", "n_back"),
        ("parked", "parked", None),
        ("refused", "open", "n_failed"),
        ("conflict", "open", "n_failed"),
    ],
)
def test_the_kind_says_what_becomes_of_the_message_and_how_it_counts(kind, state, counter):
    verdict = example(VerdictKind(kind))
    assert (verdict.state, verdict.counter, verdict.was_sent) == (state, counter, counter == "n_sent")
    assert counter is None or counter in COUNTERS


def test_every_kind_has_a_state():
    assert all(example(kind).state for kind in VerdictKind)


def test_the_sentence_decides_nothing():
    assert DeliveryVerdict(VerdictKind.created, detail="Angelegt").counter == "n_sent"
    assert DeliveryVerdict(VerdictKind.unchanged, detail="Created").counter == "n_same"


@pytest.mark.parametrize(
    "make",
    [
        lambda: DeliveryVerdict(VerdictKind.parked),
        lambda: DeliveryVerdict(VerdictKind.created, Subject("res.partner", 1)),
        lambda: DeliveryVerdict(VerdictKind.refused),
        lambda: DeliveryVerdict(VerdictKind.accepted, fault=FAULT),
        lambda: DeliveryVerdict(VerdictKind.accepted, seconds=5),
        lambda: DeliveryVerdict.retry(-1),
    ],
)
def test_a_verdict_has_what_its_kind_needs_and_nothing_else(make):
    with pytest.raises(ValueError, match="only|Only|no other"):
        make()


def test_a_subject_is_read_from_its_text():
    assert Subject.from_text("res.partner/42") == Subject("res.partner", 42)
    assert str(Subject("res.partner", 42)) == "res.partner/42"
    for text in ("res.partner", "/42", "res.partner/x", ""):
        with pytest.raises(ValueError, match="model/id"):
            Subject.from_text(text)
