"""Checklist items 23, 24 and 43: users, identities, organizations, merging."""

from zenpy.lib.api_objects import Identity, Organization, User

from .zendesk_support import check, refused

ADA = {"name": "Ada", "email": "ada@example.com", "external_id": "odoo:partner:55", "phone": "+3902123"}


def test_zendesk_23_users_are_created_or_updated_by_external_id_or_address(api):
    made = api("POST", "users/create_or_update", {"user": ADA})
    assert (made.status_code, made.json()["user"]["role"]) == (201, "end-user")
    number = made.json()["user"]["id"]
    by_key = api("POST", "users/create_or_update", {"user": {"name": "Ada B", "external_id": "ODOO:partner:55"}})
    by_address = api("POST", "users/create_or_update", {"user": {"name": "Ada C", "email": "ADA@example.com"}})
    assert [(each.status_code, each.json()["user"]["id"]) for each in (by_key, by_address)] == [(200, number)] * 2
    assert by_address.json()["user"]["name"] == "Ada C" and by_address.json()["user"]["phone"] == "+3902123"
    assert [row["id"] for row in api.get("users/search?external_id=odoo:partner:55")["users"]] == [number]


def test_zendesk_23_zenpy_agrees(zen):
    user = zen.users.create_or_update(User(name="Ada", email="ada@example.com", external_id="odoo:1"))
    again = zen.users.create_or_update(User(name="Ada Rossi", external_id="odoo:1"))
    assert (again.id, again.name) == (user.id, "Ada Rossi")
    assert zen.users(id=user.id).email == "ada@example.com"
    assert user.id in {each.id for each in zen.users(role="end-user")}


def test_zendesk_23_the_verification_mail_goes_out_unless_it_is_skipped(zd, api):
    api("POST", "users/create_or_update", {"user": ADA})
    api("POST", "users/create_or_update", {"user": {"name": "B", "email": "b@example.com", "skip_verify_email": True}})
    api("POST", "users/create_or_update", {"user": {"name": "Ada C", "external_id": ADA["external_id"]}})
    assert [mail["email"] for mail in zd.mails(reason="welcome")] == ["ada@example.com"]


def test_zendesk_23_addresses_and_external_ids_belong_to_one_user(zen, api):
    api("POST", "users", {"user": ADA})
    with refused(422, "RecordInvalid", "DuplicateValue"):
        zen.users.create(User(name="Other", email="ada@example.com"))
    check(api("POST", "users", {"user": {"name": "x", "external_id": ADA["external_id"]}}), 422, "RecordInvalid")


def test_zendesk_23_a_new_address_is_added_as_a_further_identity(zd, zen, api):
    user = zen.users.create(User(name="Ada", email="ada@example.com"))
    after = api("PUT", f"users/{user.id}", {"user": {"email": "ada@new.example"}}).json()["user"]
    assert after["email"] == "ada@example.com"
    found = {each.value: each for each in zen.users.identities(user.id)}
    assert {value: each.primary for value, each in found.items()} == {
        "ada@example.com": True, "ada@new.example": False
    }  # fmt: skip
    zen.users.identities.make_primary(user.id, found["ada@new.example"].id)
    assert zen.users(id=user.id).email == "ada@new.example"
    zen.users.identities.create(user.id, Identity(type="phone_number", value="+39000"))
    check(api("POST", f"users/{user.id}/identities", {"identity": {"type": "email", "value": "no"}}), 422)
    assert api("DELETE", f"users/{user.id}/identities/{found['ada@example.com'].id}").status_code == 204
    zd.config(put_email_adds_identity=False)
    after = api("PUT", f"users/{user.id}", {"user": {"email": "third@example.com"}}).json()["user"]
    assert after["email"] == "third@example.com"


def test_zendesk_23_user_fields_are_merged_by_key(zd, api):
    zd.create("user_field", key="loyalty", title="Loyalty")
    zd.create("user_field", key="shoe_size", type="integer")
    number = api("POST", "users", {"user": {**ADA, "user_fields": {"loyalty": "gold"}}}).json()["user"]["id"]
    after = api("PUT", f"users/{number}", {"user": {"user_fields": {"shoe_size": 44, "unknown": 1}}}).json()["user"]
    assert after["user_fields"] == {"loyalty": "gold", "shoe_size": 44}


def test_zendesk_24_organizations_have_unique_names_and_are_found_by_external_id(zen, api):
    rossi = {"name": "Rossi Srl", "external_id": "odoo:partner:54", "domain_names": ["rossi.example"]}
    made = api("POST", "organizations/create_or_update", {"organization": rossi})
    again = api("POST", "organizations/create_or_update", {"organization": {**rossi, "name": "Rossi SpA"}})
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json()["organization"]["id"] == again.json()["organization"]["id"]
    with refused(422, "RecordInvalid", "DuplicateValue"):
        zen.organizations.create(Organization(name="rossi spa"))
    found = api.get("organizations/search?external_id=odoo:partner:54")["organizations"]
    assert [each["name"] for each in found] == ["Rossi SpA"] == [each.name for each in zen.organizations()]
    member = api("POST", "users", {"user": {"name": "Ada", "email": "ada@rossi.example"}}).json()["user"]
    assert member["organization_id"] == made.json()["organization"]["id"]
    ticket = api.ticket(requester_id=member["id"])
    assert ticket["organization_id"] == member["organization_id"]
    assert api("DELETE", f"organizations/{member['organization_id']}").status_code == 204
    assert api.get(f"users/{member['id']}")["user"]["organization_id"] is None


def test_zendesk_43_merging_users_moves_everything_to_the_winner(zen, api):
    loser, winner = (zen.users.create(User(name=n, email=f"{n}@example.com", external_id=n)) for n in ("lo", "wi"))
    ticket = api.ticket(requester_id=loser.id)
    merged = zen.users.merge(loser, winner)
    assert (merged.id, merged.email, merged.external_id) == (winner.id, "wi@example.com", "wi")
    assert api.get(f"users/{loser.id}")["user"]["active"] is False
    assert api.get(f"tickets/{ticket['id']}")["ticket"]["requester_id"] == winner.id
    assert {each.value for each in zen.users.identities(winner.id)} == {"lo@example.com", "wi@example.com"}
    assert api.get("users/search?external_id=lo")["users"] == []


def test_zendesk_43_a_requester_of_open_tickets_cannot_be_deleted(api):
    number = api("POST", "users", {"user": ADA}).json()["user"]["id"]
    ticket = api.ticket(requester_id=number)["id"]
    check(api("DELETE", f"users/{number}"), 422, "RecordInvalid")
    api.update(ticket, status="closed")
    deleted = api("DELETE", f"users/{number}")
    assert deleted.status_code == 200 and deleted.json()["user"]["active"] is False
    assert api("POST", "users", {"user": ADA}).status_code == 201
