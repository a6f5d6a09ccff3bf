from contextlib import contextmanager

from odoo.tests import HttpCase

# A seller who also does transfers and operates the synchronisation.
STAFF = ("group_operator", "sales_team.group_sale_salesman_all_leads", "stock.group_stock_user")


class TourCase(HttpCase):
    """A browser beside a kit: people act in tours, and the engine's jobs run between two tours of a test.

    Named after the kit: `class TestRefundTour(CommerceCase, TourCase)`.
    """

    browser_size = "1366x768"

    @contextmanager
    def enter_registry_test_mode(self):
        # The class is in it from its set-up on, and the kits' set-ups ask for it once more.
        yield

    def tour(self, path, name, login):
        """Let a user act in the browser, and see what the requests did."""
        self.start_tour(path, name, login=login, timeout=120)
        self.env.invalidate_all()

    def no_messages_to_customers(self):
        """Let a transfer be validated without a dialog about text messages, which other addons may ask."""
        company = self.env.company
        for name in ("stock_move_sms_validation", "stock_move_email_validation"):
            if name in company._fields:
                company[name] = False
