"""The Salesforce simulator as a subprocess of the demo."""

import json
import time
from pathlib import Path

from . import paths
from .process import Process
from .system import SetupError, free_port


class Simulator(Process):
    """One simulated org. It keeps nothing: the same exports, loaded in the same order, give the same ids again."""

    def __init__(self, folder: Path, port: int | None) -> None:
        self.folder = folder
        command = [paths.PYTHON, "-m", "tests.simulators.salesforce", "--port", free_port(port), "--dir", folder]
        super().__init__(command, folder / "log")
        self._ready = folder / "simulator.json"
        self._client = None

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
        from tests.simulators.salesforce.client import Simulator as Client

        self._client = Client(json.loads(self._ready.read_text()))

    def load(self, folder: Path) -> tuple[dict[str, int], list[str]]:
        """Load an export: how many records of each object, and a line for each file or record that was left out."""
        report = self._client.import_dir(folder)
        skipped = [
            " ".join(str(item[key]) for key in ("file", "record") if item.get(key)) + f": {item['reason']}"
            for item in report["skipped"]
        ]
        return report["loaded"], skipped

    @property
    def base_url(self) -> str:
        """What a backend connects to."""
        return self._client.base_url

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._client.facts["port"])

    @property
    def credentials(self) -> dict[str, str]:
        """Field values of a backend: URL, client id and secret, CA bundle as PEM text."""
        return {
            "base_url": self._client.base_url,
            "client_id": self._client.client_id,
            "client_secret": self._client.client_secret,
            "ca_bundle": Path(self._client.ca).read_text(),
        }
