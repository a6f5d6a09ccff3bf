"""The Salesforce simulator as a subprocess of the demo."""

import json
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import paths
from .process import Process
from .system import SetupError, free_port, write_atomic

if TYPE_CHECKING:
    from tests.simulators.salesforce.client import Simulator as Client


class Simulator(Process):
    """One simulated org. The same exports, loaded in the same order, give the same ids again; what was written since
    is kept in a file, if asked for."""

    def __init__(self, folder: Path, port: int | None) -> None:
        self.folder = folder
        command = [paths.PYTHON, "-m", "tests.simulators.salesforce", "--port", free_port(port), "--dir", folder]
        super().__init__(command, folder / "log")
        self._ready = folder / "simulator.json"
        self._kept = folder / "kept.json"
        self._started_client: Client | None = None

    @property
    def _client(self) -> "Client":
        if self._started_client is None:
            raise SetupError("the simulator has not been started")
        return self._started_client

    def start(self, timeout: float = 60) -> None:
        """Start and wait until it is ready. Raises SetupError with the end of its log when it is not."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in (self._ready, self.log_path):
            path.unlink(missing_ok=True)
        super().start()
        deadline = time.monotonic() + timeout
        while not self._ready.is_file():
            if self.pid is None or time.monotonic() > deadline:
                self.stop()
                raise SetupError(f"the simulator did not start; the end of {self.log_path}:\n{self.log_tail()}")
            time.sleep(0.05)
        # Imported here: the bootstrap has the standard library only.
        from tests.simulators.salesforce.client import Simulator as Client

        self._started_client = Client(json.loads(self._ready.read_text()))

    def load(self, folder: Path) -> tuple[dict[str, int], list[str]]:
        """Load an export: how many records of each object, and a line for each file or record that was left out."""
        report = self._client.import_dir(folder)
        skipped = [
            " ".join(str(item[key]) for key in ("file", "record") if item.get(key)) + f": {item['reason']}"
            for item in report["skipped"]
        ]
        return report["loaded"], skipped

    def put_back(self) -> None:
        """Bring the org to where :meth:`keep` left it, if it ever did; after loading the same exports."""
        if self._kept.is_file():
            self._client.put_back(json.loads(self._kept.read_text()))

    def keep(self) -> None:
        """Write down what was written since the exports were loaded; nothing if the org is gone."""
        if self._started_client is not None and self.pid is not None:
            write_atomic(self._kept, json.dumps(self._client.kept()))

    def forget(self) -> None:
        """Begin from the exports again."""
        self._kept.unlink(missing_ok=True)

    def announce(self, address: str) -> None:
        """Send Outbound Messages about customers to an address, but not about what the integration user writes."""
        self._client.unsubscribe()
        for name in ("Account", "Contact"):
            self._client.subscribe(name, address, ["Name"], skip_users=["integration"])

    def edit(self, name: str, record_id: str, fields: dict[str, object]) -> None:
        """Edit a record as the org's administrator."""
        self._client.edit(name, record_id, fields)

    def record(self, name: str, record_id: str) -> dict[str, object]:
        """A record as it is now; fields that are empty are None."""
        [record] = self._client.records(name, [record_id])
        return defaultdict(lambda: None, record)

    def count(self, name: str) -> int:
        """How many records of an object there are."""
        return len(self._client.records(name))

    def entries(self, after: int) -> list[dict[str, Any]]:
        """What was written since an entry of the org's journal."""
        return self._client.journal(since=after)

    def last_entry(self) -> int:
        """Number of the journal's last entry."""
        entries = self._client.journal()
        return entries[-1]["seq"] if entries else 0

    @property
    def integration(self) -> str:
        """Id of the user that Odoo signs in as."""
        return self._client.users["integration"]

    @property
    def base_url(self) -> str:
        """What a connection connects to."""
        return self._client.base_url

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._client.facts["port"])

    @property
    def credentials(self) -> dict[str, str]:
        """Field values of a connection, as a person enters them: URL, client id and secret, CA certificates."""
        return {
            "base_url": self._client.base_url,
            "client_id": self._client.client_id,
            "new_client_secret": self._client.client_secret,
            "ca_bundle": Path(self._client.ca).read_text(),
        }
