"""Which hosts a connection may call: their names by allow-list, their networks by what is public."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# Networks whose last 32 bits carry those of IPv4.
_TRANSLATED = IPv6Network("64:ff9b::/96")
_TRANSLATED_LOCALLY = IPv6Network("64:ff9b:1::/48")


@dataclass(frozen=True, slots=True)
class HostRules:
    """The hosts that one connection may call.

    A pattern is a host name, or ``*.`` and the end of host names. ``platform``: what the adapter declares.
    ``configured``: what the server configuration adds. ``private``: hosts that the server configuration permits to
    be in a private network; they are allowed as well.
    """

    platform: tuple[str, ...] = ()
    configured: tuple[str, ...] = ()
    private: tuple[str, ...] = ()

    def allows(self, host: str) -> bool:
        """Return whether a host of this name may be called at all."""
        return _matches(host, (*self.platform, *self.configured, *self.private))

    def reaches(self, host: str, ip: str) -> bool:
        """Return whether a call to a host may go to an IP address that its name leads to."""
        return self.allows(host) and (is_public(ip) or _matches(host, self.private))

    def belongs(self, host: str, other: str) -> bool:
        """Return whether a platform reached at ``host`` may name ``other`` as the place of further calls."""
        if normal_host(host) == normal_host(other):
            return self.allows(other)
        return _matches(host, self.platform) and _matches(other, self.platform)


def normal_host(host: str) -> str:
    """Return a host name in the form in which names are compared."""
    return host.strip().lower().removesuffix(".")


def is_public(text: str) -> bool:
    """Return whether an IP address belongs to the public internet; False for what is none.

    One of IPv6 that stands for one of IPv4 is as public as that.
    """
    try:
        ip = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(_is_public(inner) for inner in _unwrapped(ip))


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if ip in _TRANSLATED_LOCALLY:
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _unwrapped(ip: IPv4Address | IPv6Address) -> Iterable[IPv4Address | IPv6Address]:
    """Return where a packet to ``ip`` may arrive."""
    if isinstance(ip, IPv4Address):
        return (ip,)
    if ip.ipv4_mapped:
        return (ip.ipv4_mapped,)
    if ip in _TRANSLATED:
        return (IPv4Address(int(ip) & 0xFFFFFFFF),)
    if ip.sixtofour:
        return (ip, ip.sixtofour)
    return (ip, *ip.teredo) if ip.teredo else (ip,)


def _matches(host: str, patterns: Iterable[str]) -> bool:
    name = normal_host(host)
    return bool(name) and any(_match(name, normal_host(pattern)) for pattern in patterns)


def _match(name: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        # One label at least stands before the end, and none that looks like the end of another name.
        return name.endswith(pattern[1:]) and len(name) > len(pattern) - 1
    return name == pattern
