"""Checklist items 1-4 and 44: tokens, scopes, roles, suspended users."""

import pytest
import requests
from zenpy.lib.exception import APIException

from .zendesk_support import Api, check, refused, zenpy


def test_zendesk_01_client_credentials_give_a_bearer_token(zd, api):
    reply = api.oauth(
        {"grant_type": "client_credentials", "client_id": zd.client_id, "client_secret": zd.client_secret,
         "scope": "tickets:read users:read", "expires_in": 86400}
    ).json()  # fmt: skip
    assert reply["token_type"] == "bearer" and reply["expires_in"] == 86400
    assert set(reply["scope"].split()) == {"tickets:read", "users:read"}
    assert "refresh_token" not in reply
    assert zenpy(zd, reply["access_token"]).users.me().email == zd.email


@pytest.mark.parametrize("seconds", [300, 172800, 1])
def test_zendesk_01_a_lifetime_out_of_bounds_is_refused(zd, api, seconds):
    body = {"grant_type": "client_credentials", "client_id": zd.client_id, "client_secret": zd.client_secret}
    check(api.oauth({**body, "expires_in": seconds}), 400, "invalid_request")


def test_zendesk_01_a_wrong_secret_and_a_form_are_refused(zd, api):
    body = {"grant_type": "client_credentials", "client_id": zd.client_id, "client_secret": "no"}
    check(api.oauth(body), 401, "invalid_client")
    body["client_secret"] = zd.client_secret
    form = requests.post(f"{zd.base_url}/oauth/tokens", data=body, verify=zd.ca, timeout=20)
    check(form, 400, "invalid_request")


def test_zendesk_01_an_expired_token_is_401_and_signing_in_again_helps(zd, api):
    api.login(expires_in=301)
    zd.advance(302)
    check(api("GET", "users/me"), 401, "invalid_token")
    with refused(401):
        zenpy(zd, api.token).tickets(id=1)
    api.login()
    assert api("GET", "users/me").status_code == 200


def test_zendesk_01_a_refresh_rotates_both_tokens(zd, api):
    client = {"client_id": zd.client_id, "client_secret": zd.client_secret}
    code = zd.consent(zd.client_id, user="agent", scope="read write", redirect_uri="https://odoo.example/back")
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": "https://odoo.example/back", **client}
    first = api.oauth(grant).json()
    assert first["refresh_token_expires_in"] == 2592000
    check(api.oauth(grant), 400, "invalid_grant")
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"], **client}
    second = api.oauth(refresh).json()
    assert zenpy(zd, second["access_token"]).users.me().id == zd.users["agent"]
    with refused(401):
        zenpy(zd, first["access_token"]).users.me()
    check(api.oauth(refresh), 400, "invalid_grant")


def test_zendesk_01_a_code_lives_two_minutes(zd, api):
    code = zd.consent(zd.client_id)
    zd.advance(121)
    body = {"grant_type": "authorization_code", "code": code, "client_id": zd.client_id,
            "client_secret": zd.client_secret}  # fmt: skip
    check(api.oauth(body), 400, "invalid_grant")


def _basic(zd, name, secret):
    return requests.get(f"{zd.base_url}/api/v2/users/me", auth=(name, secret), verify=zd.ca, timeout=20)


def test_zendesk_02_the_api_token_works_until_it_is_switched_off(zd):
    assert _basic(zd, f"{zd.email}/token", zd.api_token).json()["user"]["email"] == zd.email
    assert _basic(zd, zd.email, zd.api_token).status_code == 401
    zd.config(api_tokens=False)
    assert _basic(zd, f"{zd.email}/token", zd.api_token).status_code == 401


def test_zendesk_02_the_api_token_dies_of_disuse_and_at_its_end(zd):
    zd.advance(31 * 86400)
    assert _basic(zd, f"{zd.email}/token", zd.api_token).status_code == 401
    zd.reset()
    zd.freeze("2027-04-29T23:00:00Z")
    zd.config(api_token_idle_days=10000)
    assert _basic(zd, f"{zd.email}/token", zd.api_token).status_code == 200
    zd.advance(3600)
    assert _basic(zd, f"{zd.email}/token", zd.api_token).status_code == 401


def test_zendesk_03_a_scope_or_role_too_small_is_403_in_either_shape(zd):
    reader = Api(zd, scope="tickets:read")
    assert reader("GET", "tickets").status_code == 200
    check(reader("GET", "users"), 403, "Forbidden")
    check(reader("POST", "tickets", {"ticket": {"comment": {"body": "x"}}}), 403, "Forbidden")
    zd.client("agents", "secret", user="agent")
    agent = Api(zd, client_id="agents", client_secret="secret")
    assert agent("GET", "tickets").status_code == 200
    check(agent("GET", "incremental/tickets/cursor?start_time=0"), 403, "Forbidden")
    zd.config(nested_errors=True)
    assert reader("GET", "users").json()["error"]["title"] == "Forbidden"
    with pytest.raises(APIException):
        list(zenpy(zd, reader.token).users())


def test_zendesk_04_the_suffix_may_be_left_out(api):
    number = api.ticket()["id"]
    for path in (f"tickets/{number}", f"tickets/{number}/comments", "users/me", "ticket_fields"):
        assert api.get(path) == api.get(f"{path}.json")


def test_zendesk_44_suspended_users_and_inactive_agents_are_refused(zd, api):
    api("PUT", f"users/{zd.users['agent2']}", {"user": {"suspended": True}})
    number = api.ticket()["id"]
    check(api.update(number, assignee_id=zd.users["agent2"]), 422, "RecordInvalid", "Assignee")
    api("DELETE", f"users/{zd.users['agent']}")
    check(api.update(number, assignee_id=zd.users["agent"]), 422, "RecordInvalid", "Assignee")
    customer = zd.seed("user", [{"name": "Ada", "email": "ada@example.com", "suspended": True}])[0]
    body = {"ticket": {"comment": {"body": "x"}, "requester_id": customer}}
    check(api("POST", "tickets", body), 422, "RecordInvalid", "suspended")
    api("PUT", f"users/{zd.users['integration']}", {"user": {"suspended": True}})
    check(api("GET", "tickets"), 403, "Forbidden")
