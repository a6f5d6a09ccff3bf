import json
from typing import Any

from pydantic import TypeAdapter, ValidationError

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.retail_sync.runtime import actions
from odoo.addons.retail_sync.runtime.rights import require_role

from ...api.errors import ApiProblem
from ...api.schemas.requests import ActionRequest, Submission
from ...domain.api.canonical_json import canonical
from ...domain.control.caller import Caller
from ..access.callers import caller_of_user
from ..access.roles import ServiceRole
from .approving import end
from .preview import preview
from .submit import submit

_REQUEST: TypeAdapter[Any] = TypeAdapter(ActionRequest)


class RetailSyncAction(models.Model):
    """What the screens of Odoo call: the same preview and submit as the agent API, with the user in place of a key."""

    _inherit = "retail.sync.action"

    approval_ids = fields.One2many("retail.sync.approval", "action_id", readonly=True, string="Approvals")
    refund_ids = fields.One2many("retail.sync.refund", "action_id", readonly=True, string="Refunds")

    @api.model
    def preview_for_screen(self, order_id: int, values: dict[str, Any]) -> dict[str, Any]:
        """Return what a request would do, as the API's preview.

        :param values: the request, as the API takes it: action, reason, lines and so on
        :raises UserError: a value does not fit, or the order is out of reach
        """
        caller = self._caller_of_screen(values)
        try:
            return preview(self.env, caller, order_id, self._request_of_screen(values)).model_dump(mode="json")
        except ApiProblem as problem:
            raise UserError(self._problem_text(problem)) from problem

    @api.model
    def submit_for_screen(self, order_id: int, values: dict[str, Any], token: str, key: str) -> dict[str, Any]:
        """Carry a request out once for a key.

        :param values: the request; ``override_reason`` stands beside its values
        :param token: of the preview that the user saw
        :param key: made by the screen for this one click
        :return: the action's result as the API gives it; of a refusal {"state": "refused", "text", "rules"}; of a
            changed order {"state": "stale", "text", "preview"}
        :raises UserError: nothing was done and nothing is kept
        """
        caller = self._caller_of_screen(values)
        request = self._request_of_screen(values)
        reason = values.get("override_reason") or ""
        submission = Submission(request=request, token=token, override_reason=reason)
        body = canonical(submission.model_dump(mode="json")).encode()
        try:
            answer = submit(self.env, caller, order_id, submission, key, body)
        except ApiProblem as problem:
            if problem.code != "preview_stale":
                raise UserError(self._problem_text(problem)) from problem
            text = self.env._("The order has changed. Check what happens now, and submit again.")
            return {"state": "stale", "text": text, "preview": problem.more["preview"]}
        result: dict[str, Any] = json.loads(answer.text)
        if answer.status >= 400:
            texts = [rule["text"] for rule in result.get("rules", ())]
            return {"state": "refused", "text": "\n".join(texts) or result["title"], "rules": result.get("rules", [])}
        return result

    def action_withdraw(self) -> dict[str, Any]:
        """Withdraw a request that waits: by who asked for it.

        :raises UserError: the request does not wait, or another person asked for it
        """
        self.ensure_one()
        require_role(self.env, ServiceRole.agent)
        self.check_access("read")
        action = self.sudo()
        action.lock_for_update()
        if action.state != "waiting":
            raise UserError(self.env._("The request does not wait any more."))
        if action.user_id != self.env.user:
            raise UserError(self.env._("Only the person who asked for the action withdraws it."))
        end(action, "withdrawn", user=self.env.user)
        return actions.notify(self.env._("The request is withdrawn."))

    @api.model
    def _caller_of_screen(self, values: dict[str, Any]) -> Caller:
        require_role(self.env, ServiceRole.agent)
        ticket = self.env["helpdesk.ticket"].browse(values.get("ticket") or ()).exists()
        ticket.check_access("read")
        return caller_of_user(self.env, self.env.user, ticket)

    @api.model
    def _request_of_screen(self, values: dict[str, Any]) -> Any:
        known = {name: value for name, value in values.items() if name != "override_reason"}
        try:
            return _REQUEST.validate_python(known)
        except ValidationError as error:
            faults = [f"{'/'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()]
            raise UserError(self.env._("Values do not fit: %s", "; ".join(faults))) from error

    @api.model
    def _problem_text(self, problem: ApiProblem) -> str:
        texts = [rule["text"] for rule in problem.rules] or [problem.detail or problem.problem.title]
        texts += [error["detail"] for error in problem.errors]
        return "\n".join([*texts, problem.problem.action])
