"""Starts the simulator: ``python -m tests.simulators.salesforce --port 0 --dir STATE_DIR``."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from ..common.server import Server
from ..common.serving import HOST, options, serve
from ..common.tls import make_certificates, server_context
from .control import PREFIX
from .gateway import Gateway
from .importer import Importer
from .org import CLIENT_ID, INTEGRATION, Org

HOST_NAMES = ("acme.my.salesforce.com", "login.salesforce.com", "test.salesforce.com")


def main(arguments: list[str] | None = None) -> int:
    parser = options("python -m tests.simulators.salesforce", __doc__)
    parser.add_argument("--data", type=Path, action="append", default=[], help="an org export to load; may be repeated")
    given = parser.parse_args(arguments)
    directory: Path = given.dir
    directory.mkdir(parents=True, exist_ok=True)
    ca = make_certificates(directory, HOST_NAMES)
    org = Org()
    server = Server(HOST, given.port, server_context(directory), Gateway(org))
    port = server.server_address[1]
    org.base_url = f"https://localhost:{port}"
    org.apply_config(json.loads(given.config))
    if given.data:
        report = Importer(org).run([path.resolve() for path in given.data])
        print(f"imported {sum(report['loaded'].values())} records, skipped {len(report['skipped'])}", flush=True)
    facts = {
        "base_url": org.base_url, "ca": str(ca.resolve()), "pid": os.getpid(), "port": port, "client_id": CLIENT_ID,
        "client_secret": org.secret, "org_id": org.org_id, "username": INTEGRATION, "control": org.base_url + PREFIX,
        "users": org.users,
    }  # fmt: skip
    serve(server, directory, facts)
    org.bulk_worker.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
