"""Describes, allowances and the wizard's report."""

from .support import fault  # isort: skip - makes the client importable

from retail_sync_salesforce.client import describe, ids, limits, probe, transport


def test_describe(sim, session):
    account = describe.describe(session, "Account")
    external = account.field("Odoo_External_Id__c")
    assert (external.external_id, external.unique, external.case_sensitive, external.length) == (True, True, True, 64)
    assert account.field("Name").required_on_create
    assert not account.field("BillingAddress").writable
    assert account.last_modified
    assert describe.describe(session, "Account", account.last_modified) is None
    assert describe.objects(session)["Contact"].key_prefix == "003"
    assert fault(describe.describe, session, "Nonsense__c") == ("contract", "NOT_FOUND")


def test_paths_of_a_mapping(sim, session):
    sim.config(fls={"Account": {"hidden": ["Phone"], "readonly": ["Website"]}})
    cache = describe.DescribeCache(session)
    found = describe.check_paths(
        cache("Account"), ["Name", "Phone", "Website", "Owner.Email", "Parent.Owner.Email", "Owner.Nonsense"], cache
    )
    assert [check.status for check in found.values()] == [
        "ok", "missing", "read_only", "read_only", "read_only", "missing",
    ]  # fmt: skip


def test_limits_tally_with_the_header(sim, org):
    sim.config(used_calls=500)
    daily = limits.limits(org.session)[limits.DAILY_CALLS]
    assert daily.max == 100000
    assert org.calls[-1].usage == transport.Usage(daily.used, daily.max)
    assert daily.used > 500


def test_probe(sim, session):
    report = probe.probe(session)
    assert report.token_ok and report.version_offered
    assert (report.org_id, report.username) == (ids.to_18(sim.org_id), sim.username)
    assert report.problems == []
    assert report.ok
