"""Logging in, and staying logged in, over real HTTPS."""

import threading
from pathlib import Path

from .support import Org, contacts, fault  # isort: skip - makes the client importable

from retail_sync_salesforce.client import ids, limits, query, times, tokens, transport
from retail_sync_salesforce.client.session import MemoryTokenStore, SalesforceSession


def test_login(sim, org):
    token = org.session.token()
    assert token.org_id == ids.to_18(sim.org_id)
    assert ids.prefix(token.user_id) == "005"
    assert "62.0" in limits.versions(org.session)


def test_the_remote_clock(sim, org):
    sim.freeze("2026-05-20T09:44:32Z")
    assert limits.server_time(org.session) == "2026-05-20T09:44:32Z"
    assert org.session.token().issued_at * 1000 == times.parse_ms("2026-05-20T09:44:32Z")


def test_a_wrong_secret(sim):
    http = transport.new_http(Path(sim.ca).read_text())
    login = tokens.fetch_client_credentials
    assert fault(login, sim.base_url, sim.client_id, "wrong", http) == ("auth", "invalid_client")
    assert fault(login, sim.base_url, "unknown", "wrong", http) == ("auth", "invalid_client_id")


def test_a_login_page_that_is_down(sim):
    http = transport.new_http(Path(sim.ca).read_text())
    sim.fault("login_html", {})
    assert (
        fault(tokens.fetch_client_credentials, sim.base_url, sim.client_id, sim.client_secret, http)[0] == "transient"
    )


def test_jwt(sim):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    app = {"client_id": "jwt-app", "certificate_pem": public.decode(), "usernames": [sim.username]}
    sim.control("POST", "/apps", app)
    http = transport.new_http(Path(sim.ca).read_text())
    audience = "https://login.salesforce.com"
    token = tokens.fetch_jwt(sim.base_url, "jwt-app", sim.username, private, audience, http)
    session = SalesforceSession(MemoryTokenStore(token), lambda: token, http)
    assert query.count(session, "User") > 0
    login = tokens.fetch_jwt
    assert fault(login, sim.base_url, "jwt-app", "stranger@x.example", private, audience, http) == (
        "auth",
        "invalid_grant",
    )


def test_a_stranger_to_our_authority_is_not_trusted(sim):
    http = transport.new_http()
    assert fault(tokens.fetch_client_credentials, sim.base_url, sim.client_id, sim.client_secret, http) == (
        "contract",
        "TLS_CERTIFICATE",
    )


def test_tokens_revoked_while_pages_are_read(sim, org):
    sim.seed("Contact", contacts(30))
    sim.config(page_size_cap=10)
    pages = query.page(org.session, "SELECT Id FROM Contact")
    found = list(next(pages))
    for part in pages:
        found += part
        sim.revoke_tokens()
    assert len({row["Id"] for row in found}) == 30
    assert org.logins == 2
    assert [info.error_kind for info in org.calls if info.error_kind] == [transport.EXPIRED]


def test_workers_that_share_a_token_log_in_once(sim):
    first = Org(sim)
    first.session.token()
    sim.revoke_tokens()
    workers = [Org(sim, store=first.store) for _ in range(6)]
    threads = [threading.Thread(target=query.count, args=(worker.session, "Contact")) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [worker.calls[-1].status for worker in workers] == [200] * 6
    assert sum(worker.logins for worker in workers) == 1


def test_a_token_that_never_works(sim, org):
    sim.config(token_ttl_seconds=0)
    assert fault(query.count, org.session, "Contact") == ("auth", "INVALID_SESSION_ID")
    assert org.logins == 2
