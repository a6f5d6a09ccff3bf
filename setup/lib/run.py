"""setup/run: Odoo, PostgreSQL, a simulated Salesforce org and Zendesk account, a first load, and all sides in sync."""

import argparse
import contextlib
import fcntl
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from . import demo_data, demo_desk, demo_orders, environment, first_load, live, options, paths
from .console import say, step, warn
from .demo_database import DemoDatabase
from .odoo_server import AddressTaken, OdooServer
from .rpc import OdooRpc, RpcError
from .simulator import Simulator
from .system import SetupError, end_on_signals, free_port, ignore_signals

_PORT = 8069
_LOGIN = "admin"
_SHOWN = 20  # lines about records that the simulator could not load


def main(arguments: list[str]) -> int:
    """Run the demo; the exit code: 0 all is well, 1 the load is not, 2 something could not be put in place."""
    parsed = options.parse("run", arguments)
    started = time.monotonic()
    end_on_signals()
    try:
        with contextlib.ExitStack() as stack:
            stack.enter_context(_only_one())
            try:
                return _run(parsed, stack, started)
            finally:
                ignore_signals()
    except SetupError as error:
        warn(f"\n{error}")
        return 2
    except RpcError as error:
        warn(f"\nOdoo refused: {error}\n{error.debug}")
        return 2
    except KeyboardInterrupt:
        say("\nstopped")
        return 130


def _run(parsed: argparse.Namespace, stack: contextlib.ExitStack, started: float) -> int:
    data = demo_data.given(parsed.data) if parsed.data else demo_data.generated(parsed.accounts, parsed.contacts)
    opened = stack.enter_context(environment.opened())
    database = DemoDatabase(opened, data.digest)
    database.ensure(parsed.reset)

    simulator = Simulator(database.folder / "simulator", database.state.get("simulator_port"))
    stack.callback(simulator.stop)
    _seed(simulator, data)
    # Odoo remembers what happened since its first load, and so must the org.
    if database.state.get("loaded"):
        simulator.put_back()
    else:
        simulator.forget()
    stack.callback(simulator.keep)

    server = _start_odoo(parsed, database, stack)
    database.state |= {"port": server.port, "simulator_port": simulator.port}

    rpc = OdooRpc(server.url, database.name, _LOGIN, database.state["password"])
    load = first_load.FirstLoad(rpc, database.state.get("connection"))
    database.state["connection"] = load.connect(simulator.credentials)
    database.save()
    progress = _load(load, database)
    say("\n" + first_load.result_table(progress))
    say("\n" + first_load.verdict(progress))
    if progress["done"] and (agreed := load.go_live()):
        say(f"\nGo-live, as the last step of the wizard: {agreed}")
    say(f"\n  {server.url}\n  login {_LOGIN}, password {database.state['password']}\n")
    say(f"Up after {time.monotonic() - started:.0f} s. Odoo's log: {server.log_path.relative_to(paths.ROOT)}")
    joined = live.Live(load, simulator, server.url)
    joined.join()
    if progress["done"]:
        joined.show()
    shop = demo_orders.DemoOrders(load, simulator, database)
    stack.callback(shop.stop)
    if progress["done"]:
        shop.open(parsed.orders)
    desk = demo_desk.DemoDesk(rpc, database, server.url)
    stack.callback(desk.stop)
    if parsed.once:
        arrived = shop.wait()
        desk.open()
        return 0 if progress["done"] and progress["ok"] and arrived else 1
    say("Ctrl-C ends it all; what happens on either side:")
    with contextlib.suppress(KeyboardInterrupt):
        joined.follow(simulator.folder.relative_to(paths.ROOT), _in_turn(shop, desk))
    say("\nstopping")
    return 0


def _in_turn(shop: demo_orders.DemoOrders, desk: demo_desk.DemoDesk) -> Callable[[], object]:
    """What happens each second: the service desk is opened once the shop has its orders, a step each time."""
    begun = False

    def each_second() -> None:
        nonlocal begun
        if not shop.tell():
            return
        if not begun:
            begun = True
            desk.begin()
        desk.turn()

    return each_second


def _start_odoo(parsed: argparse.Namespace, database: DemoDatabase, stack: contextlib.ExitStack) -> OdooServer:
    log = database.folder / "odoo.log"
    settings = {"workers": parsed.workers, "cron_threads": 1}
    with step(f"Odoo: starting with {parsed.workers} workers and queue_job's runner"):
        for attempt in range(3):
            port = _port(parsed.port, None if attempt else database.state.get("port"))
            log.unlink(missing_ok=True)
            conf = database.conf(http_port=port, gevent_port=_other_port(port), **settings)
            server = OdooServer(conf, port, log)
            stack.callback(server.stop)
            try:
                server.start()
                return server
            except AddressTaken as error:  # by a program that was quicker than we
                taken = error
        raise taken


def _seed(simulator: Simulator, data: demo_data.DemoData) -> None:
    with step(f"Salesforce: a simulator on this machine, seeded with {data.title}"):
        simulator.start()
        for folder in data.folders:
            loaded, skipped = simulator.load(folder)
            held = ", ".join(f"{number:,} {name}" for name, number in sorted(loaded.items(), key=lambda item: -item[1]))
            say(f"  {folder.name}: {held or 'nothing that could be loaded'}")
            if data.generated:
                continue  # beside the exports it has a list of what is in them
            for line in skipped[:_SHOWN]:
                say(f"    left out {line}")
            if len(skipped) > _SHOWN:
                rest = simulator.folder / f"left-out-{folder.name}.txt"
                rest.write_text("\n".join(skipped) + "\n")
                say(f"    left out {len(skipped) - _SHOWN:,} more; all are in {rest.relative_to(paths.ROOT)}")
    say(f"  {simulator.base_url}")


def _load(load: first_load.FirstLoad, database: DemoDatabase) -> dict[str, Any]:
    if database.state.get("loaded"):
        progress = load.call("get_progress")
        if progress["done"]:
            say("First load: done at an earlier start, and the data is the same (--reset loads again)")
            return progress
    say("First load:")
    progress = load.run()
    database.state["loaded"] = progress["done"]
    database.save()
    return progress


def _port(wanted: int | None, former: int | None) -> int:
    if wanted:
        if free_port(wanted) != wanted:
            raise SetupError(f"--port {wanted}: another program listens there")
        return wanted
    port = free_port(former or _PORT)
    if port != (former or _PORT):
        say(f"Odoo: port {former or _PORT} is taken by another program, so it gets {port}")
    return port


def _other_port(port: int) -> int:
    while (other := free_port()) == port:
        pass
    return other


@contextlib.contextmanager
def _only_one() -> Iterator[None]:
    paths.RUN.mkdir(parents=True, exist_ok=True)
    with open(paths.RUN / "demo.lock", "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SetupError("setup/run is already running in this folder") from error
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
