import json
from pathlib import Path

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...models.endpoint.application import application
from .api_case import ApiCase

PUBLISHED = Path(__file__).resolve().parents[3] / "docs" / "agent-api.v1.json"


@tagged("post_install", "-at_install")
class TestDocuments(ApiCase):
    """Documents about the API."""

    def test_the_published_document_is_served(self):
        answer = self.call("/openapi.json", secret="")

        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json(), json.loads(PUBLISHED.read_text()))

    def test_people_read_the_documentation(self):
        answer = self.call("/docs", secret="")

        self.assertEqual(answer.status_code, 200)
        self.assertIn("/retail_sync/api/v1/openapi.json", answer.text)

    def test_errors_explain_themselves(self):
        answer = self.call("/problems/preview_stale")

        self.assertEqual((answer.status_code, answer.json()["status"]), (200, 409))

    def test_an_upgrade_keeps_the_path(self):
        endpoint = self.env.ref("retail_sync_helpdesk.endpoint_agent_api")
        endpoint.registry_sync = False

        self.env["fastapi.endpoint"]._publish_agent_api()

        self.assertTrue(endpoint.registry_sync)

    def test_the_path_and_the_sessions_stay(self):
        endpoint = self.env.ref("retail_sync_helpdesk.endpoint_agent_api")

        with self.assertRaises(ValidationError):
            endpoint.root_path = "/other"
        with self.assertRaises(ValidationError):
            endpoint.save_http_session = True

    def test_all_endpoints_share_the_application(self):
        endpoint = self.env.ref("retail_sync_helpdesk.endpoint_agent_api")

        self.assertIs(endpoint._get_app(), application())

    def test_no_session_begins(self):
        self.assertNotIn("Set-Cookie", self.call("/me").headers)
