"""The command channel: a request to a platform and its answer, for people and agents who wait for it."""

import time
import uuid
from collections.abc import Mapping
from typing import Any

from odoo import fields, models

from ...adapter.commands import CommandSpec
from ...domain.resilience.faults import FaultClass, FaultError
from ...domain.security.masking import mask_payload
from ...runtime.constants import LANE_ORDER
from ...runtime.transactions import separate_transaction

# Seconds that an adapter gives a command: a person or an agent waits for it.
TIMEOUT_SECONDS = 20.0


class RetailSyncConnection(models.Model):
    """Commands to the platform of a connection."""

    _inherit = "retail.sync.connection"

    def _call(
        self, action: str, arguments: Mapping[str, Any], lane: str = "critical", timeout: float | None = None
    ) -> Any:
        """Have the platform carry out a declared action; return its answer, which JSON can carry.

        The audit row is committed before the call, and ends after it, in transactions of their own; none of them is
        open during the call. The caller should hold no locks: its own transaction stays as it is, and its rollback
        undoes nothing over there. A command is carried out at most once: a fault is never retried here.

        :param lane: whose share of the budget the call uses
        :param timeout: seconds that the adapter gives its call; TIMEOUT_SECONDS by default. Only the adapter's client
            can end a call that is under way: nothing is cut off here
        :raises FaultError: of the adapter or the call guard, its class kept; contract (UNKNOWN_ACTION,
            UNKNOWN_ARGUMENT, MISSING_ARGUMENT, UNKNOWN_LANE) for a command that is not declared so
        """
        self.ensure_one()
        spec = self._command_spec(action, arguments, lane)
        correlation_id = uuid.uuid4().hex
        calling = self.with_context(
            retail_sync_lane=lane,
            retail_sync_correlation_id=correlation_id,
            retail_sync_timeout=TIMEOUT_SECONDS if timeout is None else timeout,
        )
        command_id = self._start_command(action, arguments, lane, spec, correlation_id)
        began = time.monotonic()
        vals: dict[str, Any] = {"state": "failed", "fault_class": "unknown", "fault_code": "INTERRUPTED"}
        try:
            # A call that the guard refuses must not reach the adapter. What it counts, the adapter's calls count.
            calling.sudo()._call_guard(lane, correlation_id).before_call(counted=False)
            answer = calling._adapter().call(calling, action, dict(arguments))
            vals = {"state": "done", "answer": mask_payload(answer, spec.answer)}
            return answer
        except FaultError as fault:
            vals.update(fault_class=fault.fault_class.value, fault_code=fault.code)
            raise
        except Exception as error:
            # The text of the error is left out: it may carry data of the platform.
            vals.update(fault_code=type(error).__name__)
            raise
        finally:
            self._end_command(command_id, dict(vals, duration_ms=int((time.monotonic() - began) * 1000)))

    def _command_spec(self, action: str, arguments: Mapping[str, Any], lane: str) -> CommandSpec:
        """Return the declaration of an action. Raises FaultError where the command does not follow it."""
        if lane not in LANE_ORDER:
            raise FaultError(FaultClass.contract, "UNKNOWN_LANE", self.env._("There is no lane %s.", lane))
        declared = self._adapter().actions(self)
        spec = declared.get(action)
        if spec is None:
            raise FaultError(
                FaultClass.contract,
                "UNKNOWN_ACTION",
                self.env._(
                    "%(platform)s has no action %(action)s. It has: %(known)s.",
                    platform=self.sudo().name,
                    action=action,
                    known=", ".join(sorted(declared)) or self.env._("none"),
                ),
            )
        if unknown := spec.unknown(arguments):
            raise FaultError(
                FaultClass.contract,
                "UNKNOWN_ARGUMENT",
                self.env._("The action %(action)s takes no %(names)s.", action=action, names=", ".join(unknown)),
                fields=unknown,
            )
        if missing := spec.missing(arguments):
            raise FaultError(
                FaultClass.contract,
                "MISSING_ARGUMENT",
                self.env._("The action %(action)s needs %(names)s.", action=action, names=", ".join(missing)),
                fields=missing,
            )
        return spec

    def _start_command(
        self, action: str, arguments: Mapping[str, Any], lane: str, spec: CommandSpec, correlation_id: str
    ) -> int:
        with separate_transaction(self.env, read_committed=True) as tx:
            command = (
                tx["retail.sync.command"]
                .sudo()
                .create(
                    {
                        "connection_id": self.id,
                        "connection_name": self.sudo().name,
                        "company_id": self.sudo().company_id.id,
                        "action": action,
                        "lane": lane,
                        "arguments": mask_payload(dict(arguments), spec.sensitivities()),
                        "state": "started",
                        "user_id": self.env.uid,
                        "correlation_id": correlation_id,
                        "at": fields.Datetime.now(),
                    }
                )
            )
            return command.id

    def _end_command(self, command_id: int, vals: dict[str, Any]) -> None:
        with separate_transaction(self.env, read_committed=True) as tx:
            tx["retail.sync.command"].sudo()._finish(command_id, vals)
