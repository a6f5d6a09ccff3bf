"""Starts the simulator: ``python -m tests.simulators.freshdesk --port 0 --dir STATE_DIR``."""

from __future__ import annotations

import json
import os
import sys

from ..common.server import Server
from ..common.serving import HOST, options, serve
from ..common.tls import make_certificates, server_context
from .account import Account
from .gateway import Gateway


def main(arguments: list[str] | None = None) -> int:
    given = options("python -m tests.simulators.freshdesk", __doc__).parse_args(arguments)
    given.dir.mkdir(parents=True, exist_ok=True)
    ca = make_certificates(given.dir)
    account = Account()
    account.config.update(json.loads(given.config))
    server = Server(HOST, given.port, server_context(given.dir), Gateway(account))
    port = server.server_address[1]
    account.base_url = f"https://localhost:{port}"
    facts = {
        "base_url": account.base_url, "ca": str(ca.resolve()), "pid": os.getpid(), "port": port,
        "client_id": "", "client_secret": account.api_key,
    }  # fmt: skip
    serve(server, given.dir, facts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
