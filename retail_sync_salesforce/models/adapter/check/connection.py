from odoo import api, models

from odoo.addons.retail_sync.adapter import WAY_CODES, FaultError
from odoo.addons.retail_sync.adapter.checks import ERROR, OK, WARNING, Check
from odoo.addons.retail_sync.adapter.contract import Connection

from ....client import describe, probe
from ....client.limits import Limit
from ....client.session import API_VERSION


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """The connection test: what stands in the way of syncing, in plain words, each with what to do."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def test_connection(self, connection: Connection) -> list[Check]:
        connection = connection.sudo()
        try:
            with self._session(connection, "critical", by_hand=True) as session:
                report = probe.probe(session)
                checks = self._check_sign_in(connection, report)
                if report.token_ok and report.version_offered:
                    checks += self._check_org(connection, report)
                    if connection._sf_is_known_org(report.org_id):
                        self._open_the_call_guard(connection)
                    lookup = describe.DescribeCache(session)
                    for stream in connection.stream_ids.sorted("sequence"):
                        checks += self._check_stream(session, stream, lookup)
                    checks += self._check_unavailable(connection)
                    checks += self._check_package(session, connection, lookup)
                    checks += self._check_features(connection, lookup)
        except FaultError as fault:
            checks = [self._failed(connection, self.env._("Sign-in"), fault.code, fault.message)]
        return checks

    @api.model
    def _check_sign_in(self, connection: Connection, report: probe.ProbeReport) -> list[Check]:
        address, sign_in = self.env._("Address and encryption"), self.env._("Sign-in")
        error = next((problem for problem in report.problems if problem.level == probe.ERROR), None)
        if not report.token_ok and error and error.code in WAY_CODES:
            return [self._failed(connection, address, error.code, error.text)]
        checks = [self._check(address, OK, self.env._("Salesforce answers at %s, encrypted.", connection.base_url))]
        if report.versions and not report.version_offered:
            checks.append(
                self._check(
                    self.env._("API version"),
                    ERROR,
                    self.env._("The org does not offer version %s.", report.version),
                    self.env._(
                        "Set the API version to %s in the connection's settings.",
                        API_VERSION if API_VERSION in report.versions else report.versions[-1],
                    ),
                )
            )
            return checks
        if not report.token_ok:
            code, text = (
                (error.code, error.text) if error else ("UNKNOWN", self.env._("No sign-in, and no reason given."))
            )
            return [*checks, self._failed(connection, sign_in, code, text)]
        who = report.username or report.user_id
        detail = self.env._("Signed in as %s.", who) if who else self.env._("Signed in.")
        checks.append(self._check(sign_in, OK, detail))
        checks.append(self._check(self.env._("API version"), OK, self.env._("Version %s is offered.", report.version)))
        return checks

    @api.model
    def _check_org(self, connection: Connection, report: probe.ProbeReport) -> list[Check]:
        return [
            self._check_identity(connection, report),
            self._check_environment(connection, report),
            self._check_allowance(report.daily_calls),
        ]

    @api.model
    def _check_allowance(self, calls: Limit | None) -> Check:
        name = self.env._("API calls")
        if calls is None:
            text = self.env._(
                "Our user may not see the org's allowance; what is used is read from each answer instead."
            )
            return self._check(name, OK, text)
        text = self.env._(
            "%(used)s of %(max)s calls of the day are used, %(left)s left.",
            used=calls.used,
            max=calls.max,
            left=calls.remaining,
        )
        if calls.max and calls.used >= calls.max * probe.TIGHT:
            step = self.env._("Loads wait when too few are left. Find out which app uses them, or load at night.")
            return self._check(name, WARNING, text, step)
        return self._check(name, OK, text)

    @api.model
    def _check_identity(self, connection: Connection, report: probe.ProbeReport) -> Check:
        name = self.env._("Org")
        if not connection._sf_is_known_org(report.org_id) and connection.link_count:
            return self._check(
                name,
                ERROR,
                self.env._(
                    "These credentials lead to org %(new)s, but the links of this connection belong to org %(old)s.",
                    new=report.org_id,
                    old=connection.sf_org_id,
                ),
                self.env._(
                    "Correct the credentials, or make a new connection for the other org. If the other org is a copy "
                    "of the former one, such as a refreshed sandbox, choose Adopt this account on the connection."
                ),
            )
        vals = {"sf_org_id": report.org_id, "sf_instance_url": report.instance_url}
        connection.write({key: value for key, value in vals.items() if connection[key] != (value or False)})
        return self._check(
            name, OK, self.env._("%(name)s (%(id)s)", name=report.org_name or self.env._("Org"), id=report.org_id)
        )

    @api.model
    def _check_environment(self, connection: Connection, report: probe.ProbeReport) -> Check:
        name = self.env._("Environment")
        if report.sandbox is None:
            return self._check(name, OK, self.env._("Not checked: our user may not read whether the org is a sandbox."))
        found = self.env._("a sandbox") if report.sandbox else self.env._("a production org")
        if report.sandbox != (connection.environment != "production"):
            if connection.environment == "simulator":
                return self._check(name, OK, self.env._("A simulator that looks like %s.", found))
            return self._check(
                name,
                WARNING,
                self.env._("The org is %s.", found),
                self.env._("Set the connection's environment to match, so that users do not confuse the two."),
            )
        return self._check(name, OK, self.env._("The org is %s, as the connection says.", found))
