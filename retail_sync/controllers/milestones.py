"""The milestone journal as pages of JSON, for planning and reports: read with an API key of its own scope."""

from typing import Any

from odoo import http
from odoo.http import request

from ..models.milestone import export
from ..models.milestone.export_rate import PER_MINUTE
from ..runtime.transactions import separate_transaction

GROUPS = ("retail_sync.group_operator", "retail_sync.group_auditor", "retail_sync.group_integration")


class ExportRefusedError(Exception):
    """A request that is answered with a problem. status: of HTTP; seconds: when it may be tried again."""

    def __init__(self, status: int, title: str, text: str, seconds: int = 0) -> None:
        super().__init__(text)
        self.status = status
        self.title = title
        self.seconds = seconds


class Milestones(http.Controller):
    """Pages of the journal, in the order in which it was written."""

    @http.route(
        "/retail_sync/milestones/v1",
        type="http",
        auth="public",
        methods=["GET"],
        csrf=False,
        save_session=False,
        readonly=False,
    )
    def milestones(self, after: str = "0", limit: str = str(export.DEFAULT_PAGE), **rest: Any) -> Any:
        """Answer with a page: {"milestones": [...], "next": cursor, "more": bool}.

        Query: after (cursor of the page before), limit (rows), company (id; all of the user's without it).
        """
        try:
            user = self._user()
            self._check_rate(user.id)
            companies = self._companies(user, rest.pop("company", None))
            if rest:
                raise ExportRefusedError(400, "Unknown parameter", f"Not known: {', '.join(sorted(rest))}.")
            start = _number("after", after, 0, 2**31 - 1)
            size = _number("limit", limit, 1, export.MAX_PAGE)
        except ExportRefusedError as refused:
            return _problem(refused)
        with separate_transaction(request.env, read_committed=True) as tx:
            found = export.page(tx(su=True), start, size, companies, user.id)
        return request.make_json_response(found, headers=[("Cache-Control", "no-store")])

    def _user(self) -> Any:
        """Return the user of the key."""
        scheme, _space, key = request.httprequest.headers.get("Authorization", "").partition(" ")
        uid = None
        if scheme.lower() == "bearer" and key.strip():
            keys = request.env["res.users.apikeys"].sudo()
            uid = keys._check_credentials(scope=export.SCOPE, key=key.strip())
        # A key without a scope opens every route of Odoo; this one asks for a key that opens nothing else.
        if not uid or keys._check_credentials(scope=export.OTHER_SCOPE, key=key.strip()):
            raise ExportRefusedError(
                401,
                "Key missing or not valid",
                "Send an API key for the milestone export alone as 'Authorization: Bearer <key>'. Users make such keys"
                " in their preferences, under Account Security.",
            )
        user = request.env["res.users"].sudo().browse(uid)
        if not any(user.has_group(group) for group in GROUPS):
            raise ExportRefusedError(
                403, "Role missing", "The user of this key needs the role of a sync operator or auditor."
            )
        if not request.env["sale.order"].with_user(user).has_access("read"):
            raise ExportRefusedError(403, "Role missing", "The user of this key needs a role that may read orders.")
        return user

    def _check_rate(self, user_id: int) -> None:
        seconds = request.env["retail.sync.export.rate"].sudo()._count(user_id)
        if seconds:
            text = f"More than {PER_MINUTE} requests in a minute. Try again in {seconds} seconds, with larger pages."
            raise ExportRefusedError(429, "Too many requests", text, seconds)

    def _companies(self, user: Any, chosen: str | None) -> list[int]:
        allowed: list[int] = user.company_ids.ids
        if chosen is None:
            return allowed
        company = _number("company", chosen, 1, 2**31 - 1)
        if company not in allowed:
            raise ExportRefusedError(403, "Company not allowed", "The user of this key does not work in this company.")
        return [company]


def _number(name: str, text: str, least: int, most: int) -> int:
    """Return a number of the query."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 11 else -1
    if not least <= number <= most:
        raise ExportRefusedError(400, "Parameter not valid", f"{name} must be a whole number from {least} to {most}.")
    return number


def _problem(refused: ExportRefusedError) -> Any:
    """Return the answer to a refused request, as RFC 9457 describes it."""
    headers = [("Content-Type", "application/problem+json"), ("Cache-Control", "no-store")]
    if refused.status == 401:
        headers.append(("WWW-Authenticate", "Bearer"))
    if refused.seconds:
        headers.append(("Retry-After", str(refused.seconds)))
    body = {"type": "about:blank", "title": refused.title, "status": refused.status, "detail": str(refused)}
    return request.make_json_response(body, headers=headers, status=refused.status)
