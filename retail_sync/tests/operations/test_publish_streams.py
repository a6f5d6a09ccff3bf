from odoo.exceptions import UserError
from odoo.tests import tagged

from ..entities.test_entities_out import OutboundEntityCase


@tagged("post_install", "-at_install")
class TestPublishStreams(OutboundEntityCase):
    """A stream that Odoo alone writes reads nothing: it is live with the consent, and no load waits for it."""

    def setUp(self):
        super().setUp()
        self.stream = self.product_stream
        self.stream.write({"direction": "in", "planned_direction": "out", "live_at": False})
        self.stream.sudo().state = "draft"

    def test_consent_makes_it_live_without_a_load(self):
        self.assertIn(self.stream, self.connection._waiting_streams())
        self.connection.go_live()
        self.assertEqual((self.stream.direction, self.stream.state), ("out", "live"))
        product = self.new_product()
        self.due(self.stream, product)
        self.deliver()
        self.assertTrue(self.link_of(product))

    def test_a_load_of_everything_leaves_it_out(self):
        runs = self.env["retail.sync.run"].browse(self.connection.start_first_load())
        self.assertTrue(runs)
        self.assertNotIn(self.stream, runs.stream_id)
        with self.assertRaises(UserError):
            self.stream.action_reload()

    def test_paused_and_resumed_it_is_live_again(self):
        self.connection.go_live()
        self.stream.action_pause()
        self.stream.action_resume()
        self.assertEqual(self.stream.state, "live")

    def test_before_the_consent_resuming_does_not_make_it_live(self):
        self.stream.action_pause()
        self.stream.action_resume()
        self.assertEqual(self.stream.state, "draft")

    def test_what_the_platform_has_no_room_for_stays_off(self):
        self.stream.sudo().unavailable_reason = "The package is not deployed."
        self.assertNotIn(self.stream, self.connection._waiting_streams())
        waiting = self.connection._waiting_streams()
        if waiting:
            self.connection.go_live()
        self.assertEqual((self.stream.direction, self.stream.state), ("in", "draft"))

    def test_streams_that_are_missing_are_added_once(self):
        before = self.connection.stream_ids
        vals = {"name": "More", "remote_object": "More", "entity": "article", "direction": "in"}
        adapter = self.registry[self.connection._adapter()._name]
        self.patch(adapter, "default_streams", lambda adapter, connection: [vals])
        self.connection.action_add_streams()
        added = self.connection.stream_ids - before
        self.assertEqual((added.name, added.direction), ("More", "in"))
        self.connection.action_add_streams()
        self.assertEqual(self.connection.stream_ids, before | added)
