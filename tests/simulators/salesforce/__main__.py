"""Starts the simulator: ``python -m tests.simulators.salesforce --port 0 --dir STATE_DIR``."""

from __future__ import annotations

import argparse
import gc
import json
import os
import signal
import sys
import threading
from pathlib import Path

from .control import PREFIX
from .gateway import Gateway
from .importer import Importer
from .org import CLIENT_ID, INTEGRATION, Org
from .server import Server
from .tls import make_certificates, server_context

HOST = "127.0.0.1"


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    directory: Path = options.dir
    directory.mkdir(parents=True, exist_ok=True)
    ca = make_certificates(directory)
    org = Org()
    server = Server(HOST, options.port, server_context(directory), Gateway(org))
    port = server.server_address[1]
    org.base_url = f"https://localhost:{port}"
    org.apply_config(json.loads(options.config))
    if options.data:
        report = Importer(org).run([path.resolve() for path in options.data])
        print(f"imported {sum(report['loaded'].values())} records, skipped {len(report['skipped'])}", flush=True)
    # Rows live as long as the process; the cyclic collector would walk all of them for nothing.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    # Waited for, and not handled: a handler that sets an event hangs if it runs while the main thread begins to wait.
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="server", daemon=True).start()
    _announce(directory, org, ca, port)
    print(f"simulator ready {org.base_url}", flush=True)
    signal.sigwait(ends)
    server.shutdown()
    server.server_close()
    org.bulk_worker.stop()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulators.salesforce", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--dir", type=Path, required=True, help="where ca.pem and simulator.json are written")
    parser.add_argument("--data", type=Path, action="append", default=[], help="an org export to load; may be repeated")
    parser.add_argument("--config", default="{}", help="switches as JSON")
    return parser.parse_args(arguments)


def _announce(directory: Path, org: Org, ca: Path, port: int) -> None:
    """Write simulator.json in one move: whoever sees it may connect."""
    facts = {
        "base_url": org.base_url, "ca": str(ca.resolve()), "pid": os.getpid(), "port": port, "client_id": CLIENT_ID,
        "client_secret": org.secret, "org_id": org.org_id, "username": INTEGRATION, "control": org.base_url + PREFIX,
        "users": org.users,
    }  # fmt: skip
    draft = directory / f"simulator.json.{os.getpid()}"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    draft.replace(directory / "simulator.json")


if __name__ == "__main__":
    sys.exit(main())
