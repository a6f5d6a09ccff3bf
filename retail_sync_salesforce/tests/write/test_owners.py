from odoo.tests import tagged

from ..writing_case import WritingCase

USER = {"IsActive": True, "UserType": "Standard", "SystemModstamp": "2026-01-01T00:00:00.000+0000"}
REP, FORMER, TEAM = "0055g00000B0001AAB", "0055g00000B0002AAB", "0055g00000B0003AAB"


@tagged("post_install", "-at_install")
class TestOwners(WritingCase):
    """Salespeople of Odoo become owners over there: by e-mail address, or as a person said."""

    def setUp(self):
        super().setUp()
        self.org.facts["Account", "OwnerId"] = self.org.facts["Contact", "OwnerId"] = {"type": "reference"}
        self.user(REP, "Rep@acme.example")
        self.user(FORMER, "former@acme.example", IsActive=False)
        self.user(TEAM, "team@acme.example")

    def user(self, user_id, address, **values):
        self.org.rows["User"].append({**USER, "Id": user_id, "Email": address, "Username": f"{address}.org", **values})

    def owner_of(self, record, stream=None):
        return self.fields_of(stream or self.accounts, record).get("OwnerId")

    def queries(self):
        return [path for path in self.org.paths("/query") if path]

    def test_a_new_customer_belongs_to_its_salesperson(self):
        self.assertEqual(self.owner_of(self.out(7, name="Rossi", owner="rep@acme.example")), REP)
        private = self.out(8, kind="person", name="Anna Rossi", owner="rep@acme.example", parent=None)
        self.assertEqual(self.owner_of(private, self.contacts), REP)
        [answer] = self.push(self.accounts, self.out(9, name="Bianchi", owner="rep@acme.example"))
        self.assertTrue(answer.ok)
        self.assertEqual(self.org.rows["Account"][0]["OwnerId"], REP)

    def test_a_new_salesperson_is_the_new_owner(self):
        record = self.known(
            7, self.account(1), owner="rep@acme.example", remote={"OwnerId": TEAM, "Owner": {"Email": "team@x.example"}}
        )
        self.assertEqual(self.fields_of(self.accounts, record), {"OwnerId": REP})

    def test_the_owner_who_is_there_already_is_not_sent(self):
        record = self.known(
            7, self.account(1), owner="rep@acme.example",
            remote={"OwnerId": REP, "Owner": {"Email": "Rep@acme.example"}},
        )  # fmt: skip
        self.assertEqual(self.fields_of(self.accounts, record), {})

    def test_another_edit_asks_for_no_user_and_moves_no_owner(self):
        before = len(self.queries())
        record = self.known(7, self.account(1), name="Rossi")
        record.parts["main"]["owner"] = "rep@acme.example"
        self.assertEqual(self.fields_of(self.accounts, record), {"Name": "Rossi"})
        self.assertEqual(len(self.queries()), before)

    def test_users_are_asked_for_once(self):
        before = len(self.queries())
        records = [self.out(number, name=f"F{number}", owner="rep@acme.example") for number in range(10)]
        self.encode(self.accounts, *records)
        self.assertEqual(len(self.queries()), before + 1)

    def test_who_left_or_has_no_licence_owns_nothing(self):
        self.user("0055g00000B0004AAB", "guest@acme.example", UserType="Guest")
        for address in ("former@acme.example", "guest@acme.example", "unknown@acme.example"):
            fault = self.left_out_of(self.accounts, self.out(7, name="Rossi", owner=address))
            self.assertEqual((fault.fault_class, fault.code), ("business", "OWNER_UNKNOWN"))
            self.assertNotIn(address, fault.message)
            fault = self.left_out_of(self.accounts, self.known(7, self.account(1), name="R", owner=address))
            self.assertEqual(fault.code, "OWNER_UNKNOWN")

    def test_the_rest_belongs_to_the_default_owner(self):
        self.accounts.sf_default_owner = "Team@acme.example"
        for address in ("former@acme.example", None):
            self.assertEqual(self.owner_of(self.out(7, name="Rossi", owner=address)), TEAM)
            self.assertEqual(self.owner_of(self.known(7, self.account(1), owner=address)), TEAM)
        self.assertEqual(self.owner_of(self.out(7, name="Rossi", owner="rep@acme.example")), REP)
        row = {"Id": self.account(2), "Name": "R", "SystemModstamp": "2026-05-20T12:00:00Z"}
        incoming, _errors = self.decode(self.accounts, {**row, "Owner": {"Email": "team@acme.example"}})
        self.assertNotIn("owner", incoming.parts["main"], "it names no salesperson")
        self.assertEqual(incoming.as_agreed, {"main": {"owner": "team@acme.example"}})

    def test_whom_the_default_owner_stands_for_is_noted_for_later_reads(self):
        """Then a move to that user over there differs from a delivery that put it there."""
        self.accounts.sf_default_owner = "team@acme.example"
        team = {"OwnerId": TEAM, "Owner": {"Email": "team@acme.example"}}
        for address, stood_for in (("former@acme.example", True), (None, True), ("rep@acme.example", False)):
            records = [
                self.out(7, name="Rossi", owner=address),
                self.known(7, self.account(1), owner=address),
                self.known(7, self.account(1), owner=address, remote=team),
            ]
            self.encode(self.accounts, *records)
            expected = {"main": ["owner"]} if stood_for else {}
            self.assertEqual([record.stand_ins for record in records], [expected] * 3)

    def test_an_owner_is_never_taken_away_and_a_remark_says_so(self):
        self.assertIsNone(self.owner_of(self.out(7, name="Rossi", owner=None)))
        record = self.known(7, self.account(1), owner=None, job_title=None, name="Rossi")
        [outgoing] = self.encode(self.accounts, record)
        self.assertEqual((outgoing.fault, outgoing.refused, outgoing.fields), (None, [], {"Name": "Rossi"}))
        self.assertIn("keeps the owner", "".join(outgoing.warnings))
        self.assertNotIn("owner", record.sent["main"], "both sides have not agreed on that")

    def test_what_a_person_said_holds_in_both_directions(self):
        user = self.env["res.users"].create({"name": "Rep", "login": "rep@odoo.example", "email": "rep@odoo.example"})
        self.env["retail.sync.value.map"].create(
            {"connection_id": self.connection.id, "kind": "owner", "value": "rep@acme.example", "user_id": user.id}
        )
        record = self.out(7, name="Rossi", owner="rep@odoo.example")
        self.assertEqual(self.owner_of(record), REP)
        self.assertEqual(record.sent["main"]["owner"], "rep@acme.example", "both sides agree on what is there")
        # Former colleagues whose customers a user has: their own record is no way to reach the user.
        self.user("0055g00000B0005AAB", "rep@odoo.example")
        self.assertEqual(self.owner_of(self.out(7, name="Rossi", owner="rep@odoo.example")), "0055g00000B0005AAB")

    def test_a_line_that_only_reads_sends_no_owner(self):
        self.accounts.map_ids.filtered(lambda line: line.canonical_field == "owner").direction = "in"
        self.assertIsNone(self.owner_of(self.out(7, name="Rossi", owner="rep@acme.example")))
