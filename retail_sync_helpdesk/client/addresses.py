"""Where a connection may go: a permitted name must not lead into a private network."""

import socket
from typing import Any, Protocol

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

#: What the error of a refused address says; the layers above pass on nothing but its text.
REFUSED = "an address that may not be called"


class HostRules(Protocol):
    """Which hosts may be called; the engine decides."""

    def allows(self, host: str) -> bool:
        """Whether a host of this name may be called at all."""

    def reaches(self, host: str, address: str) -> bool:
        """Whether a call to this host may go to this IP address."""


class CheckedAdapter(HTTPAdapter):
    """Connects to addresses that the rules permit, and to no other. rules: None permits all.

    All addresses of a name are judged before a connection is opened, and the one it has reached is judged again before
    a byte is sent: a name that leads elsewhere at the next look-up deceives nothing. Behind a proxy of the server the
    proxy chooses the address, and only names are checked.
    """

    def __init__(self, rules: HostRules | None = None, **options: Any) -> None:
        self._rules = rules
        super().__init__(**{"max_retries": 0, **options})

    def init_poolmanager(self, *args: Any, **options: Any) -> None:  # pylint: disable=missing-return
        super().init_poolmanager(*args, **options)
        if self._rules:
            connection = type("CheckedConnection", (_CheckedConnection,), {"rules": self._rules})
            pool = type("CheckedPool", (HTTPSConnectionPool,), {"ConnectionCls": connection})
            self.poolmanager.pool_classes_by_scheme = {"https": pool}


class _CheckedConnection(HTTPSConnection):
    rules: HostRules

    def _new_conn(self) -> socket.socket:
        try:
            listed = {str(entry[4][0]) for entry in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)}
        except (socket.gaierror, UnicodeError):
            listed = set()  # the connection says it in its own words
        if not all(self.rules.reaches(self.host, address) for address in listed):
            raise NewConnectionError(self, REFUSED)
        opened = super()._new_conn()
        if self.rules.reaches(self.host, str(opened.getpeername()[0])):
            return opened
        opened.close()
        raise NewConnectionError(self, REFUSED)
