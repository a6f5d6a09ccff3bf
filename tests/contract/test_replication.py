"""Checklist item 29: which ids were updated and deleted in a window."""

from datetime import datetime, timedelta, timezone

import pytest

from .support import login, refused, stamp

NOON = datetime(2026, 5, 20, 12, 0, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def at_noon(sim):
    """simple-salesforce on an org whose clock stands at noon, with replication as fresh as it gets."""
    sim.freeze(NOON.isoformat().replace("+00:00", "Z"))
    sim.config(latest_date_covered_lag_seconds=0)
    return login(sim)


def test_item_29_updated_and_deleted(sim, at_noon):
    sf = at_noon
    made = sf.Contact.create({"LastName": "Made"})["id"]
    sim.advance(600)
    changed, gone = sim.seed("Contact", [{"LastName": "Changed"}, {"LastName": "Gone"}])
    sim.advance(600)
    sf.Contact.update(changed, {"Phone": "1"})
    sf.Contact.delete(gone)
    sim.advance(600)
    updated = sf.Contact.updated(NOON, NOON + HOUR / 2)
    assert set(updated) == {"ids", "latestDateCovered"}
    assert set(updated["ids"]) == {made, changed}
    assert stamp(updated["latestDateCovered"]) <= NOON + HOUR / 2
    assert sf.Contact.updated(NOON + 5 * MINUTE, NOON + 15 * MINUTE)["ids"] == [], "each id counts at its last change"
    assert sf.Contact.updated(NOON + 15 * MINUTE, NOON + 25 * MINUTE)["ids"] == [changed]
    deleted = sf.Contact.deleted(NOON, NOON + HOUR / 2)
    assert set(deleted) == {"deletedRecords", "earliestDateAvailable", "latestDateCovered"}
    assert deleted["deletedRecords"] == [{"id": gone, "deletedDate": "2026-05-20T12:20:00.000+0000"}]
    assert stamp(deleted["earliestDateAvailable"]) < NOON
    assert sf.Contact.deleted(NOON, NOON + 10 * MINUTE)["deletedRecords"] == []


def test_item_29_undeleted_is_updated_again(sim, at_noon):
    sf = at_noon
    contact = sf.Contact.create({"LastName": "Back"})["id"]
    sim.advance(600)
    sf.Contact.delete(contact)
    sim.advance(600)
    sim.undelete("Contact", contact)
    sim.advance(600)
    assert sf.Contact.deleted(NOON, NOON + HOUR / 2)["deletedRecords"] == []
    assert sf.Contact.updated(NOON + 15 * MINUTE, NOON + 25 * MINUTE)["ids"] == [contact]


def test_item_29_seconds_are_truncated(sim, at_noon):
    sf = at_noon
    sim.advance(70)
    contact = sf.Contact.create({"LastName": "At 12:01:10"})["id"]
    sim.advance(600)
    window = [NOON + timedelta(seconds=75), NOON + timedelta(seconds=130)]
    assert sf.Contact.updated(*window)["ids"] == [contact], "12:01:15 to 12:02:10 reads 12:01 to 12:02"
    assert sf.Contact.updated(NOON + timedelta(seconds=125), NOON + 5 * MINUTE)["ids"] == []


@pytest.mark.parametrize("call", ["updated", "deleted"])
def test_item_29_latest_date_covered_lags(sim, at_noon, call):
    sim.advance(3600)
    now = NOON + HOUR
    assert stamp(getattr(at_noon.Contact, call)(NOON, now)["latestDateCovered"]) == now
    sim.config(latest_date_covered_lag_seconds=120)
    assert stamp(getattr(at_noon.Contact, call)(NOON, now)["latestDateCovered"]) == now - 2 * MINUTE


@pytest.mark.parametrize(("call", "days"), [("updated", 30), ("deleted", 15)])
def test_item_29_refused_windows(at_noon, call, days):
    ask = getattr(at_noon.Contact, call)
    assert ask(NOON - timedelta(days=days) + HOUR, NOON)
    for start, end in [
        (NOON - timedelta(days=days + 1), NOON),
        (NOON, NOON),
        (NOON - timedelta(seconds=20), NOON - timedelta(seconds=10)),
        (NOON, NOON - HOUR),
    ]:
        with refused(400, "INVALID_REPLICATION_DATE"):
            ask(start, end)
