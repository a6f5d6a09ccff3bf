"""What a secret is bound to, and the fingerprint of a sign-in."""

import pytest

from retail_sync.domain.security import sign_in


@pytest.mark.parametrize(
    "written", ["https://Acme.example", "acme.example/", " https://acme.example:443/x?y ", "https://ACME.example."]
)
def test_one_address_has_one_form(written):
    assert sign_in.origin(written) == "https://acme.example"


@pytest.mark.parametrize(
    "other",
    ["http://acme.example", "https://acme.example:8443", "https://u@acme.example", "https://acme.example.evil", ""],
)
def test_another_address_differs(other):
    assert sign_in.origin(other) != "https://acme.example"


def test_lines_of_certificates_may_end_in_any_way():
    assert sign_in.words("-----BEGIN\r\nAA\r\n") == sign_in.words("-----BEGIN\nAA")
    assert sign_in.words(None) == sign_in.words("") == ""


def test_each_value_changes_the_fingerprint():
    values = {"address": "https://acme.example", "client_secret": "s", "username": None}
    known = sign_in.fingerprint(values, "salt")
    assert known == sign_in.fingerprint(dict(reversed(values.items())), "salt")
    for name in values:
        assert sign_in.fingerprint({**values, name: "other"}, "salt") != known
    assert sign_in.fingerprint(values, "pepper") != known


def test_a_url_that_cannot_be_read_is_compared_as_it_is():
    assert sign_in.origin("https://[bad") == "https://[bad"
    assert sign_in.host_of("https://[bad") == ""
