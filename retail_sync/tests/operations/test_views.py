from lxml import etree

from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from ..common import FakePlatformCase


@tagged("post_install", "-at_install")
class TestViews(FakePlatformCase):
    """Every screen opens for every user who finds it in the menu, and no user finds a button that refuses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = cls.make_users_of_groups()

    def setUp(self):
        super().setUp()
        self.platform.put("Firm", "F1", name="Rossi Srl", email="info@rossi.example", phone="no number")
        self.platform.put("Firm", "F2", name="")
        self.first_load()

    def actions_of(self, user):
        """Return the window actions behind the menu items that a user sees."""
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        found, todo = [], [self.env.ref("retail_sync.menu_root").id]
        while todo:
            menu = menus[todo.pop()]
            todo += menu["children"]
            if menu["action_model"] == "ir.actions.act_window":
                found.append(menu["action_id"])
        return self.env["ir.actions.act_window"].browse(found)

    def engine_actions_of(self, user):
        """Return the ids of the actions in a user's menus that the engine itself brings."""
        actions = self.actions_of(user)
        return {action.id for action in actions if action.get_external_id()[action.id].startswith("retail_sync.")}

    def test_menus(self):
        seen = {name: self.engine_actions_of(user) for name, user in self.users.items()}

        def ids(*names):
            return {self.env.ref(f"retail_sync.action_{name}").id for name in names}

        daily = ids("exception", "review", "message", "outbox", "run", "event", "link", "merge", "match_decision")
        daily |= ids("record_status", "comparison", "difference", "taken_back", "erased_record")
        daily |= ids("product", "price", "stock_level")
        daily |= ids("order_exception", "expectation", "milestone", "milestone_look")
        configuration = ids(
            "connection", "stream", "field_map", "ownership_rule", "fault_rule", "block_override", "non_match"
        )
        configuration |= ids("duplicate_group", "duplicate_search")
        configuration |= ids("match_model", "value_map", "order_rule", "order_route")
        self.assertEqual(seen["operator"], daily)
        self.assertEqual(seen["steward"], daily | configuration)
        self.assertEqual(seen["auditor"], daily | configuration | ids("command", "audit"))
        self.assertEqual(seen["manager"], daily | configuration | ids("setup", "command", "audit"))

    def test_every_view_opens_with_its_records(self):
        for user in self.users.values():
            for action in self.actions_of(user):
                model = self.env[action.res_model].with_user(user)
                for view_type in action.view_mode.split(",") + ["search"]:
                    view_id = action.view_id.id if view_type == action.view_id.type else False
                    arch = model.get_view(view_id, view_type)["arch"]
                    # Fields of a groupby belong to the records that the list is grouped by.
                    nodes = etree.fromstring(arch).xpath("//field[not(ancestor::field or ancestor::groupby)]")
                    names = {node.get("name") for node in nodes}
                    if view_type in ("list", "form") and not model._transient:
                        model.search([], limit=3).read(sorted(names))

    def test_long_lists_cost_no_query_per_row(self):
        for number in range(12):
            self.platform.put("Firm", f"L{number}", name="" if number % 2 else f"Unlike Number {number}")
            self.poll()
        self.env["retail.sync.run"].search([]).write({"started_at": "2026-05-20 08:00:00"})
        user = self.users["manager"]
        for action in [*self.actions_of(user), self.env.ref("base.action_partner_form")]:
            rows = self.env[action.res_model].with_user(user).search(safe_eval(action.domain or "[]"), limit=10)
            if len(rows) < 4 or "list" not in action.view_mode:
                continue
            arch = rows.get_view(action.view_id.id if action.view_id.type == "list" else False, "list")["arch"]
            names = sorted({node.get("name") for node in etree.fromstring(arch).xpath("/list/field")})
            queries = {}
            # Half of each kind: a list may have rows of several kinds, and each kind costs queries of its own.
            kinds = rows.grouped(lambda row: "link_id" in row._fields and bool(row.link_id)).values()
            half = rows.browse(row.id for kind in kinds for row in kind[: len(kind) // 2 + 1])
            for chosen in (half, rows):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                chosen.with_prefetch(chosen.ids).read(names)
                queries[len(chosen)] = self.env.cr.sql_log_count - before
            with self.subTest(action=action.name):
                self.assertLessEqual(queries[len(rows)], queries[len(half)])

    def test_every_list_can_be_filtered_and_grouped(self):
        for action in self.actions_of(self.users["manager"]):
            if action.res_model == "retail.sync.setup":
                continue
            self.assertTrue(action.help, f"{action.name}: says nothing when it is empty")
            view = self.env[action.res_model].get_view(action.search_view_id.id or False, "search")
            search = etree.fromstring(view["arch"])
            groups = search.xpath("//group/filter")
            self.assertGreater(len(groups), 1, action.name)
            self.assertGreater(len(search.xpath("//search/filter")), 1, action.name)
            for node in groups:
                field = safe_eval(node.get("context"), {"uid": self.env.uid})["group_by"]
                # Properties are grouped by a property that the user chooses.
                if self.env[action.res_model]._fields[field.partition(":")[0]].type != "properties":
                    self.env[action.res_model].formatted_read_group([], [field], ["__count"])
            for node in search.xpath("//filter[@domain]"):
                self.env[action.res_model].search_count(safe_eval(node.get("domain"), {"uid": self.env.uid}))

    def test_buttons_are_for_those_who_may_use_them(self):
        def buttons(user, model, view):
            arch = self.env[model].with_user(user).get_view(self.env.ref(view).id)["arch"]
            return set(etree.fromstring(arch).xpath("//button/@name"))

        exceptions = ("retail.sync.message", "retail_sync.view_exception_list")
        self.assertLessEqual({"action_retry", "action_ask_ignore"}, buttons(self.users["operator"], *exceptions))
        self.assertNotIn("action_decide", buttons(self.users["operator"], *exceptions))
        self.assertIn("action_decide", buttons(self.users["steward"], *exceptions))
        self.assertFalse(
            {"action_retry", "action_ask_ignore", "action_ask_assign"} & buttons(self.users["auditor"], *exceptions)
        )
        connection = ("retail.sync.connection", "retail_sync.view_connection_form")
        steward, manager = (buttons(self.users[name], *connection) for name in ("steward", "manager"))
        self.assertNotIn("action_pause", steward)
        self.assertLessEqual({"action_pause", "action_check", "action_open_breaker"}, manager)

    def test_every_shown_field_of_a_connection_explains_itself(self):
        arch = self.env["retail.sync.setup"].get_view(self.env.ref("retail_sync.view_setup_form").id)["arch"]
        model = self.env["retail.sync.setup"]
        for name in etree.fromstring(arch).xpath("//group//field[not(@invisible='1')]/@name"):
            self.assertTrue(model._fields[name].help, f"{name} has no help")

    def test_customer_form(self):
        partner = self.partner("F1")
        with Form(partner.with_user(self.users["operator"])) as form:
            self.assertEqual(form.sync_state, "in_sync")
            self.assertEqual(len(form.sync_link_ids), 1)
        link = partner.sync_link_ids
        self.assertIn("no number", link.warning_text)
        self.assertEqual(link.action_open_remote()["url"], "https://platform.example.com/Firm/F1")
        partner_model = self.env["res.partner"]
        self.assertIn(partner, partner_model.search([("sync_external_ids", "=", "F1")]))
        self.assertNotIn(partner, partner_model.search([("sync_state", "=", "none")]))
        action = partner.with_user(self.users["operator"]).action_sync_messages()
        self.assertEqual(action["res_model"], "retail.sync.message")

    def test_sync_now_reads_afresh(self):
        self.platform.put("Firm", "F1", name="Rossi & Figli Srl")
        self.partner("F1").with_user(self.users["operator"]).action_sync_now()
        self.run_jobs()
        self.assertEqual(self.partner("F1").name, "Rossi & Figli Srl")

    def test_texts_promise_what_happens(self):
        """A note on an edit taken back has no sensitive values; a load works several pages at a time."""
        banner = self.env["res.partner"].get_view(self.env.ref("retail_sync.view_partner_form").id, "form")["arch"]
        self.assertNotIn("both values", banner)
        self.assertIn("The notes of this record say why", " ".join(banner.split()))
        wizard = " ".join(self.env["retail.sync.setup"].get_view(False, "form")["arch"].split())
        self.assertNotIn("in the same order", wizard)
        self.assertIn("takes the pages of a stream in turn; the load works on as many pages at a time", wizard)
        warnings = self.env.ref("retail_sync.action_link_warning")
        self.assertNotIn("are in sync", warnings.help)
        self.assertIn("kept although it is not valid", " ".join(warnings.help.split()))
        ignore = self.env["retail.sync.message"].get_view(self.env.ref("retail_sync.view_message_form").id, "form")
        button = etree.fromstring(ignore["arch"]).xpath("//button[@name='action_ask_ignore']")[0]
        self.assertNotIn("until it changes on the platform", button.get("help"), "an alarm or a fact never does")

    def test_settings(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.retail_sync_poll_minutes, self.env.ref("retail_sync.cron_poll").interval_number)
        settings.retail_sync_poll_minutes = 15
        settings.retail_sync_keep_runs_days = 30
        settings.execute()
        self.assertEqual(self.env.ref("retail_sync.cron_poll").interval_number, 15)
        self.assertEqual(self.env["ir.config_parameter"].get_param("retail_sync.keep_runs_days"), "30")

    def test_exceptions_lead_to_their_runbook(self):
        message = self.message("F2").with_user(self.users["operator"])
        self.assertEqual(message.action_open_runbook()["url"], message.rule_id.runbook_url)

    def test_retry_of_a_whole_cause(self):
        rule = self.message("F2").rule_id
        self.platform.put("Firm", "F2", name="Named")
        rule.with_user(self.users["operator"]).action_retry_open()
        self.run_jobs()
        self.assertEqual(self.message("F2").state, "done")

    def test_value_map_is_edited_as_lines(self):
        line = self.env["retail.sync.field.map"].search([("remote_path", "=", "title")], limit=1)
        line.write({"transform": "value_map", "value_map_text": "Buyer = Purchasing\n* = Staff"})
        self.assertEqual(line.options, {"value_map": {"Buyer": "Purchasing", "*": "Staff"}})
        with self.assertRaisesRegex(Exception, "line 1"):
            line.value_map_text = "no sign here"

    def test_overview_counts_what_its_links_open(self):
        card = next(
            card
            for card in self.env["retail.sync.connection"].get_overview()["connections"]
            if card["id"] == self.connection.id
        )
        firms = card["streams"][0]
        counts = firms["counts"]
        self.assertEqual((counts["in_sync"], counts["attention"], counts["review"]), (1, 1, 0))
        records = self.env["retail.sync.record.status"]
        for status, count in counts.items():
            domain = [("stream_id", "=", firms["id"]), ("status", "=", status)]
            self.assertEqual(records.search_count(domain), count, status)
        self.assertEqual(records.search_count([("stream_id", "=", firms["id"])]), firms["total"])
