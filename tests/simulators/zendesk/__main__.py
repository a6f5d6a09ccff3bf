"""Starts the simulator: ``python -m tests.simulators.zendesk --port 0 --dir STATE_DIR``."""

from __future__ import annotations

import json
import os
import sys
import threading

from ..common.server import Server
from ..common.serving import HOST, options, serve
from ..common.tls import make_certificates, server_context
from .account import CLIENT_ID, Account
from .control import PREFIX
from .gateway import Gateway
from .stock import INTEGRATION

HOST_NAMES = ("acme.zendesk.com", "*.zendesk.com")
TICK_SECONDS = 0.1


def main(arguments: list[str] | None = None) -> int:
    given = options("python -m tests.simulators.zendesk", __doc__).parse_args(arguments)
    given.dir.mkdir(parents=True, exist_ok=True)
    ca = make_certificates(given.dir, HOST_NAMES)
    account = Account()
    server = Server(HOST, given.port, server_context(given.dir), Gateway(account))
    port = server.server_address[1]
    account.base_url = f"https://localhost:{port}"
    account.config.update(json.loads(given.config))
    facts = {
        "base_url": account.base_url, "ca": str(ca.resolve()), "pid": os.getpid(), "port": port,
        "client_id": CLIENT_ID, "client_secret": account.secret, "api_token": account.api_token,
        "email": INTEGRATION, "subdomain": account.config.subdomain, "users": account.users,
        "control": account.base_url + PREFIX,
    }  # fmt: skip
    threading.Thread(target=_tick, args=(account,), name="clockwork", daemon=True).start()
    serve(server, given.dir, facts)
    account.hub.reset()
    return 0


def _tick(account: Account) -> None:
    """Run jobs and automations between calls."""
    pause = threading.Event()
    while not pause.wait(TICK_SECONDS):
        with account.lock:
            account.run_due()


if __name__ == "__main__":
    sys.exit(main())
