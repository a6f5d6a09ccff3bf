"""Salesforce on a bad day, on the way out: what is written in Odoo waits, and arrives; urgent things first."""

from __future__ import annotations

import pytest

from .equality import last_entry, proof

EVERYTHING = {"path": r"/services/"}


@pytest.fixture
def weather(both, shelf):
    """The connection at rest; whatever is scripted ends with the test, and both sides are equal then."""
    both.quiet()
    yield both
    both.simulator.clear_faults()
    both.simulator.config(daily_limit=100_000, used_calls=0)
    both.pass_time(4000)
    both.wait_idle()
    both.quiet()
    assert proof(both) == []


def test_down_for_an_hour(weather, shelf):
    """The breaker opens, lets a probe through now and then, closes; no attempt is burned, no person is bothered."""
    families = [shelf.take() for _ in range(3)]
    org = weather.simulator
    org.fault("status", EVERYTHING, times=-1, status=503, error_code="SERVER_UNAVAILABLE")
    weather.write(families[0].person, function="Before the storm")
    weather.until(lambda: weather.call_guard()["breaker_state"] == "open")
    calls = len(org.calls())
    probes = 0
    for minute in range(0, 60, 5):
        if minute % 20 == 5:
            family = families[minute // 20]
            weather.write(family.firm, website=f"https://minute{minute}.example")
            org.edit("Contact", family.contact, {"Phone": f"+39 02 7000 {minute:04d}"})
        weather.pass_time(300)
        weather.sweep()
        weather.call("start_poll")
        weather.wait_at_rest()
        probes += weather.call_guard()["breaker_state"] == "open"
    assert probes and weather.call_guard()["breaker_state"] == "open"
    assert len(org.calls()) - calls <= 20, "a platform that is down was hammered"
    assert weather.outbox("open") == []
    org.clear_faults()
    weather.pass_time(1000)
    for number, family in enumerate(families):
        website = f"https://minute{number * 20 + 5}.example"
        weather.until(lambda key=family.account, website=website: weather.there(key, Website=website))
    weather.until(lambda: weather.there(families[0].contact, Title="Before the storm"))
    weather.wait_at_rest()  # the record is there a moment before the answer is noted
    assert weather.call_guard()["breaker_state"] == "closed"
    weather.quiet()
    assert weather.partner(families[2].contact)["phone"] == "+390270000045"


def test_bulk_stops_before_the_daily_limit_and_critical_goes_on(weather, shelf):
    """At 90 % used bulk and standard work waits; a block goes out all the same."""
    families = [shelf.take() for _ in range(2)]
    org = weather.simulator
    org.config(daily_limit=10_000, used_calls=9_050)
    weather.call("start_poll")  # the org's own headers tell how much is used; later polls wait
    weather.stack.wait_for(lambda: weather.call_guard()["budget_used"] >= 9_050)
    since = last_entry(weather)
    weather.write(families[0].person, function="Can wait")
    weather.stack.wait_for(lambda: weather.outbox("pending"))
    weather.write(families[1].firm, account_block=True, account_block_reason="Cheque bounced")
    weather.arrives(families[1].account, Odoo_Account_Blocked__c=True, Odoo_Credit_State__c="Hold")
    for key in (families[1].contact, families[1].other):
        weather.arrives(key, Odoo_Account_Blocked__c=True)
    weather.wait_at_rest()  # the records are there a moment before the answer is noted
    titles = [entry for entry in org.journal(since=since, user="integration") if "Title" in entry["fields"]]
    assert titles == [] and weather.record(families[0].contact)["Title"] == "Buyer"
    [waiting] = weather.outbox("pending")
    assert waiting["res_id"] == families[0].person and waiting["attempts"] == 0
    org.config(used_calls=0)
    weather.pass_time(1000)
    weather.until(lambda: weather.there(families[0].contact, Title="Can wait"))
