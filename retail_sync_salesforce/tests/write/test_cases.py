from odoo.tests import tagged

from ..commerce_case import CommerceCase
from ..commerce_org import PERSON_ID, QUEUE_ID
from ..fake_org import USER_ID, Refusal

OTHER_QUEUE_ID = "00G5g000000Q002EAC"
FORMER_ID = "0055g00000B0008AAB"


@tagged("post_install", "-at_install")
class TestCases(CommerceCase):
    """Cases go to their queue, close themselves when no person has touched them, and never lose a person's work."""

    def case(self, number=1, **values):
        return self.new("case", number, **{"subject": "Late order", "state": "open", "priority": "high", **values})

    def solved(self, row, number=1, **values):
        return self.changed(
            "case", number, row["Id"], "state closing_note", state="solved", closing_note="It was shipped.", **values
        )

    def comments(self):
        return [row["CommentBody"] for row in self.org.of("CaseComment")]

    def test_a_new_one_has_queue_origin_and_priority_and_no_rule_moves_it(self):
        row = self.made("case", self.case(queue="Logistics", customer="Account/001000000000001AAA"))
        self.assertEqual((row["OwnerId"], row["Origin"], row["Priority"]), (QUEUE_ID, "ERP", "High"))
        self.assertEqual((row["Status"], row["AccountId"]), ("New", "001000000000001AAA"))
        self.assertIs(row["Odoo_Cause_Gone__c"], False)
        writes = [headers for method, _path, headers in self.org.calls if method == "PATCH"]
        self.assertEqual({headers["Sforce-Auto-Assign"] for headers in writes}, {"FALSE"})

    def test_a_queue_that_is_not_there_is_remarked_and_looked_for_once(self):
        for number in (1, 2):
            self.assertEqual(self.made("case", self.case(number, queue="Nobody"))["OwnerId"], USER_ID)
            self.assertIn("Nobody", self.outgoing[0].warnings[0])
        # The queue once, and for each new case whether the org has it already.
        self.assertEqual(len(self.org.paths("query")), 3)

    def test_untouched_it_closes_itself_and_says_why(self):
        row = self.made("case", self.case(queue="Logistics"))
        self.made("case", self.solved(row, queue="Logistics"))
        self.assertEqual((row["Status"], row["IsClosed"], row["Odoo_Cause_Gone__c"]), ("Done", True, True))
        self.assertEqual(len(self.comments()), 1)
        self.assertIn("It was shipped.", self.comments()[0])

    def test_repeated_after_a_lost_answer_it_says_so_once(self):
        row = self.made("case", self.case())
        for _attempt in range(2):
            self.made("case", self.solved(row))
        self.assertEqual((row["Status"], len(self.comments())), ("Done", 1))

    def test_one_that_a_person_works_on_stays_open(self):
        ways = {
            "changed": lambda row: self.org.touch(row["Id"], Priority="Low"),
            "taken": lambda row: row.update(OwnerId=PERSON_ID),
            "commented": lambda row: self.org.put(
                "CaseComment", ParentId=row["Id"], CommentBody="I call them", CreatedById=PERSON_ID
            ),
            "posted": lambda row: self.org.put("FeedItem", ParentId=row["Id"], CreatedById=PERSON_ID, Type="TextPost"),
        }
        for number, (way, touch) in enumerate(ways.items()):
            with self.subTest(way):
                row = self.made("case", self.case(number))
                touch(row)
                self.made("case", self.solved(row, number))
                self.assertEqual((row["Status"], row["Odoo_Cause_Gone__c"]), ("New", True))
                self.assertIn("stays open", self.comments()[-1])

    def test_work_of_a_person_is_remembered_when_our_own_update_comes_after_it(self):
        row = self.made("case", self.case(queue="Logistics"))
        self.org.touch(row["Id"], Status="Working")
        self.made("case", self.changed("case", 1, row["Id"], "description", description="Due tomorrow"))
        self.assertEqual((row["LastModifiedById"], row["Odoo_Worked_On__c"]), (USER_ID, True))
        self.made("case", self.solved(row, queue="Logistics"))
        self.assertEqual((row["Status"], row["Odoo_Cause_Gone__c"]), ("Working", True))
        self.assertIn("stays open", self.comments()[-1])

    def test_one_that_a_person_took_before_it_is_sent_again_as_new_stays_with_the_person(self):
        row = self.made("case", self.case(queue="Logistics"))
        self.org.touch(row["Id"], OwnerId=PERSON_ID, Status="Working")
        again = self.made("case", self.case(queue="Logistics", description="Due tomorrow"))
        self.assertEqual(again["Id"], row["Id"])
        self.assertEqual((row["OwnerId"], row["Odoo_Worked_On__c"]), (PERSON_ID, True))
        self.assertEqual((row["Status"], row["Description"]), ("Working", "Due tomorrow"))

    def test_an_update_of_ours_alone_is_no_work_of_a_person(self):
        row = self.made("case", self.case(queue="Logistics"))
        self.made("case", self.changed("case", 1, row["Id"], "description", description="Due tomorrow"))
        self.made("case", self.solved(row, queue="Logistics"))
        self.assertEqual((row["Status"], row.get("Odoo_Worked_On__c")), ("Done", None))

    def test_repeated_after_a_lost_answer_one_that_a_person_works_on_stays_open(self):
        row = self.made("case", self.case())
        self.org.touch(row["Id"], Status="Working")
        for _attempt in range(2):
            self.made("case", self.solved(row))
        self.assertEqual((row["Status"], len(self.comments())), ("Working", 1))

    def test_a_queue_that_is_made_or_renamed_later_is_no_person(self):
        for number, queue in enumerate(("Made later", "Logistics")):
            with self.subTest(queue):
                row = self.made("case", self.case(number, queue=queue))
                self.org.put("QueueSobject", QueueId=OTHER_QUEUE_ID, SobjectType="Case", Queue={"Name": f"New {queue}"})
                self.made("case", self.solved(row, number, queue=f"New {queue}"))
                self.assertEqual((row["Status"], row["Odoo_Cause_Gone__c"]), ("Done", True))

    def test_an_earlier_user_of_the_connection_is_no_person(self):
        row = self.made("case", self.case(queue="Nobody"))
        row.update(CreatedById=FORMER_ID, OwnerId=FORMER_ID)
        self.made("case", self.solved(row, queue="Nobody"))
        self.assertEqual(row["Status"], "Done")

    def test_an_org_without_the_field_for_work_tells_work_by_the_last_change(self):
        self.org.fields["Case"].discard("Odoo_Worked_On__c")
        rows = [self.made("case", self.case(number)) for number in range(2)]
        self.org.touch(rows[0]["Id"], Status="Working")
        for number, row in enumerate(rows):
            self.made("case", self.solved(row, number))
        self.assertEqual([row["Status"] for row in rows], ["Working", "Done"])

    def test_a_field_for_work_that_was_removed_today_stops_no_case(self):
        row = self.made("case", self.case())
        answer = self.org._query

        def refuse(statement, rest):
            if "Odoo_Worked_On__c" in (statement or ""):
                raise Refusal(400, "INVALID_FIELD", "No such column 'Odoo_Worked_On__c' on entity 'Case'")
            return answer(statement, rest)

        self.org._query = refuse
        self.made("case", self.solved(row))
        self.assertEqual(row["Status"], "Done")

    def test_one_that_a_person_closed_is_left_alone(self):
        row = self.made("case", self.case())
        self.org.touch(row["Id"], Status="Closed", IsClosed=True)
        self.made("case", self.solved(row))
        self.assertEqual((row["Status"], row["Odoo_Cause_Gone__c"], self.comments()), ("Closed", True, []))

    def test_a_thousand_of_a_batch_are_looked_at_together(self):
        rows = [self.made("case", self.case(number)) for number in range(5)]
        encoded = self.encode("case", *(self.solved(row, number) for number, row in enumerate(rows)))
        # The look, the states of closed cases, the write, the comments.
        self.assertLessEqual(self.calls_of(self.adapter.push, self.streams["case"], encoded), 4)
        changed = [
            self.changed("case", number, row["Id"], "description", description="Due tomorrow")
            for number, row in enumerate(rows)
        ]
        # The look and the write.
        self.assertEqual(self.calls_of(self.adapter.push, self.streams["case"], self.encode("case", *changed)), 2)
        new = self.encode("case", *(self.case(number) for number in range(10, 15)))
        # The same of new ones.
        self.assertEqual(self.calls_of(self.adapter.push, self.streams["case"], new), 2)

    def test_a_private_customers_case_names_the_contact_behind_the_person_account(self):
        self.connection.sf_person_accounts = True
        self.org.fields["Account"].add("PersonContactId")
        person, firm = self.account(1, PersonContactId="003000000000009AAA"), self.account(2)
        rows = [
            self.made("case", self.case(n, customer=f"Account/{account}")) for n, account in enumerate((person, firm))
        ]
        self.assertEqual([row.get("ContactId") for row in rows], ["003000000000009AAA", None])

    def test_a_second_one_stands_below_the_first(self):
        first = self.made("case", self.case(1))
        second = self.made("case", self.case(2, earlier=f"Case/{first['Id']}"))
        self.assertEqual(second["ParentId"], first["Id"])

    def test_without_the_right_to_comment_it_closes_all_the_same(self):
        row = self.made("case", self.case())
        save = self.org._save

        def refuse(name, record_id, fields, alone):
            if name == "CaseComment":
                raise Refusal(400, "INSUFFICIENT_ACCESS_OR_READONLY", "no access")
            return save(name, record_id, fields, alone)

        self.org._save = refuse
        write = self.org._write

        def collect(method, rest, query, body):
            try:
                return write(method, rest, query, body)
            except Refusal as refusal:
                return [{"success": False, "errors": [refusal.item()]}]

        self.org._write = collect
        self.made("case", self.solved(row))
        self.assertEqual(row["Status"], "Done")
        self.assertIn("no comment", self.outgoing[0].warnings[0])
