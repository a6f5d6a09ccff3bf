import logging
from unittest.mock import patch

import psycopg2.errors

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...api.errors import ApiProblem
from ...api.guard import MOST_BYTES
from ...models.endpoint import log_lines
from ...models.endpoint.service import AgentService
from .api_case import ApiCase

FAULTS = "odoo.addons.retail_sync_helpdesk.models.endpoint.faults"
PRIVATE = "ada@example.com"


@tagged("post_install", "-at_install")
class TestErrors(ApiCase):
    """Every error is a problem document that tells nothing of the inside."""

    def failing(self, *errors):
        """Let the errors happen one after the other, then answer."""
        left, answer = list(errors), AgentService.me

        def me(service):
            if left:
                raise left.pop(0)
            return answer(service)

        return patch.object(AgentService, "me", me)

    def test_an_unexpected_error_tells_nothing_of_the_inside(self):
        with self.failing(ValueError(PRIVATE)), self.assertLogs(level=logging.DEBUG) as logs:
            answer = self.call("/me", X_Correlation_Id="desk-0001")

        document = self.assertProblem(answer, 500, "internal_error")
        self.assertEqual(document["correlation_id"], "desk-0001")
        self.assertNotIn("ValueError", answer.text)
        errors = [line for line in logs.output if line.startswith("ERROR")]
        self.assertEqual(len(errors), 1, errors)
        self.assertIn("desk-0001", errors[0])
        self.assertNotIn(PRIVATE, "\n".join(logs.output))

    def test_errors_of_odoo_have_their_problems(self):
        for error, status, code in (
            (UserError("Not now."), 409, "conflict"),  # pylint: disable=translation-required
            (AccessError("No."), 500, "internal_error"),  # pylint: disable=translation-required
            (MissingError("Gone."), 404, "not_found"),  # pylint: disable=translation-required
            (psycopg2.OperationalError("down"), 503, "unavailable"),
        ):
            with self.subTest(code), self.failing(error), mute_logger(FAULTS):
                answer = self.call("/me")

                self.assertProblem(answer, status, code)

    def test_a_request_that_lost_a_race_is_repeated_and_counted_once(self):
        lost = [psycopg2.errors.SerializationFailure("could not serialize") for _try in range(2)]
        for error in lost:
            self.patch(type(error), "pgcode", "40001")

        model = type(self.env["retail.sync.api.key.use"])
        counted = patch.object(model, "_take", autospec=True, side_effect=model._take)

        with self.failing(*lost), counted as taken, patch("odoo.service.model.random.uniform", return_value=0):
            answer = self.call("/me")

        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual(taken.call_count, 1)

    def test_a_race_that_is_lost_again_and_again_is_a_conflict(self):
        error = psycopg2.errors.SerializationFailure("could not serialize")
        self.patch(type(error), "pgcode", "40001")

        with (
            self.failing(*[error] * 5),
            patch("odoo.service.model.random.uniform", return_value=0),
            mute_logger(FAULTS),
        ):
            answer = self.call("/me")

        self.assertProblem(answer, 409, "conflict")
        self.assertEqual(answer.headers["Retry-After"], "1")

    def test_what_is_raised_is_rolled_back_and_what_is_answered_stays(self):
        partners = self.env["res.partner"]

        def me(service):
            service.env["res.partner"].create({"name": "Written by a request"})
            raise ApiProblem("not_eligible")

        with patch.object(AgentService, "me", me):
            self.assertProblem(self.call("/me"), 409, "not_eligible")
        self.assertFalse(partners.search([("name", "=", "Written by a request")]))

        answer = AgentService.me

        def written(service):
            service.env["res.partner"].create({"name": "Written by a request"})
            return answer(service)

        with patch.object(AgentService, "me", written):
            self.assertEqual(self.call("/me").status_code, 200)
        self.assertTrue(partners.search([("name", "=", "Written by a request")]))

    def test_what_callers_do_wrong_fills_no_log(self):
        with self.assertNoLogs("odoo.http", logging.WARNING), self.assertNoLogs(FAULTS, logging.INFO):
            self.call("/me", secret="wrong")
            self.call("/orders/x")
            self.call("/nothing")
            self.call("/customers?email=" + "x" * 300)

    def test_requests_that_cannot_be_read(self):
        big = {"request": {"action": "x", "note": "x" * (MOST_BYTES + 1)}}
        for name, (path, method, body), status, code in (
            ("unknown path", ("/nothing", "GET", None), 404, "not_found"),
            ("root", ("", "GET", None), 404, "not_found"),
            ("trailing slash", ("/me/", "GET", None), 404, "not_found"),
            ("method", ("/me", "DELETE", None), 405, "method_not_allowed"),
            ("strange method", ("/me", "PROPFIND", None), 405, "method_not_allowed"),
            ("value", ("/orders/x", "GET", None), 422, "invalid_values"),
            ("size", ("/orders/1/actions/preview", "POST", big), 413, "payload_too_large"),
            ("path", ("/orders/%FF", "GET", None), 422, "invalid_values"),
            ("action", ("/orders/1/actions/preview", "POST", {"request": {"action": "x"}}), 422, "invalid_values"),
        ):
            with self.subTest(name):
                self.assertProblem(self.call(path, method, body=body), status, code)

    def test_a_body_that_is_no_json(self):
        answer = self.opener.post(
            f"{self.base_url()}/retail_sync/api/v1/orders/1/actions/preview",
            data=b"{",
            headers={"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"},
            timeout=30,
        )

        self.assertProblem(answer, 400, "malformed_request")

    def test_values_are_not_repeated(self):
        answer = self.call("/orders/1?by=x", X_Verified_At=PRIVATE)

        self.assertProblem(answer, 422, "invalid_values")
        self.assertNotIn(PRIVATE, answer.text)

    def test_correlation_ids_of_callers_are_kept_where_logs_can_carry_them(self):
        kept = self.call("/me", X_Correlation_Id="desk-0001")
        made = self.call("/me", X_Correlation_Id="no good id")

        self.assertEqual(kept.headers["X-Correlation-Id"], "desk-0001")
        self.assertRegex(made.headers["X-Correlation-Id"], r"^[0-9a-f-]{36}$")

    def test_no_log_has_a_key_or_what_was_asked_for(self):
        with self.assertLogs(level=logging.DEBUG) as logs:
            self.call(f"/customers?email={PRIVATE}", X_Correlation_Id="desk-0002")
            self.call("/me", secret="b" * 40)

        written = "\n".join(logs.output)
        self.assertNotIn(self.secret, written)
        self.assertNotIn("b" * 40, written)

    def test_lines_of_the_server_name_the_request_and_not_what_was_asked_for(self):
        lines = log_lines.RequestLines("/retail_sync/api/v1")
        text, path = '"%s" %s %s', f"GET /retail_sync/api/v1/customers?email={PRIVATE} HTTP/1.1"
        record = logging.LogRecord("werkzeug", logging.INFO, "", 1, text, (path, "200", "-"), None)
        other = logging.LogRecord("werkzeug", logging.INFO, "", 1, text, ("GET /web?x=1 HTTP/1.1", "200", "-"), None)

        self.assertTrue(lines.filter(record) and lines.filter(other))

        self.assertIn('"GET /retail_sync/api/v1/customers?... HTTP/1.1', record.getMessage())
        self.assertIn("/web?x=1", other.getMessage())
