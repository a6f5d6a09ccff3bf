import json
from pathlib import Path

from odoo import http
from odoo.http import request
from odoo.tests import tagged

from odoo.addons.retail_sync.tests.tour_case import TourCase

from .service_case import ServiceCase

APP = Path(__file__).parents[2] / "zendesk_app"
HERE = Path(__file__).parent
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
SDK = "https://static.zdassets.com/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js"
# What a person does in the sidebar, step by step; each step waits until what it needs is there.
WALK = """
const frame = document.getElementById("app");
const found = (selector) => frame.contentDocument.querySelector(selector);
const there = async (selector, text = "") => {
    for (let turn = 0; turn < 300; turn += 1) {
        const element = found(selector);
        if (element && element.textContent.includes(text)) {
            return element;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${selector} with "${text}" is missing: ${frame.contentDocument.body.textContent}`);
};
const set = (element, value) => {
    element.value = value;
    element.dispatchEvent(new Event("change"));
};
(async () => {
    %s
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""


class Pages(http.Controller):
    """Serves the app and the page around it, as the desk does."""

    files: dict[str, str] = {}

    @http.route("/zendesk_app/<string:name>", type="http", auth="none")
    def page(self, name):
        return request.make_response(self.files[name], [("Content-Type", TYPES[Path(name).suffix])])


@tagged("post_install", "-at_install", "browser")
class TestZendeskApp(ServiceCase, TourCase):
    """In a real browser, in a frame of a stand-in for the desk: an agent acts from the sidebar of a ticket."""

    def setUp(self):
        super().setUp()
        self.customer.email = "anna.customer@example.com"
        self.key = self.make_key()
        self.publish()

    def make_key(self):
        """Return the secret of a key that may do everything."""
        key = self.env["retail.sync.api.key"].create(
            {
                "name": "Zendesk",
                "owner_id": self.env.ref("base.user_admin").id,
                "scope_ids": [(6, 0, self.env["retail.sync.api.scope"].search([]).ids)],
                "company_ids": [(6, 0, self.env.company.ids)],
                "verification_methods": "phone_pin",
            }
        )
        return key.action_issue()["context"]["default_key"]

    def publish(self):
        """Serve the app's files and the stand-ins, as a desk does."""
        ticket = {
            "ticket.id": 4711,
            "ticket.subject": "My parcel",
            "ticket.requester.email": self.customer.email,
            "ticket.requester.identities": [],
            "ticket.customField:custom_field_77": self.order.name,
        }
        host = (HERE / "zendesk_host.html").read_text()
        host = host.replace("{{key}}", self.key).replace("{{ticket}}", json.dumps(ticket))
        files = {"host.html": host, "sdk.js": (HERE / "zendesk_sdk.js").read_text()}
        files |= {path.name: path.read_text() for path in (APP / "assets").iterdir() if path.suffix in TYPES}
        self.assertIn(SDK, files["iframe.html"])
        files["iframe.html"] = files["iframe.html"].replace(SDK, "sdk.js")
        Pages.files = files
        self.env.registry.clear_cache("routing")

    def walk(self, steps):
        ready = "document.getElementById('app').contentDocument.readyState === 'complete'"
        self.browser_js("/zendesk_app/host.html", WALK % steps, ready, login="admin", timeout=120)
        self.env.invalidate_all()

    def test_an_agent_announces_a_return_from_the_sidebar(self):
        self.walk(
            """
            await there("section.customer h1");
            await there("section.customer dl dt", "Match");
            const order = await there('details[data-order="SERVICE-1"] summary');
            order.click();
            (await there('button[data-action="return"]')).click();
            const form = '[data-form="return"]';
            set(await there(`${form} select`), "damaged");
            await there(`${form} button.main:not(:disabled)`);
            set(await there(`${form} input[data-line]`), "1");
            (await there(`${form} button.main`, "Preview")).click();
            await there(`${form} ul.effects li`);
            (await there(`${form} button[data-submit]`)).click();
            await there(`${form} .done`);
            if (window.calls.some((call) => JSON.stringify(call).includes(KEY))) {
                throw new Error("The app has seen the key.");
            }
            """
        )
        back = self.env["retail.sync.return"].search([("order_id", "=", self.order.id)])
        self.assertEqual(len(back), 1)
        action = self.env["retail.sync.action"].search([("order_id", "=", self.order.id)])
        self.assertEqual((action.action, action.state), ("return", "done"))

    def test_an_order_that_nothing_fits_says_so(self):
        self.customer.email = "somebody.else@example.com"
        self.order.name = "ANOTHER"
        self.walk('await there("main", "Odoo has no customer");')

    def test_a_hold_is_shown_in_red(self):
        head = self.customer.commercial_partner_id
        head.write({"account_block": True, "account_block_reason": "Cheque returned"})
        self.walk(
            """
            const hold = await there(".hold", "Cheque returned");
            if (getComputedStyle(hold).backgroundColor !== "rgb(204, 51, 64)") {
                throw new Error("The hold is not red.");
            }
            """
        )
