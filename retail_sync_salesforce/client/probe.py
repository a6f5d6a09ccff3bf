"""Is this connection fit for use? One report for the set-up wizard (API sheet sections 1.4, 1.6, 3.3, 6.1)."""

from dataclasses import dataclass, field
from typing import Any

from . import limits, query, soql
from .errors import ClientError
from .limits import Limit
from .session import SalesforceSession

ERROR = "error"
WARNING = "warning"
#: Share of the daily calls from which the wizard warns.
TIGHT = 0.8


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should know.

    level: `ERROR` (syncing will not work) or `WARNING`. subject: object, allowance or ''.
    """

    level: str
    code: str
    text: str
    subject: str = ""


@dataclass(slots=True)
class ProbeReport:
    """What a look around found. ids have 18 characters; sandbox is None when the org did not tell."""

    version: str
    token_ok: bool = False
    instance_url: str = ""
    org_id: str = ""
    org_name: str = ""
    user_id: str = ""
    username: str = ""
    sandbox: bool | None = None
    versions: list[str] = field(default_factory=list)
    version_offered: bool = False
    daily_calls: Limit | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing stands in the way of syncing."""
        return self.token_ok and not any(problem.level == ERROR for problem in self.problems)


def probe(session: SalesforceSession) -> ProbeReport:
    """A report on the login, the org, the API version and the allowances.

    Raises no ClientError: what fails is a problem in the report. Costs one call each for versions, limits, organization
    and user.
    """
    report = ProbeReport(version=session.version)
    try:
        token = session.token()
        report.versions = limits.versions(session)
    except ClientError as error:
        report.problems.append(Problem(ERROR, error.code, error.message))
        return report
    report.instance_url, report.org_id, report.user_id = token.instance_url, token.org_id, token.user_id
    report.version_offered = session.version in report.versions
    if not report.version_offered:
        newest = report.versions[-1] if report.versions else "none"
        report.problems.append(
            Problem(
                ERROR, "VERSION_NOT_OFFERED", f"API version {session.version} is not offered; the newest is {newest}"
            )
        )
        return report
    # only a call with the token tells whether it is taken: the list of versions is public
    _organization(session, report)
    if report.token_ok:
        _user(session, report)
        _limits(session, report)
    return report


def _organization(session: SalesforceSession, report: ProbeReport) -> None:
    try:
        rows = query.first(session, "SELECT Id, Name, IsSandbox FROM Organization LIMIT 1").rows
    except ClientError as error:
        report.token_ok = error.kind not in ("auth", "transient", "throttled")
        report.problems.append(
            Problem(WARNING if report.token_ok else ERROR, error.code, error.message, "Organization")
        )
        return
    report.token_ok = True
    if rows:
        report.org_name = rows[0].get("Name") or ""
        report.org_id = report.org_id or rows[0].get("Id") or ""
        report.sandbox = rows[0].get("IsSandbox")


def _user(session: SalesforceSession, report: ProbeReport) -> None:
    if not report.user_id:
        return
    statement = soql.select("User", ("Username",), f"Id = {soql.literal(report.user_id)}")
    found = _attempt(report, "User", lambda: query.first(session, statement).rows)
    if found:
        report.username = found[0].get("Username") or ""


def _limits(session: SalesforceSession, report: ProbeReport) -> None:
    found = _attempt(report, limits.DAILY_CALLS, lambda: limits.limits(session))
    daily = report.daily_calls = (found or {}).get(limits.DAILY_CALLS)
    if daily and daily.max and daily.used >= daily.max * TIGHT:
        text = f"{daily.used} of {daily.max} daily calls are used already"
        report.problems.append(Problem(WARNING, "FEW_CALLS_LEFT", text, limits.DAILY_CALLS))


def _attempt(report: ProbeReport, subject: str, call: Any) -> Any:
    """The call's result; a refusal of something optional becomes a warning and None."""
    try:
        return call()
    except ClientError as error:
        report.problems.append(Problem(WARNING, error.code, error.message, subject))
        return None
