"""The configuration file of a server that setup/ starts."""

import os
from pathlib import Path

from . import paths
from .odoo_source import OdooSource
from .postgres import Connection
from .system import write_atomic

SERVER_WIDE_MODULES = "base,rpc,web,queue_job"
# Two jobs at a time, of which bulk work may take one: the last slot is always there for what is urgent.
CHANNELS = ",".join(
    [
        "root:2",
        "root.retail_sync:2",
        "root.retail_sync.critical:2",
        "root.retail_sync.standard:2",
        "root.retail_sync.bulk:1",
    ]
)


def write(
    name: str,
    connection: Connection,
    source: OdooSource,
    database: str,
    *,
    http_port: int = 8069,
    gevent_port: int = 8072,
    workers: int = 0,
    cron_threads: int = 0,
    channels: str = CHANNELS,
    options: dict[str, object] | None = None,
    retail_sync: dict[str, object] | None = None,
) -> Path:
    """Write ``.local/run/NAME/odoo.conf``, readable by its owner only, and return its path.

    ``options`` adds to or replaces the lines of the [options] section, ``retail_sync`` those of [retail_sync].
    """
    folders = [str(paths.ROOT)] if paths.addon_folders() else []
    values: dict[str, object] = {
        "addons_path": ",".join(folders + ([source.addons] if source.addons else [])),
        "admin_passwd": os.urandom(16).hex(),  # the database manager is off: no user needs it
        "data_dir": paths.DATA,
        "db_host": connection.host,
        "db_port": connection.port,
        "db_user": connection.user,
        "db_password": connection.password or False,
        "db_name": database,
        "dbfilter": f"^{database}$",
        "list_db": False,
        "server_wide_modules": SERVER_WIDE_MODULES,
        "http_interface": "127.0.0.1",
        "http_port": http_port,
        "gevent_port": gevent_port,
        "workers": workers,
        "max_cron_threads": cron_threads,
        **(options or {}),
    }
    queue_job = {"channels": channels, "scheme": "http", "host": "127.0.0.1", "port": http_port}
    # The simulator, which stands in for a platform, listens on this machine: no connection may call it otherwise.
    retail_sync = {"private_hosts": "localhost, 127.0.0.1", **(retail_sync or {})}
    lines = ["[options]", *(f"{key} = {value}" for key, value in values.items() if value != "")]
    lines += ["", "[retail_sync]", *(f"{key} = {value}" for key, value in retail_sync.items())]
    lines += ["", "[queue_job]", *(f"{key} = {value}" for key, value in queue_job.items()), ""]
    path = paths.RUN / name / "odoo.conf"
    write_atomic(path, "\n".join(lines), mode=0o600)
    paths.DATA.mkdir(parents=True, exist_ok=True)
    return path
