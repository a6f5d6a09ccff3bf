"""Which hosts may be called, and at which addresses."""

import pytest

from retail_sync.domain.security.hosts import HostRules, is_public

RULES = HostRules(("*.my.crm.example", "login.crm.example"), ("proxy.shop.example",), ("localhost", "127.0.0.1"))


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("acme.my.crm.example", True),
        ("ACME.My.CRM.example.", True),
        ("acme--uat.sandbox.my.crm.example", True),
        ("login.crm.example", True),
        ("proxy.shop.example", True),
        ("localhost", True),
        ("my.crm.example", False),
        (".my.crm.example", False),
        ("evilmy.crm.example", False),
        ("acme.my.crm.example.evil.example", False),
        ("other.crm.example", False),
        ("10.0.0.1", False),
        ("2130706433", False),
        ("", False),
    ],
)
def test_only_listed_names_are_allowed(host, allowed):
    assert RULES.allows(host) is allowed


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::1",
        "::127.0.0.1",
        "not-an-address",
    ],
)
def test_addresses_inside_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4001:80b::200e", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_outside_are_public(address):
    assert is_public(address)


def test_a_private_address_needs_the_server_configuration():
    assert RULES.reaches("localhost", "127.0.0.1")
    assert RULES.reaches("acme.my.crm.example", "8.8.8.8")
    assert not RULES.reaches("acme.my.crm.example", "127.0.0.1")
    assert not RULES.reaches("proxy.shop.example", "10.0.0.1"), "allowed by name, not for the inner network"
    assert not RULES.reaches("evil.example", "8.8.8.8")


def test_further_calls_stay_where_the_platform_is():
    assert RULES.belongs("login.crm.example", "acme.my.crm.example")
    assert RULES.belongs("localhost", "localhost")
    assert not RULES.belongs("acme.my.crm.example", "evil.example")
    assert not RULES.belongs("evil.example", "evil.example")
    assert not RULES.belongs("acme.my.crm.example", "localhost")
    assert not RULES.belongs("localhost", "acme.my.crm.example")
