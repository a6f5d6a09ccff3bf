"""A transport that asks PostgreSQL, before each call, what the sessions of its own process hold.

A job's own transaction is open, since the lock in it says that the job is alive. It may have read, and no more; no
other transaction of the process may have a snapshot or a transaction id.
"""

import json
import os

import psycopg2
from requests.adapters import HTTPAdapter

from odoo import sql_db

SESSIONS = """
    SELECT activity.backend_xid IS NOT NULL OR activity.backend_xmin IS NOT NULL, activity.backend_xid::text,
           activity.backend_xmin::text, left(activity.query, 200),
           (SELECT COALESCE(jsonb_agg(DISTINCT jsonb_build_array(class.relname, lock.mode)), '[]')
              FROM pg_locks lock JOIN pg_class class ON class.oid = lock.relation
             WHERE lock.pid = activity.pid AND lock.locktype = 'relation' AND class.relkind IN ('r', 'p')
               AND lock.mode <> 'AccessShareLock')
      FROM pg_stat_activity activity
     WHERE activity.pid = ANY(%s) AND activity.state LIKE 'idle in transaction%%'
"""
JOB_LOCK = ["queue_job_lock", "RowShareLock"]

_send = HTTPAdapter.send


class OpenTransactionError(Exception):
    """A job calls the platform while one of its transactions is open."""


def _databases():
    """Return the database that this process has open."""
    from odoo.modules.registry import Registry

    return list(Registry.registries)


def _connection_pids():
    """Return the process ids of PostgreSQL's side of this process's connections.

    The name of a session does not tell: workers are forked, and their sessions have the name of the first process.
    """
    pools = [pool for pool in (sql_db._Pool, sql_db._Pool_readonly) if pool is not None]
    return [cnx.info.backend_pid for pool in pools for cnx in pool._connections if not cnx.closed]


def _look(cr):
    """Return (the job's method or None, what the job's own session holds, why the call may not go out)."""
    cr.execute(SESSIONS, [_connection_pids()])
    sessions = cr.fetchall()
    of_job = [session for session in sessions if JOB_LOCK in session[4]]
    if not of_job:
        return None, {"open": len(sessions)}, None
    cr.execute(
        "SELECT method_name FROM queue_job WHERE state = 'started' AND worker_pid = %s"
        " ORDER BY date_started DESC LIMIT 1",
        [os.getpid()],
    )
    [method] = cr.fetchone() or ["unknown"]
    held = [lock for lock in of_job[0][4] if lock != JOB_LOCK]
    others = [session for session in sessions if session not in of_job and session[0]]
    broken = ""
    if held:
        broken = f"{method}: the job's transaction has written or locked {held}"
    elif others:
        broken = f"{method}: another transaction is open: {others}"
    return method, {"xid": of_job[0][1], "xmin": of_job[0][2]}, broken


def send(self, request, **kwargs):
    """Send a request, unless a transaction is open: asked last, after the call guard was asked."""
    [database] = _databases()
    _name, info = sql_db.connection_info_for(database)
    connection = psycopg2.connect(**dict(info, application_name="call_watch"))
    try:
        connection.autocommit = True
        with connection.cursor() as cr:
            method, session, broken = _look(cr)
            cr.execute(
                "INSERT INTO call_watch (method, path, job_session, broken) VALUES (%s, %s, %s, %s)",
                [method, request.path_url.partition("?")[0], json.dumps(session), broken],
            )
    finally:
        connection.close()
    if broken:
        raise OpenTransactionError(broken)
    return _send(self, request, **kwargs)


HTTPAdapter.send = send
