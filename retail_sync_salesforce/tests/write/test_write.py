from odoo.tests import tagged

from odoo.addons.retail_sync.adapter import refused_paths

from ...client import collections
from ..fake_org import Refusal
from ..writing_case import WritingCase


@tagged("post_install", "-at_install")
class TestWrite(WritingCase):
    def judge(self, judge):
        """Have the org ask judge(fields, alone) about each record."""
        self.org.judge = lambda name, fields, alone: judge(fields, alone)

    def refuse(self, *refusal, **options):
        def judge(fields, alone):
            raise Refusal(*refusal, **options)

        self.judge(judge)

    def calls(self):
        """The calls that the org counts as use of its API."""
        return [path for path in self.org.paths("/services/data/") if path.count("/") > 3]

    def test_limits(self):
        self.assertEqual(self.adapter.write_limit(self.accounts, "critical"), 200)
        self.assertEqual(self.adapter.write_limit(self.accounts, "standard"), 1000)
        self.assertEqual(self.adapter.bulk_write_threshold(self.accounts), 10000)

    def test_created_and_changed(self):
        account = self.account(1)
        new, known = self.push(self.accounts, self.out(7, name="Rossi"), self.known(8, account, name="Bianchi"))
        self.assertEqual((new.ok, new.created, new.fault), (True, True, None))
        self.assertEqual((known.ok, known.created, known.external_id), (True, False, account))
        rows = {row["Id"]: row for row in self.org.rows["Account"]}
        self.assertEqual(rows[new.external_id]["Name"], "Rossi")
        self.assertEqual(rows[new.external_id]["Odoo_External_Id__c"], self.key(7)["Odoo_External_Id__c"])
        self.assertEqual(rows[account]["Name"], "Bianchi")

    def test_a_lost_answer_repeated_is_no_second_record(self):
        record = self.out(7, name="Rossi")
        [first] = self.push(self.accounts, record)
        [second] = self.push(self.accounts, record)
        self.assertEqual((second.ok, second.created, second.external_id), (True, False, first.external_id))
        self.assertEqual(len(self.org.rows["Account"]), 1)

    def test_a_thousand_records_are_one_call(self):
        records = [self.out(number, name=f"Firm {number}") for number in range(1000)]
        self.encode(self.accounts, records[0])
        before = len(self.calls())
        answers = self.push(self.accounts, *records)
        self.assertEqual(len(self.calls()) - before, 1)
        self.assertEqual(sum(answer.ok and answer.created for answer in answers), 1000)
        rows = {row["Id"]: row["Name"] for row in self.org.rows["Account"]}
        self.assertEqual([rows[answer.external_id] for answer in answers], [f"Firm {number}" for number in range(1000)])

    def test_a_thousand_records_are_read_in_one_call(self):
        ids = [self.account(number) for number in range(1000)]
        self.adapter.check_schema(self.accounts)
        before = len(self.calls())
        rows, missing = self.adapter.read_by_ids(self.accounts, [*ids, self.contact(1)])
        self.assertEqual((len(rows), missing), (1000, []))
        self.assertEqual(len(self.calls()) - before, 1)

    def test_each_record_has_its_own_answer(self):
        def judge(fields, alone):
            if fields["Name"] == "bad":
                raise Refusal(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Not on a Sunday", ["Name"])

        self.judge(judge)
        good, bad, other = self.push(self.accounts, *(self.out(i, name=n) for i, n in enumerate(["a", "bad", "c"])))
        self.assertTrue(good.ok and other.ok)
        self.assertFalse(bad.ok)
        self.assertEqual((bad.fault.fault_class, bad.fault.code), ("business", "FIELD_CUSTOM_VALIDATION_EXCEPTION"))
        self.assertIn("Not on a Sunday", bad.fault.message)

    def test_fault_classes(self):
        account, record = self.account(1), "001D000000ISUr3"
        known = self.known(7, account, name="R")
        child = self.known(8, account, parent=f"Account/{self.account(2)}")
        collides = "duplicates value on record with id:"
        cases = [
            (known, ("UNABLE_TO_LOCK_ROW", ""), "transient"),
            (known, ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "flow: UNABLE_TO_LOCK_ROW"), "transient"),
            (known, ("ENTITY_IS_DELETED", ""), "gone"),
            (known, ("INVALID_CROSS_REFERENCE_KEY", ""), "gone"),
            (child, ("INVALID_CROSS_REFERENCE_KEY", ""), "dependency"),
            (child, ("INVALID_CROSS_REFERENCE_KEY", "", ["ParentId"]), "dependency"),
            (known, ("INVALID_CROSS_REFERENCE_KEY", "", ["RecordTypeId"]), "business"),
            (self.out(9, name="R"), ("ENTITY_IS_DELETED", ""), "dependency"),
            (known, ("INVALID_FIELD", "Foreign key external ID: 5 not found for field X"), "dependency"),
            (known, ("FIELD_INTEGRITY_EXCEPTION", ""), "business"),
            (known, ("INSUFFICIENT_ACCESS_OR_READONLY", ""), "contract"),
            (known, ("DUPLICATE_VALUE", f"X {collides} {record}"), "duplicate"),
            (self.out(9, name="R"), ("DUPLICATE_VALUE", f"X {collides} {record}"), "duplicate"),
            (self.out(9, name="R"), ("DUPLICATE_VALUE", f"Odoo_External_Id__c {collides} {record}"), "transient"),
        ]
        for number, (external_id, refusal, fault_class) in enumerate(cases):
            with self.subTest(number=number, code=refusal[0]):
                self.refuse(400, *refusal)
                [answer] = self.push(self.accounts, external_id)
                self.assertEqual(
                    (answer.ok, answer.fault.fault_class, answer.fault.code), (False, fault_class, refusal[0])
                )

    def test_a_refusal_names_fields_as_they_were_sent(self):
        """Only then they can be taken out, so that the rest goes."""
        firm = self.known(8, self.account(2), phone="+39021", website="x.example")
        cases = [
            (firm, ("FIELD_FILTER_VALIDATION_EXCEPTION", "", ["Phone"]), ("Phone",)),
            (firm, ("STRING_TOO_LONG", "Tel: data value too large: +39021 (max length=2)"), ("Phone",)),
            (
                firm,
                ("DUPLICATE_VALUE", "duplicate value found: Phone duplicates value on record with id: x"),
                ("Phone",),
            ),
            (firm, ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Ask sales."), ()),
            (firm, ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Ask sales.", ["Rating"]), ("Rating",)),
        ]
        for record, refusal, fields in cases:
            with self.subTest(refusal=refusal):
                self.refuse(400, *refusal)
                [answer] = self.push(self.accounts, record)
                self.assertEqual(answer.fault.fields, fields)

    def test_a_value_that_another_record_holds_is_refused_alone(self):
        """One of several fields was the other record's, and none of the change arrived."""
        firm = self.known(8, self.account(2), phone="+39021", website="x.example", ack=True)
        for field in ("Phone", "Odoo_External_Id__c"):
            message = f"duplicate value found: {field} duplicates value on record with id: 001D000000ISUr3"
            self.refuse(400, "DUPLICATE_VALUE", message)
            [outgoing] = self.encode(self.accounts, firm)
            [answer] = self.adapter.push(self.accounts, [outgoing])
            self.assertEqual(answer.fault.fault_class, "business")
            self.assertEqual(refused_paths(outgoing, answer.fault), [field])

    def test_a_unique_value_names_the_other_record(self):
        self.refuse(
            400, "DUPLICATE_VALUE", "duplicate value found: X duplicates value on record with id: 001D000000ISUr3"
        )
        [answer] = self.push(self.accounts, self.out(7, name="Rossi"))
        self.assertEqual(answer.candidates, ["001D000000ISUr3IAH"])

    def test_look_alikes_are_candidates(self):
        other, account = "001D000000ISUr3IAH", self.account(1)

        def judge(fields, alone):
            matches = [{"record": {"Id": other}}, {"record": {"Id": account}}] if alone else []
            more = {"duplicateResut": {"matchResults": [{"matchRecords": matches}]}} if alone else {}
            raise Refusal(400, "DUPLICATES_DETECTED", "Use one of these records?", **more)

        self.judge(judge)
        new, known = self.push(self.accounts, self.out(7, name="Rossi"), self.known(8, account, name="Rossi"))
        self.assertEqual((new.fault.fault_class, new.candidates), ("duplicate", [other, account]))
        self.assertEqual(known.candidates, [other])

    def test_a_look_alike_that_passes_alone_is_written(self):
        def judge(fields, alone):
            if not alone:
                raise Refusal(400, "DUPLICATES_DETECTED", "Use one of these records?")

        self.judge(judge)
        [answer] = self.push(self.accounts, self.out(7, name="Rossi"))
        self.assertTrue(answer.ok and answer.created)

    def test_candidates_that_cannot_be_learnt(self):
        self.refuse(400, "DUPLICATES_DETECTED", "Use one of these records?")

        def refuse(method, path):
            if "/sobjects/Account/Odoo" in path and "composite" not in path:
                raise Refusal(503, "SERVER_UNAVAILABLE")

        self.org.refuse = refuse
        [answer] = self.push(self.accounts, self.out(7, name="Rossi"))
        self.assertEqual((answer.fault.fault_class, answer.candidates), ("duplicate", []))

    def test_a_call_that_failed_is_raised(self):
        cases = [(503, "SERVER_UNAVAILABLE", "transient"), (403, "REQUEST_LIMIT_EXCEEDED", "throttled")]
        for status, code, fault_class in cases:
            with self.subTest(code):
                outgoing = self.encode(self.accounts, self.out(7, name="Rossi"))
                self.org.refuse = lambda method, path, status=status, code=code: self._refuse_writes(
                    method, status, code
                )
                fault = self.fault(self.adapter.push, self.accounts, outgoing)
                self.assertEqual((fault.fault_class, fault.code), (fault_class, code))
                self.org.refuse = lambda method, path: None

    def _refuse_writes(self, method, status, code):
        if method == "PATCH":
            raise Refusal(status, code)

    def test_what_was_written_before_a_failure_counts(self):
        calls = []

        def refuse(method, path):
            if path.endswith("/composite") or path.endswith("/composite/sobjects"):
                calls.append(path)
                if len(calls) > 6:
                    raise Refusal(503, "SERVER_UNAVAILABLE")

        ids = [self.account(number) for number in range(1001)]
        outgoing = self.encode(
            self.accounts, *(self.known(number, known_id, name="x") for number, known_id in enumerate(ids))
        )
        self.org.refuse = refuse
        answers = self.adapter.push(self.accounts, outgoing)
        self.assertEqual([answer.ok for answer in answers], [True] * 1000 + [False])
        self.assertEqual(answers[-1].fault.fault_class, "transient")

    # -- the org changes behind our back
    def test_a_right_that_went_is_no_exception(self):
        account = self.account(1)
        record = self.known(7, account, name="Rossi", website="http://r.example")
        outgoing = self.encode(self.accounts, record)
        self.org.facts["Account", "Website"] = {"createable": False, "updateable": False}
        [answer] = self.adapter.push(self.accounts, outgoing)
        self.assertEqual((answer.fault.fault_class, answer.fault.code), ("transient", "SCHEMA_CHANGED"))
        [answer] = self.push(self.accounts, record)
        self.assertTrue(answer.ok)
        self.assertEqual(self.org.written[-1], ("Account", account, {"Name": "Rossi"}))

    def test_a_field_that_went_is_no_exception(self):
        record = self.out(7, name="Rossi", website="http://r.example")
        outgoing = self.encode(self.accounts, record)
        self.org.hidden["Account"] = {"Website"}
        [answer] = self.adapter.push(self.accounts, outgoing)
        self.assertEqual((answer.fault.fault_class, answer.fault.code), ("transient", "SCHEMA_CHANGED"))
        self.assertNotIn("Website", self.fields_of(self.accounts, record))

    def test_a_refusal_that_the_schema_does_not_explain_stays_what_it_is(self):
        self.refuse(400, "INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: Name", ["Name"])
        [answer] = self.push(self.accounts, self.out(7, name="Rossi"))
        self.assertEqual(answer.fault.fault_class, "contract")

    def test_an_edit_that_our_write_replaces_is_reported(self):
        """The call that writes reads the records first: what was edited since they were read is not lost."""
        account, other = self.account(1), self.account(2)
        for row in self.org.rows["Account"]:
            row.update(Phone="+39 theirs", Website="http://seen.example")
        seen = {"Phone": "+39 seen", "Website": "http://seen.example"}
        records = [
            self.known(7, account, phone="+39 ours", website="http://ours.example", remote={"Id": account, **seen}),
            self.known(8, other, phone="+39 theirs", remote={"Id": other, **seen}),
        ]
        calls = len(self.org.calls)
        first, second = self.push(self.accounts, *records)
        self.assertEqual((first.ok, first.crossed), (True, {"Phone": "+39 theirs"}))
        self.assertEqual((second.ok, second.crossed), (True, {}), "the same edit on both sides")
        self.assertEqual(len([call for call in self.org.calls[calls:] if "composite" in str(call)]), 1)

    def test_the_duplicate_rule_header(self):
        self.push(self.accounts, self.out(7, name="Rossi"))
        self.assertIn("allowSave=false", self.org.headers["Sforce-Duplicate-Rule-Header"])
        self.push(self.accounts, self.known(8, self.account(1), name="Rossi"))
        self.assertIn("allowSave=true", self.org.headers["Sforce-Duplicate-Rule-Header"])

    def test_a_look_alike_that_a_person_confirms_passes_rules_that_warn(self):
        plain, look_alike = self.out(7, name="Rossi"), self.out(8, name="Bianchi")
        look_alike.create_anyway = True
        answers = self.push(self.accounts, look_alike, plain)
        self.assertEqual([answer.ok for answer in answers], [True, True])
        rows = {row["Name"]: row["Id"] for row in self.org.rows["Account"]}
        self.assertEqual([answer.external_id for answer in answers], [rows["Bianchi"], rows["Rossi"]])
        self.assertIn("allowSave=true", self.org.headers["Sforce-Duplicate-Rule-Header"])
        self.assertTrue(self.adapter.may_create_anyway(self.accounts, "DUPLICATES_DETECTED"))
        self.assertFalse(self.adapter.may_create_anyway(self.accounts, "DUPLICATE_VALUE"))

    def test_delete(self):
        account = self.account(1)
        first, second = self.adapter.delete_remote(self.accounts, [account, "001D000000ISUr3"])
        self.assertTrue(first.ok)
        # Gone already is what was asked for.
        self.assertEqual((second.ok, second.external_id), (True, "001D000000ISUr3IAH"))
        self.assertEqual(self.org.rows["Account"], [])

    def test_batches_are_those_of_the_client(self):
        self.assertEqual((collections.BATCH, collections.MAX_RECORDS), (200, 1000))
