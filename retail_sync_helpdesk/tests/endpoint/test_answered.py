import asyncio

from odoo.tests import BaseCase, tagged

from ...models.endpoint.application import Answered
from ...models.endpoint.visit import CURRENT, Visit


@tagged("post_install", "-at_install")
class TestAnswered(BaseCase):
    """An application that fails answers nevertheless, and its error stays with the request."""

    def run_app(self, app):
        sent, visit = [], Visit("test-0001")
        token = CURRENT.set(visit)
        self.addCleanup(CURRENT.reset, token)

        async def send(message):
            sent.append(message["type"])

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        asyncio.run(Answered(app)({"type": "http"}, receive, send))
        return sent, visit.error

    def test_an_error_right_after_the_body_is_kept(self):
        async def app(_scope, receive, _send):
            await receive()
            raise ValueError("body")

        sent, error = self.run_app(app)

        self.assertEqual(sent, ["http.response.start", "http.response.body"])
        self.assertIsInstance(error, ValueError)

    def test_an_error_after_the_answer_has_begun_ends_it(self):
        async def app(_scope, _receive, send):
            await send({"type": "http.response.start"})
            raise ValueError("late")

        sent, error = self.run_app(app)

        self.assertEqual(sent, ["http.response.start", "http.response.body"])
        self.assertIsInstance(error, ValueError)

    def test_an_answer_is_left_as_it_is(self):
        async def app(_scope, _receive, send):
            await send({"type": "http.response.start"})
            await send({"type": "http.response.body"})

        self.assertEqual(self.run_app(app), (["http.response.start", "http.response.body"], None))
