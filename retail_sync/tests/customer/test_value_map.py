from odoo.tests import tagged

from ..fake_mapping import FIRM, PERSON, PLATFORM_TEAM
from ..outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestValueMap(OutboundCase):
    """Salespeople, languages and states that Odoo does not know are said once, for all records."""

    def lines(self):
        lines = self.env["retail.sync.value.map"].search([("connection_id", "=", self.connection.id)])
        return {(line.kind, line.value): line for line in lines}

    def dry_run(self):
        self.connection.start_dry_run()
        self.run_jobs()
        return self.lines()

    def put(self, number=1, **values):
        return self.firm(
            f"F{number}",
            name=f"Firm {number}",
            **{"owner": "Rep@crm.example", "language": "tlh", "state": "Atlantis", "country": "IT", **values},
        )

    def test_a_dry_run_lists_them_with_their_records(self):
        self.put(1)
        self.put(2, language=None, state="TO")
        lines = self.dry_run()
        counts = {key: line.count for key, line in lines.items()}
        self.assertEqual(counts, {("owner", "rep@crm.example"): 2, ("language", "tlh"): 1, ("state", "Atlantis"): 1})
        self.assertEqual(lines["state", "Atlantis"].country_code, "IT")
        self.assertFalse(any(line.solved for line in lines.values()))
        self.assertEqual(
            {key: line.count for key, line in self.dry_run().items()}, counts, "a second run counts afresh"
        )

    def test_what_was_said_holds_for_all_records(self):
        self.put(1)
        lines = self.dry_run()
        user = self.make_user("rep")
        state = self.env.ref("base.state_it_to")
        lines["owner", "rep@crm.example"].user_id = user
        lines["language", "tlh"].lang_id = self.env.ref("base.lang_en")
        lines["state", "Atlantis"].state_id = state
        self.take("Firm")
        partner = self.partner("F1")
        self.assertEqual((partner.user_id, partner.lang, partner.state_id), (user, "en_US", state))
        self.assertFalse(self.link("F1").warnings)

    def test_left_empty_without_a_remark(self):
        self.put(1)
        for line in self.dry_run().values():
            line.leave_empty = True
        self.take("Firm")
        self.assertFalse(self.partner("F1").user_id)
        self.assertFalse(self.link("F1").has_warnings)

    def test_a_dry_run_counts_no_value_that_odoo_does_not_know(self):
        self.put(1)
        user = self.make_user("rep")

        def owners():
            lines = self.env["retail.sync.dry.run.line"].search(
                [("connection_id", "=", self.connection.id), ("field", "=", "owner")]
            )
            return lines.mapped(lambda line: (line.effect, line.count))

        line = self.dry_run()["owner", "rep@crm.example"]
        self.assertEqual(owners(), [])
        line.user_id = user
        self.dry_run()
        self.assertEqual(owners(), [("create", 1)])
        self.take("Firm")
        self.dry_run()
        self.assertEqual(owners(), [], "both sides mean the same salesperson")

    def test_one_salesperson_for_all_others(self):
        user = self.make_user("rep")
        self.env["retail.sync.value.map"].create(
            {"connection_id": self.connection.id, "kind": "owner", "value": "*", "user_id": user.id}
        )
        self.put(1)
        self.put(2, owner="other@crm.example")
        self.take("Firm")
        self.assertEqual((self.partner("F1") | self.partner("F2")).user_id, user)

    def test_without_an_answer_each_record_has_a_remark_but_for_the_owner(self):
        self.put(1)
        self.take("Firm")
        self.assertEqual(len(self.link("F1").warnings), 2)
        for line in self.dry_run().values():
            line.leave_empty = True
        self.env["retail.sync.value.map"].search([]).action_apply()
        self.run_jobs()
        self.assertFalse(self.link("F1").has_warnings)

    def test_an_unknown_owner_is_one_line_and_no_remark(self):
        for number in (1, 2, 3):
            self.put(number, language=None, state="TO")
        self.take("Firm")
        self.assertFalse(self.link("F1").has_warnings)
        line = self.lines()["owner", "rep@crm.example"]
        self.assertEqual((line.count, line.solved), (3, False))
        self.put(2, language=None, state="TO", city="Asti")
        self.take("Firm")
        self.assertEqual(len(self.lines()), 1)
        line.user_id = self.make_user("rep")
        line.action_apply()
        self.run_jobs()
        partners = self.partner("F1") | self.partner("F2") | self.partner("F3")
        self.assertEqual(partners.user_id, line.user_id)

    def test_what_odoo_fills_in_beside_an_unknown_owner_is_not_sent(self):
        self.ownership_rule("owner", "shared", "most_recent")
        user, other = self.make_user("rep"), self.make_user("other")
        user.email, other.email = "rep@sales.example", "other@sales.example"
        self.put(1, owner=user.email, language=None, state="TO")
        self.person("P1", firm="F1", owner="unknown@crm.example")
        self.take(FIRM)
        self.take(PERSON)
        self.assertEqual(self.partner("F1").user_id, user)
        # What Odoo, or a module, fills in for the contacts of a company.
        self.partner("P1").user_id = user
        self.send()
        self.assertEqual(self.remote("P1", PERSON)["owner"], "unknown@crm.example")
        self.partner("P1").user_id = other
        self.send()
        self.assertEqual(self.remote("P1", PERSON)["owner"], other.email)

    def test_a_move_to_an_unknown_owner_is_not_reverted_until_a_person_chooses_another_salesperson(self):
        self.ownership_rule("owner", "shared", "most_recent")
        user, other = self.make_user("rep"), self.make_user("other")
        user.email, other.email = "rep@sales.example", "other@sales.example"
        self.put(1, owner=user.email, language=None, state="TO")
        self.take(FIRM)
        self.later_than_odoo()
        self.put(1, owner="unknown@crm.example", language=None, state="TO")
        self.take(FIRM)
        self.put(1, owner="unknown@crm.example", language=None, state="TO", city="Asti")
        self.take(FIRM)
        self.partner("F1").phone = "+390211112222"
        self.send()
        self.assertEqual(self.remote("F1")["owner"], "unknown@crm.example")
        self.assertEqual(self.partner("F1").user_id, user)
        self.partner("F1").user_id = other
        self.send()
        self.assertEqual(self.remote("F1")["owner"], other.email)
        self.put(1, owner=user.email, language=None, state="TO")
        self.take(FIRM)
        self.assertEqual(self.partner("F1").user_id, user)

    def test_another_connection_is_not_concerned(self):
        other = self.make_connection(name="Other shop")
        user = self.make_user("rep")
        self.env["retail.sync.value.map"].create(
            {"connection_id": other.id, "kind": "owner", "value": "*", "user_id": user.id}
        )
        self.put(1)
        self.take("Firm")
        self.assertFalse(self.partner("F1").user_id)

    def test_a_salesperson_chosen_for_a_record_of_the_team_goes_out(self):
        """The platform's owner stands for no salesperson, or for the one that was agreed on."""
        self.ownership_rule("owner", "shared", "most_recent")
        user, other = self.make_user("rep"), self.make_user("other")
        user.email, other.email = "rep@sales.example", "other@sales.example"
        partner = self.linked_firm("F1", name="Firm", owner=PLATFORM_TEAM)
        self.assertFalse(partner.user_id)
        self.assertFalse(self.lines(), "the team is no salesperson that a person has to name")
        partner.user_id = user
        self.send()
        self.assertEqual(self.remote("F1")["owner"], user.email)
        # The adapter writes the team for whom the platform has no user: Odoo keeps its salesperson.
        self.later_than_odoo()
        self.firm("F1", owner=PLATFORM_TEAM, phone="+390432222222")
        self.take(FIRM)
        self.assertEqual((partner.phone, partner.user_id), ("+390432222222", user))
        self.send()
        self.assertEqual(self.remote("F1")["owner"], PLATFORM_TEAM)
        partner.user_id = other
        self.send()
        self.assertEqual(self.remote("F1")["owner"], other.email)

    def with_a_team(self, owner=None):
        """Return (salesperson who is a user over there, one who is none, customer)."""
        self.ownership_rule("owner", "shared", "most_recent")
        user, stranger = self.make_user("rep"), self.make_user("stranger")
        user.email, stranger.email = "rep@sales.example", "stranger@sales.example"
        self.platform.strangers = {stranger.email}
        return user, stranger, self.linked_firm("F1", name="Firm", owner=owner)

    def taken_from(self, partner, **values):
        """Read the record of a customer after an edit over there; return its remarks."""
        self.later_than_odoo()
        self.firm("F1", **values)
        self.take(FIRM)
        self.send()
        return self.link("F1").warning_text or ""

    def test_a_move_to_the_team_over_there_leaves_a_remark_until_a_salesperson_is_sent(self):
        """Odoo keeps its salesperson, the platform shows the team, and nothing said so."""
        user, stranger, partner = self.with_a_team("rep@sales.example")
        self.assertEqual(partner.user_id, user)
        self.assertIn("Salesperson: the platform has", self.taken_from(partner, owner=PLATFORM_TEAM))
        self.assertEqual((partner.user_id, self.remote("F1")["owner"]), (user, PLATFORM_TEAM))
        self.assertIn("Salesperson", self.taken_from(partner, city="Asti"), "as long as it is so")
        partner.user_id = stranger
        self.send()
        self.assertEqual(self.taken_from(partner, city="Alba"), "", "the team is how the platform shows a stranger")
        self.assertEqual((partner.user_id, self.remote("F1")["owner"]), (stranger, PLATFORM_TEAM))
        partner.user_id = user
        self.send()
        self.assertEqual(self.remote("F1")["owner"], user.email)
        self.assertEqual(self.taken_from(partner, city="Cuneo"), "")
        self.assertIn("Salesperson", self.taken_from(partner, owner=PLATFORM_TEAM), "another move is another remark")
        partner.user_id = False
        self.send()
        self.assertEqual(self.taken_from(partner, city="Asti"), "", "the team stands for no salesperson")

    def test_a_new_customer_of_a_stranger_is_shown_as_the_teams_without_a_remark(self):
        _user, stranger, _partner = self.with_a_team()
        partner = self.env["res.partner"].create({"name": "New", "is_company": True, "user_id": stranger.id})
        self.send()
        link = self.env["retail.sync.link"].search([("res_model", "=", "res.partner"), ("res_id", "=", partner.id)])
        self.assertEqual(self.remote(link.external_id)["owner"], PLATFORM_TEAM)
        self.later_than_odoo()
        for city in ("Asti", "Alba"):
            self.platform.put(FIRM, link.external_id, city=city)
            self.take(FIRM)
            self.send()
        self.assertEqual((partner.city, partner.user_id), ("Alba", stranger))
        self.assertFalse(link.has_warnings)

    def test_a_stranger_who_meets_the_team_is_agreed_on_and_no_conflict_after_a_few_reads(self):
        """Nothing had to be sent, so nothing counted as agreed on: it was sent anew, and then became a conflict."""
        _user, stranger, partner = self.with_a_team(PLATFORM_TEAM)
        partner.user_id = stranger
        self.send()
        self.platform.calls.clear()
        for city in ("Asti", "Alba", "Cuneo"):
            self.assertEqual(self.taken_from(partner, city=city), "")
        self.assertNotIn("read_by_ids", self.platform.calls, "there is nothing to send")
        self.assertFalse(self.outbox("open"))
        self.assertEqual(self.link("F1").state, "in_sync")
        self.assertEqual(partner.user_id, stranger)

    def test_a_language_installed_beside_a_cache_that_was_not_emptied_is_taken_in(self):
        """As in a server of threads: one looked the languages up while another one installed a language."""
        self.put(1, owner=None, state=None, language="fr_FR")
        self.take(FIRM)
        self.assertIn("fr_FR", str(self.link("F1").warnings))
        self.env.cr.execute("UPDATE res_lang SET active = true WHERE code = 'fr_FR'")
        self.addCleanup(self.env.registry.clear_cache, "stable")
        self.later_than_odoo()
        self.put(1, owner=None, state=None, language="fr_FR", city="Paris")
        self.take(FIRM)
        self.assertEqual(self.partner("F1").lang, "fr_FR")
        self.assertFalse(self.link("F1").has_warnings)
