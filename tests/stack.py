"""A whole Odoo for a test: a database of its own, a real server, queue_job's own runner, workers that can be killed."""

import contextlib
import os
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from setup.lib import environment, odoo_config, odoo_modules, paths
from setup.lib.console import quiet
from setup.lib.odoo_server import AddressTaken, OdooServer
from setup.lib.rpc import OdooRpc
from setup.lib.system import free_port, owners_of_ports

if TYPE_CHECKING:
    from tests.simulators.salesforce.client import Simulator


class Stack:
    """Context manager around one server.

    name: distinguishes databases and logs of tests that run at the same time; letters, digits and underscores.
    workers: HTTP workers, which also run the jobs; 0 for one threaded process.
    channels: the [queue_job] channels; the setting of the demo by default.
    cron_threads: 0, so that nothing happens that a test did not ask for; call ``method_direct_trigger`` on a cron.
    addons: False for a database with Odoo's modules and queue_job only.
    options: further lines of the [options] section, e.g. {"limit_memory_soft": 10**9}.
    simulator: True, or the keyword arguments of ``start_simulator``, for a Salesforce simulator in ``.simulator``.
    database: a database to use as it is, and to leave, instead of a new one from the template.
    keep: leave database and log behind for a look at them; they are always named by ``.db`` and ``.log_path``.
    """

    def __init__(
        self,
        name: str = "stack",
        *,
        workers: int = 2,
        channels: str = odoo_config.CHANNELS,
        cron_threads: int = 0,
        addons: bool = True,
        options: Mapping[str, object] | None = None,
        simulator: bool | Mapping[str, object] = False,
        database: str = "",
        keep: bool = False,
    ) -> None:
        if not re.fullmatch(r"[a-z0-9_]+", name):
            raise ValueError(f"a stack's name has small letters, digits and underscores only, not {name!r}")
        self.name = f"{name}_{os.getpid()}"
        self.db = database
        self.simulator: Simulator | None = None
        self._settings: dict[str, Any] = {
            "workers": workers,
            "channels": channels,
            "cron_threads": cron_threads,
            "options": options,
        }
        self._addons, self._owns_database, self._keep = addons, not database, keep
        self._simulator_wanted = simulator
        self._failed = False
        self._exit = contextlib.ExitStack()

    # ------------------------------------------------------------------ life
    def __enter__(self) -> "Stack":
        with quiet(), contextlib.ExitStack() as stack:
            self.environment = stack.enter_context(environment.opened())
            if self._owns_database:
                make = self.environment.addons_template if self._addons else self.environment.base_template
                template = make()
                self.db = f"{self.environment.databases.prefix}{self.name}"
                stack.callback(self._clean)
                self.environment.databases.drop(self.db)
                self.environment.databases.create(self.db, template)
            if self._simulator_wanted:
                self.simulator = stack.enter_context(self._start_simulator())
            self._start(stack)
            self._exit = stack.pop_all()
        return self

    def __exit__(self, error: type[BaseException] | None, *rest: object) -> None:
        self._failed = error is not None
        self._exit.close()

    def stop(self) -> None:
        """End the server, now; the database stays until the context ends."""
        self._server.stop()

    def restart(self) -> None:
        """End the server if it runs, and start it on the same database and port."""
        self._server.stop()
        self._server.start()
        self._rpc = OdooRpc(self.url, self.db)

    def upgrade(self, *modules: str) -> None:
        """End the server, upgrade modules as `odoo -u` does, and start the server again."""
        self._server.stop()
        odoo_modules.change(self._conf, self.log_path.with_name("upgrade.log"), upgrade=modules)
        self._server.start()
        self._rpc = OdooRpc(self.url, self.db)

    # ------------------------------------------------------------- talking
    def rpc(self, model: str, method: str, args: list[Any] | None = None, kwargs: dict[str, Any] | None = None) -> Any:
        """Call a public method as admin over JSON-RPC; ids go first in ``args``. Raises RpcError on a refusal."""
        return self._rpc(model, method, args, kwargs)

    def sql(self, query: str, params: Sequence[object] | None = None) -> list[tuple[Any, ...]]:
        """Run one statement on the database, committed at once; the rows, [] when it returns none."""
        return self.environment.databases.query(self.db, query, params)

    def wait_for(self, condition: Callable[[], object], timeout: float = 150, interval: float = 0.2) -> Any:
        """Poll until ``condition`` returns something true, and return that.

        Raises TimeoutError with the server's last log lines after ``timeout`` seconds: the limit of a hung test, not
        a measure of speed, so be generous. The job runner may take a minute to start again a job that was locked at
        the moment when it was to start: the limit of what a job does is no less than two.
        """
        deadline = time.monotonic() + timeout
        while not (value := condition()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"still waiting after {timeout} s; the end of {self.log_path}:\n{self.log_tail()}")
            time.sleep(interval)
        return value

    def wait_for_jobs(self, timeout: float = 120) -> dict[str, int]:
        """Wait until no job is left to run; how many jobs are in each final state.

        A job whose moment comes only after ``timeout``, or in more than two minutes, is not waited for: it gathers
        changes until then.
        """
        open_states = ("wait_dependencies", "pending", "enqueued", "started")
        [(latest,)] = self.sql("SELECT now() AT TIME ZONE 'UTC' + %s * interval '1 second'", (min(timeout, 120),))
        query = "SELECT 1 FROM queue_job WHERE state IN %s AND (eta IS NULL OR eta < %s) LIMIT 1"
        self.wait_for(lambda: not self.sql(query, (open_states, latest)), timeout)
        return dict(self.sql("SELECT state, count(*) FROM queue_job GROUP BY state"))

    # ------------------------------------------------------------- processes
    def worker_pids(self, kind: str = "WorkerHTTP") -> list[int]:
        """Process ids of the workers; kinds: WorkerHTTP (they run the jobs), WorkerCron, WorkerJobRunner."""
        return self._server.worker_pids(kind)

    def busy_worker_pids(self) -> list[int]:
        """HTTP workers that have a transaction open at this moment.

        By the connection that each process holds: all workers' sessions carry the number of the process that forked
        them in ``application_name``.
        """
        rows = self.sql(
            "SELECT client_port FROM pg_stat_activity WHERE datname = %s AND state <> 'idle'"
            " AND pid <> pg_backend_pid() AND application_name LIKE 'odoo-%%'",
            (self.db,),
        )
        workers = self.worker_pids()
        busy = owners_of_ports([port for (port,) in rows if port and port > 0], workers)
        return [pid for pid in workers if pid in busy]

    def kill_worker(self, sig: int = signal.SIGKILL, pid: int | None = None) -> int:
        """Send a signal to a worker, by preference one that has a transaction open; its process id.

        Odoo starts another in its place. Raises RuntimeError when there is no worker.
        """
        candidates = [pid] if pid else self.busy_worker_pids() or self.worker_pids()
        if not candidates:
            raise RuntimeError(f"no worker to kill; the end of {self.log_path}:\n{self.log_tail()}")
        with contextlib.suppress(ProcessLookupError):
            os.kill(candidates[0], sig)
        return candidates[0]

    def memory_bytes(self) -> dict[int, int]:
        """Resident memory of each HTTP worker now, by process id."""
        sizes: dict[int, int] = {}
        for pid in self.worker_pids():
            with contextlib.suppress(OSError):
                text = Path(f"/proc/{pid}/status").read_text()
                sizes.update((pid, int(size) * 1024) for size in re.findall(r"VmRSS:\s+(\d+)", text))
        return sizes

    def log_tail(self, lines: int = 40) -> str:
        """The last lines of the server's log."""
        return self._server.log_tail(lines)

    def log_problems(self) -> list[str]:
        """Lines of the log of level ERROR or CRITICAL."""
        return self._server.log_problems()

    # ------------------------------------------------------------- details
    def _start(self, stack: contextlib.ExitStack) -> None:
        for last in (False, False, True):
            self._server = self._configure()
            stack.callback(self._server.stop)
            try:
                self._server.start()
                return
            except AddressTaken:  # another test was quicker to take the port
                if last:
                    raise

    def _configure(self) -> OdooServer:
        port = free_port()
        self.log_path = paths.RUN / self.name / "odoo.log"
        conf = odoo_config.write(
            self.name,
            self.environment.databases.connection,
            self.environment.source,
            self.db,
            http_port=port,
            gevent_port=free_port(),
            **self._settings,
        )
        self.log_path.unlink(missing_ok=True)
        self._conf = conf
        server = OdooServer(conf, port, self.log_path)
        self.url = server.url
        self._rpc = OdooRpc(self.url, self.db)
        return server

    @contextlib.contextmanager
    def _start_simulator(self) -> Iterator["Simulator"]:
        from tests.simulators.salesforce.client import start_simulator

        wanted: Mapping[str, Any] = self._simulator_wanted if isinstance(self._simulator_wanted, Mapping) else {}
        with tempfile.TemporaryDirectory(prefix="retail-sync-") as folder, start_simulator(folder, **wanted) as running:
            yield running

    def _clean(self) -> None:
        if self._keep:
            return
        self.environment.databases.drop(self.db)
        if not self._failed:  # the log of a failure is what one wants to read
            shutil.rmtree(paths.RUN / self.name, ignore_errors=True)
