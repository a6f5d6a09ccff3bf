"""What a simulator's own process does: options, the ready file, and the end on a signal."""

from __future__ import annotations

import argparse
import gc
import json
import signal
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .server import Server

HOST = "127.0.0.1"


def options(prog: str, description: str | None) -> argparse.ArgumentParser:
    """The options that every simulator has: port, state directory, and switches."""
    parser = argparse.ArgumentParser(prog=prog, description=description)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--dir", type=Path, required=True, help="where ca.pem and simulator.json are written")
    parser.add_argument("--config", default="{}", help="switches as JSON")
    return parser


def serve(server: Server, directory: Path, facts: Mapping[str, Any]) -> None:
    """Serve until SIGTERM or SIGINT; ``simulator.json`` holds ``facts`` once it answers."""
    # Rows live as long as the process; the cyclic collector would walk all of them for nothing.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    # Waited for, and not handled: a handler that sets an event hangs if it runs while the main thread begins to wait.
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="server", daemon=True).start()
    _announce(directory, facts)
    print(f"simulator ready {facts['base_url']}", flush=True)
    signal.sigwait(ends)
    server.shutdown()
    server.server_close()


def _announce(directory: Path, facts: Mapping[str, Any]) -> None:
    """Write simulator.json in one move: whoever sees it may connect."""
    draft = directory / f"simulator.json.{facts['pid']}"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    draft.replace(directory / "simulator.json")
