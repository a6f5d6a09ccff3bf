"""What tests that kill rely on: the worker that is killed is the one at work."""

from __future__ import annotations

import contextlib
import http.client
import threading

from setup.lib.rpc import RpcError

SLEEPERS = "FROM pg_stat_activity WHERE datname = %s AND wait_event = 'PgSleep'"


def test_the_worker_at_work_is_the_one_that_is_killed(stack):
    """Seen: all workers' sessions bear the number of the process that forked them, and any worker was killed."""
    stack.sql(
        "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$"
    )
    stack.sql("CREATE TRIGGER dawdle BEFORE INSERT ON res_partner_category FOR EACH ROW EXECUTE FUNCTION dawdle()")

    def create():
        with contextlib.suppress(OSError, http.client.HTTPException, RpcError):
            stack.rpc("res.partner.category", "create", [[{"name": "Slow"}]])

    # The worker of a job that is done, or of a request that was answered, may have a moment's work left.
    stack.wait_for(lambda: not stack.busy_worker_pids(), interval=0.05)
    request = threading.Thread(target=create)
    request.start()
    try:
        # Not before the record is written: the first request of a session is preceded by its login, in any worker.
        stack.wait_for(lambda: stack.sql(f"SELECT 1 {SLEEPERS}", (stack.db,)), interval=0.05)
        [busy] = stack.busy_worker_pids()
        assert stack.kill_worker() == busy
        request.join(30)
        assert not request.is_alive(), "another worker was killed than that of the request"
    finally:
        # The session of a worker that was killed sleeps on.
        stack.sql(f"SELECT pg_terminate_backend(pid) {SLEEPERS}", (stack.db,))
        stack.sql("DROP FUNCTION dawdle() CASCADE")
        request.join(90)
    stack.wait_for(lambda: len(stack.worker_pids()) == 2)
