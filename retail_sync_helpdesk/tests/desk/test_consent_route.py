from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from ...models.desk.consent import PATH


@tagged("post_install", "-at_install")
class TestConsentRoute(HttpCase):
    """The way back from the page on which a user of the desk agrees."""

    def test_a_user_who_agreed_is_led_back_to_the_connection(self):
        connection = self.env["retail.sync.connection"].create({"name": "Desk", "system": "zendesk", "code": "route_x"})
        given = []

        def authorized(model, state, code):
            given.append((state, code))
            return model.browse(connection.id)

        self.authenticate("admin", "admin")
        with patch.object(type(connection), "_desk_authorized", authorized):
            answer = self.url_open(f"{PATH}?state=abc&code=xyz", allow_redirects=False)
        self.assertEqual(given, [("abc", "xyz")])
        self.assertIn(answer.status_code, (302, 303))
        self.assertIn(f"/{connection.id}", answer.headers["Location"])

    def test_a_visitor_agrees_to_nothing(self):
        answer = self.url_open(f"{PATH}?state=abc&code=xyz", allow_redirects=False)
        self.assertIn("/web/login", answer.headers.get("Location", ""))
