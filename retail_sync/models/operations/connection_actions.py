from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...domain.resilience.limits import NEEDS_PERSON
from ..inbound import full_load, poll


class RetailSyncConnection(models.Model):
    """What people and schedules ask of a connection."""

    _inherit = "retail.sync.connection"

    last_checks = fields.Json(readonly=True, help="Result of the last connection test.")
    last_check_at = fields.Datetime(readonly=True, string="Last tested")
    check_level = fields.Selection(
        [("none", "Not tested"), ("ok", "Passed"), ("warning", "Warnings"), ("error", "Failed")],
        compute="_compute_check_level",
        string="Last test",
        help="Outcome of the last connection test.",
    )

    @api.depends("last_checks")
    def _compute_check_level(self) -> None:
        for connection in self:
            levels = {
                "ok" if check.get("ok") else check.get("level") or "error" for check in connection.last_checks or []
            }
            connection.check_level = next((level for level in ("error", "warning", "ok") if level in levels), "none")

    # -- connecting

    def action_test_connection(self) -> dict[str, Any]:
        """Test sign-in, permissions, mapping and limits.

        :return: {"ok": bool, "checks": [{"name", "ok", "level", "detail", "next_step"}]}
        """
        self.ensure_one()
        self._require_manager()
        connection = self.sudo()
        checks = connection._adapter().test_connection(connection)
        ok = all(check["ok"] or check.get("level") == "warning" for check in checks)
        vals = {"last_checks": checks, "last_check_at": fields.Datetime.now()}
        if ok and connection.state == "draft":
            vals.update(state="connected", connected_at=fields.Datetime.now())
        connection.write(vals)
        if ok and connection.breaker_cause in NEEDS_PERSON:
            # The test has shown that the cause is gone: what waits need not wait for the next probe.
            connection._call_guard("critical").force("")
        return {"ok": ok, "checks": checks}

    # -- loads and polls

    def start_first_load(self) -> Any:
        """Read everything in scope, referenced streams first; return the run ids."""
        return self._start("initial")

    def start_dry_run(self) -> Any:
        """Count what a first load would do, writing no customer; return the run ids."""
        return self._start("dry")

    def _start(self, kind: str) -> Any:
        self.ensure_one()
        self._require_manager()
        if self.state == "draft":
            raise UserError(self.env._("Test the connection first: %s is not connected yet.", self.name))
        return full_load.start(self.env(su=True), self.sudo(), kind).ids

    def start_poll(self) -> bool:
        """Ask for changes now, in the standard lane."""
        self._require_manager()
        for connection in self.sudo():
            poll.enqueue(self.env(su=True), connection)
        return True

    def action_pause(self) -> bool:
        """Stop polls and loads; what is queued ends, nothing is lost."""
        self._require_manager()
        self.sudo().write({"state": "paused"})
        return True

    def action_resume(self) -> bool:
        """Go on where the pause began."""
        self._require_manager()
        for connection in self.sudo():
            loading = (
                self.env["retail.sync.run"]
                .sudo()
                .search_count(
                    [
                        ("connection_id", "=", connection.id),
                        ("kind", "=", "initial"),
                        ("state", "in", ["pending", "running"]),
                    ],
                    limit=1,
                )
            )
            live = any(stream.cursor or stream._state_at_rest() == "live" for stream in connection.stream_ids)
            connection.state = "loading" if loading else "running" if live else "connected"
            if connection.state == "running":
                poll.enqueue(self.env(su=True), connection)
        return True

    def action_open_breaker(self) -> Any:
        """Stop all calls manually, for example during maintenance of the platform."""
        return self._force_breaker("open", self.env._("Calls were stopped by %s.", self.env.user.name))

    def action_close_breaker(self) -> Any:
        """Let calls pass again; the breaker decides automatically from now on."""
        return self._force_breaker("", self.env._("Calls were allowed again by %s.", self.env.user.name))

    def _force_breaker(self, state: Any, note: Any) -> bool:
        self._require_manager()
        for connection in self.sudo():
            connection._call_guard("critical").force(state)
            connection.message_post(body=note)
        return True

    # -- buttons

    def action_setup(self, step: str | None = None) -> Any:
        """Open the set-up wizard on this connection, at the step it has reached."""
        self.ensure_one()
        wizard = self.env["retail.sync.setup"].create({"connection_id": self.id})
        wizard.step = step or wizard._reached_step()
        return wizard._reopen()

    def action_check(self) -> Any:
        """Test the connection and show what was found."""
        self.ensure_one()
        self.action_test_connection()
        return self.action_setup("test")

    def action_add_streams(self) -> Any:
        """Add the streams that the platform's addon ships by now and this connection lacks; none of them writes yet."""
        self.ensure_one()
        self._require_manager()
        added = self.sudo()._ensure_streams()
        if not added:
            text = self.env._("This connection has all streams of its platform.")
            return self.env["retail.sync.message"]._notify(text)
        self.message_post(body=self.env._("Streams were added: %s", ", ".join(added.mapped("name"))))
        return self.action_check()

    def action_poll_now(self) -> Any:
        """Ask the platform for changes now."""
        self.start_poll()
        return self.env["retail.sync.message"]._notify(
            self.env._("The platform is being polled. Runs shows the result.")
        )


class RetailSyncStream(models.Model):
    """What people ask of a stream."""

    _inherit = "retail.sync.stream"

    def action_reload(self) -> Any:
        """Read everything in scope again, e.g. after the mapping or the filter changed; what is equal costs little."""
        self.ensure_one()
        self.connection_id._require_manager()
        if not self._takes_in():
            raise UserError(self.env._("%s only sends. It has nothing to load.", self.name))
        full_load.start(self.env(su=True), self.connection_id.sudo(), "initial", self.sudo())
        return self.env["retail.sync.message"]._notify(
            self.env._("%s is being loaded again. Runs shows the progress.", self.name)
        )
