"""Checklist items 4-7: losing and renewing a token, the instance, the versions."""

from .support import API, DATA, call, contacts, login, refused, with_token

SESSION_EXPIRED = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


def check_session_expired(sf):
    with refused(401, "INVALID_SESSION_ID") as caught:
        sf.query("SELECT Id FROM Organization")
    assert caught[0].content == SESSION_EXPIRED


def test_item_04_tokens_expire_after_a_time(sim):
    sim.config(token_ttl_seconds=600)
    renewing = login(sim)
    first = renewing.session_id
    held = with_token(sim, first)
    sim.advance(500)
    assert held.query("SELECT Id FROM Organization")["totalSize"] == 1
    sim.advance(3600)
    check_session_expired(held)
    assert renewing.query("SELECT Id FROM Organization")["totalSize"] == 1
    assert renewing.session_id != first


def test_item_04_tokens_expire_after_a_number_of_calls(sim):
    sim.config(token_max_calls=3)
    held = with_token(sim, login(sim).session_id)
    for _ in range(3):
        assert held.query("SELECT Id FROM Organization")["totalSize"] == 1
    check_session_expired(held)
    with refused(401, "INVALID_SESSION_ID"):
        held.Contact.create({"LastName": "Never"})
    assert sim.records("Contact") == []


def test_item_04_unknown_or_missing_token(sim, http):
    """Plain HTTP for the call without any token: both clients always send one."""
    check_session_expired(with_token(sim, "00D000000000000!no.such.token"))
    reply = http.get(f"{sim.base_url}{DATA}/sobjects")
    assert reply.status_code == 401
    assert reply.json()[0]["errorCode"] in ("INVALID_SESSION_ID", "INVALID_AUTH_HEADER")


def test_item_05_tokens_revoked_while_paging(sim):
    ids = sim.seed("Contact", contacts(450))
    headers = {"Sforce-Query-Options": "batchSize=200"}
    sf = login(sim)
    held = with_token(sim, sf.session_id)
    page = held.query("SELECT Id FROM Contact ORDER BY Id", headers=headers)
    assert not page["done"]
    sim.revoke_tokens()
    with refused(401, "INVALID_SESSION_ID") as caught:
        held.query_more(page["nextRecordsUrl"], identifier_is_url=True)
    assert caught[0].content == SESSION_EXPIRED
    seen = [row["Id"] for row in page["records"]]
    while not page["done"]:
        page = sf.query_more(page["nextRecordsUrl"], identifier_is_url=True)
        seen += [row["Id"] for row in page["records"]]
    assert sf.session_id != held.session_id
    assert seen == sorted(ids)


def test_item_06_instance_url_differs_and_changes(sim):
    before = login(sim)
    assert f"https://{before.sf_instance}" == sim.base_url
    sim.config(instance_url="https://acme.my.salesforce.com")
    after = login(sim)
    assert after.sf_instance == "acme.my.salesforce.com"
    assert after.query("SELECT Id FROM Organization")["totalSize"] == 1
    moved = sim.base_url.replace("localhost", "127.0.0.1")
    sim.config(instance_url=moved)
    later = login(sim)
    assert f"https://{later.sf_instance}" == moved
    assert later.query("SELECT Id FROM Organization")["totalSize"] == 1


def test_item_07_versions_and_410_for_retired(sim, sf, http):
    """Plain HTTP for the version list, which needs no token."""
    reply = http.get(f"{sim.base_url}/services/data/")
    assert reply.status_code == 200
    versions = {entry["version"]: entry for entry in reply.json()}
    assert all(set(entry) == {"label", "url", "version"} for entry in versions.values())
    assert versions[API]["url"] == DATA
    assert min(float(version) for version in versions) > 30.0
    assert call(sf, "GET", "/services/data/").json() == reply.json()
    root = sf.restful("")
    for name, path in [
        ("sobjects", "/sobjects"),
        ("query", "/query"),
        ("composite", "/composite"),
        ("limits", "/limits"),
    ]:
        assert root[name].rstrip("/") == DATA + path
    assert "jobs" in root
    for version in ("7.0", "20.0", "30.0"):
        with refused(410) as caught:
            login(sim, version).query("SELECT Id FROM Organization")
        assert caught[0].content[0]["errorCode"]
    assert login(sim, "31.0").query("SELECT Id FROM Organization")["totalSize"] == 1
