from odoo.tests import tagged

from ..fake_org import Refusal
from ..writing_case import PREFIX, WritingCase


@tagged("post_install", "-at_install")
class TestBulkWrite(WritingCase):
    def begin(self, *records):
        outgoing = self.encode(self.accounts, *records)
        return self.adapter.bulk_push_begin(self.accounts, outgoing)

    def finish(self, cursor):
        for _ in range(5):
            done, cursor = self.adapter.bulk_push_ready(self.accounts, cursor)
            if done:
                return self.adapter.bulk_push_results(self.accounts, cursor)
        return self.fail("the jobs do not end")

    def test_new_and_known_records(self):
        ids = [self.account(number) for number in range(20)]
        records = [self.known(number, external_id, phone=f"+3904{number}") for number, external_id in enumerate(ids)]
        records += [self.out(100 + number, name=f"New {number}") for number in range(20)]
        records.append(self.out(999, name="x" * 300))
        answers = self.finish(self.begin(*records))
        self.assertEqual(set(answers), {record.key for record in records[:-1]})
        rows = {row["Id"]: row for row in self.org.rows["Account"]}
        for record in records[:20]:
            answer = answers[record.key]
            self.assertEqual((answer.ok, answer.external_id, answer.created), (True, record.external_id, False))
            self.assertEqual(rows[record.external_id]["Phone"], record.parts["main"]["phone"])
        for record in records[20:40]:
            self.assertTrue(answers[record.key].created)
            self.assertEqual(rows[answers[record.key].external_id]["Name"], record.parts["main"]["name"])

    def test_nothing_runs_before_the_cursor_is_kept(self):
        self.begin(self.out(7, name="Rossi"))
        self.assertEqual(self.org.rows["Account"], [])
        self.assertEqual([held["job"]["state"] for held in self.org.jobs.values()], ["Open"])

    def test_a_start_that_fails_half_way_leaves_nothing_to_run(self):
        outgoing = self.encode(self.accounts, self.known(1, self.account(1), name="a"), self.out(7, name="Rossi"))
        uploads = []

        def refuse(method, path):
            if method == "PUT":
                uploads.append(path)
                if len(uploads) == 2:
                    raise Refusal(503, "SERVER_UNAVAILABLE")

        self.org.refuse = refuse
        fault = self.fault(self.adapter.bulk_push_begin, self.accounts, outgoing)
        self.assertEqual(fault.fault_class, "transient")
        self.assertEqual({held["job"]["state"] for held in self.org.jobs.values()}, {"Aborted"})

    def test_a_closing_whose_answer_was_lost(self):
        cursor = self.begin(self.out(7, name="Rossi"))
        self.adapter.bulk_push_ready(self.accounts, cursor)
        answers = self.finish(cursor)
        self.assertEqual([answer.ok for answer in answers.values()], [True])
        self.assertEqual(len(self.org.written), 1)

    def test_refused_rows(self):
        def judge(name, fields, alone):
            if fields["Name"] == "bad":
                raise Refusal(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Not: on a Sunday", ["Name"])
            if fields["Name"] == "twin":
                more = (
                    {"duplicateResut": {"matchResults": [{"matchRecords": [{"record": {"Id": other}}]}]}}
                    if alone
                    else {}
                )
                raise Refusal(400, "DUPLICATES_DETECTED", "Use one of these records?", **more)

        other, self.org.judge = "001D000000ISUr3IAH", judge
        records = [self.out(number, name=name) for number, name in enumerate(["good", "bad", "twin"])]
        good, bad, duplicate = (self.finish(self.begin(*records))[record.key] for record in records)
        self.assertTrue(good.ok)
        self.assertEqual((bad.fault.fault_class, bad.fault.fields), ("business", ("Name",)))
        self.assertEqual(bad.fault.message, "Not: on a Sunday")
        self.assertEqual((duplicate.fault.fault_class, duplicate.candidates), ("duplicate", [other]))

    def test_records_that_duplicate_rules_refuse_in_bulk_go_by_rows(self):
        """Bulk knows no header for duplicate rules: all of them are sent again, where known records always pass."""

        def judge(name, fields, alone):
            if self.org.in_bulk or fields.get("Name") == "new":
                raise Refusal(400, "DUPLICATES_DETECTED", "Use one of these records?")

        known = [self.known(number, self.account(number), name=f"N{number}") for number in range(60)]
        self.org.judge = judge
        answers = self.finish(self.begin(*known, self.out(99, name="new")))
        self.assertEqual([answers[record.key].ok for record in known], [True] * 60)
        self.assertEqual(answers[f"{PREFIX}99"].fault.fault_class, "duplicate")

    def test_a_job_that_broke_off_leaves_its_rest_to_be_sent_again(self):
        def run_job(held):
            run(held)
            held["good"] = held["good"][:1]
            held["job"].update(state="Failed", errorMessage="InternalServerError : Retried more than ten times")

        run, self.org.run_job = self.org.run_job, run_job
        answers = self.finish(self.begin(self.out(1, name="a"), self.out(2, name="b")))
        self.assertEqual(len(answers), 1)

    def test_a_job_that_is_gone_leaves_all_to_be_sent_again(self):
        cursor = self.begin(self.out(1, name="a"))
        self.org.jobs.clear()
        self.assertEqual(self.finish(cursor), {})

    def test_a_file_that_was_refused(self):
        def run_job(held):
            held["job"].update(state="Failed", errorMessage="InvalidBatch : Field name not found : Phone")

        self.org.run_job = run_job
        cursor = self.begin(self.out(1, name="a", phone="+390412345"))
        fault = self.fault(self.adapter.bulk_push_ready, self.accounts, cursor)
        self.assertEqual((fault.fault_class, fault.code), ("contract", "BULK_JOB_FAILED"))
        # With the field gone from what we know of the org, the next file is made without it.
        self.org.hidden["Account"] = {"Phone"}
        cursor = self.begin(self.out(2, name="a", phone="+390412345"))
        self.assertEqual(self.finish(cursor), {})
        self.assertNotIn("Phone", self.fields_of(self.accounts, self.out(2, name="a", phone="+390412345")))

    def test_a_right_that_went_while_the_job_ran(self):
        cursor = self.begin(self.out(1, name="a", website="http://a.example"), self.out(2, name="b"))
        self.org.facts["Account", "Website"] = {"createable": False, "updateable": False}
        self.assertEqual([(answer.ok, key[-1]) for key, answer in self.finish(cursor).items()], [(True, "2")])

    def test_abort(self):
        cursor = self.begin(self.out(1, name="a"))
        self.adapter.bulk_push_abort(self.accounts, cursor)
        self.assertEqual(self.finish(cursor), {})
        self.assertEqual(self.org.rows["Account"], [])
