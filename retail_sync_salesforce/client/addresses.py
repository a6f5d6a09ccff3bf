"""Where a call may go: the name of its host, and each address that the name leads to, checked before a socket opens."""

import socket
from typing import Any, Protocol

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection


class HostRules(Protocol):
    """Which hosts may be called; the engine decides."""

    def allows(self, host: str) -> bool:
        """Whether a host of this name may be called at all."""

    def reaches(self, host: str, address: str) -> bool:
        """Whether a call to the host may go to this IP address."""


class HostNotAllowed(requests.exceptions.InvalidURL):
    """The host is none that may be called. Nothing was asked of it, not even its address."""


class AddressNotAllowed(NewConnectionError):
    """The name of a permitted host leads to an address that may not be called."""


def refused_address(exc: Exception) -> bool:
    """Whether a call ended because of an address that may not be called."""
    cause: Any = exc
    while isinstance(cause, Exception):
        if isinstance(cause, AddressNotAllowed):
            return True
        inner = cause.reason if isinstance(cause, MaxRetryError) else (cause.args[0] if cause.args else None)
        cause = inner if inner is not cause else None
    return False


class CheckedAdapter(HTTPAdapter):
    """Connects to addresses that the rules permit, and to no other: a name is resolved once, and that is called.

    A proxy that the server's environment names is the server's own: it resolves the names, and only those are checked.
    """

    def __init__(self, rules: HostRules, **options: Any) -> None:
        self._rules = rules
        super().__init__(**options)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # pylint: disable=missing-return
        super().init_poolmanager(*args, **kwargs)
        rules = self._rules

        class Connection(_CheckedConnection):
            host_rules = rules

        class Pool(HTTPSConnectionPool):
            ConnectionCls = Connection

        self.poolmanager.pool_classes_by_scheme = {"https": Pool}


class _CheckedConnection(HTTPSConnection):
    host_rules: HostRules

    def _new_conn(self) -> socket.socket:
        # A name may lead elsewhere at the next look-up (DNS rebinding): the addresses checked are those called.
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise NameResolutionError(self.host, self, socket.gaierror(str(error))) from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not all(self.host_rules.reaches(self.host, address) for address in addresses):
            raise AddressNotAllowed(self, "the address is not permitted")
        failed: Exception = OSError("the name has no address")
        for address in addresses:
            try:
                return create_connection(
                    (address, self.port),
                    self.timeout,
                    source_address=self.source_address,
                    socket_options=self.socket_options,
                )
            except OSError as error:
                failed = error
        if isinstance(failed, TimeoutError):
            raise ConnectTimeoutError(self, f"Connection to {self.host} timed out") from failed
        raise NewConnectionError(self, f"Failed to establish a new connection: {failed}") from failed
