import logging
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.job import Job

from ...controllers.log_masking import HideErrorTexts, HideQueryValues
from ...domain.resilience.faults import FaultError
from ..fake_platform import FIRM
from ..outbound_case import OutboundCase

# One word for each field of a record, mapped or not. No other text of the tests has one of them.
PLANTED = {
    "name": "Zaubermann Kunz",
    "email": "kunz.qwert@zaubermann.example",
    "phone": "+39 347 5551234",
    "website": "https://asdfgh.example/kunz",
    "street": "Geheimgasse 77",
    "city": "Fluestergrund",
    "notes": "Yxcvbn owes a lot",
    "number_of_passport": "QX8800771",
    "HasHIV__c": "Poiuzt",
    "nested": {"inner": ["Lkjhgf", {"deep": "Mnbvcx"}]},
}
MARKERS = (
    "zaubermann", "qwert", "5551234", "asdfgh", "geheimgasse", "fluestergrund", "yxcvbn", "qx8800771", "poiuzt",
    "lkjhgf", "mnbvcx",
)  # fmt: skip
# What names a record of Odoo is shown by the rights on that record, which the users of these tests have.
BY_RIGHTS = ("display_name", "record_name", "name", "title", "candidate_text", "waterfall", "names", "summary")
SENT = "Zaubermann Kunz of Geheimgasse 77, Fluestergrund, +39 347 5551234"
LEAVES = f"{SENT}, Yxcvbn"


class Kept(logging.Handler):
    """Keeps what is logged, as a file would have it."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines = []
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record):
        self.lines.append(self.format(record))


@tagged("post_install", "-at_install")
class TestNoValues(OutboundCase):
    """Whatever fails, and wherever: operators, jobs and logs read no value of the record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator = cls.make_user("operator", "group_operator")
        cls.auditor = cls.make_user("auditor", "group_auditor")

    def setUp(self):
        super().setUp()
        self.kept = Kept()
        logger = logging.getLogger("odoo.addons.retail_sync")
        logger.addHandler(self.kept)
        self.addCleanup(logger.removeHandler, self.kept)

    def assertNothingShows(self, least=1):
        """Read all that an operator and an auditor may read, the jobs and the log."""
        self.env.flush_all()
        self.env.invalidate_all()
        messages = self.env["retail.sync.message"].search([("state", "in", ("open", "review", "pending", "done"))])
        self.assertGreaterEqual(len(messages), least, "nothing failed, so nothing was tried")
        texts = {"log": "\n".join(self.kept.lines)}
        for user in (self.operator, self.auditor):
            for name in self.env.registry:
                model = self.env[name].with_user(user)
                if not name.startswith("retail.sync.") or model._abstract or model._transient:
                    continue
                if name == "retail.sync.field.map" or not model.has_access("read"):
                    continue
                records = model.search([])
                names = [
                    field
                    for field in records.fields_get()
                    if records._fields[field].type not in ("many2one", "many2one_reference")
                    and (field not in BY_RIGHTS or (name, field) == ("retail.sync.message", "title"))
                ]
                for field in names:
                    texts[f"{user.login}: {name}.{field}"] = str(self.read_of(records, field))
        jobs = self.env["queue.job"].sudo().search([])
        texts["jobs"] = str(jobs.read(["exc_info", "exc_message", "exc_name", "result"]))
        for where, text in texts.items():
            for marker in MARKERS:
                self.assertNotIn(marker, text.casefold(), where)

    def read_of(self, records, name):
        try:
            return records.read([name])
        except AccessError:
            return "its records are closed to the user"

    def planted(self, external_id="F1", **values):
        return self.firm(external_id, **{**PLANTED, **values})

    def failing(self, error):
        """Let Odoo refuse the customer with an error."""
        partner_class = self.env.registry["res.partner"]
        real = partner_class.create

        def create(records, vals_list):
            made = real(records, vals_list)
            if any("Zaubermann" in (name or "") for name in made.mapped("name")):
                raise error
            return made

        patcher = patch.object(partner_class, "create", create)
        patcher.start()
        self.addCleanup(patcher.stop)

    def test_a_refusal_of_odoo_with_values_in_its_text(self):
        # pylint: disable-next=translation-required
        self.failing(ValidationError(f"The VAT number [1] of {LEAVES} is wrong: 'Lkjhgf'.\n- Zaubermann (id=3)"))
        self.planted()
        self.take(FIRM)
        self.assertEqual(self.message("F1").fault_code, "ODOO_VALIDATION")
        self.assertIn("VAT number", self.message("F1").fault_message)
        self.assertNothingShows()

    def test_an_unexpected_error_with_values_in_its_text(self):
        self.failing(ValueError(f"cannot read {LEAVES}"))
        self.planted()
        with self.assertLogs("odoo.addons.retail_sync.models.reconcile.apply", "ERROR") as logs:
            self.take(FIRM)
        self.kept.lines += logs.output
        message = self.message("F1")
        self.assertEqual(message.fault_code, "ODOO_UNEXPECTED")
        self.assertIn("ValueError", message.fault_message)
        self.assertIn("ValueError", "\n".join(self.kept.lines), "the log says where it happened")
        self.assertNothingShows()

    @mute_logger("odoo.sql_db")
    def test_a_constraint_of_the_database_that_shows_the_row(self):
        self.env.cr.execute(
            "ALTER TABLE res_partner ADD CONSTRAINT res_partner_test_no_wizards CHECK (name NOT LIKE 'Zauber%')"
        )
        self.planted()
        self.take(FIRM)
        message = self.message("F1")
        self.assertEqual(message.fault_code, "ODOO_DATABASE")
        self.assertIn("res_partner_test_no_wizards", message.fault_message)
        self.assertNothingShows()

    def test_a_record_without_what_is_required(self):
        self.planted(name="")
        self.take(FIRM)
        self.assertEqual(self.message("F1").fault_code, "REQUIRED_FIELD")
        self.assertNothingShows()

    def test_a_review_of_a_record_that_resembles_a_customer(self):
        for number in (1, 2):
            self.partners.create(
                {"name": "Zaubermann Kunz", "is_company": True, "email": PLANTED["email"], "ref": str(number)}
            )
        self.made_before()
        self.planted()
        self.take(FIRM)
        message = self.message("F1")
        self.assertEqual(message.state, "review")
        self.assertEqual(message.title, "Z*** K***")
        self.assertIn("F1", message.with_user(self.operator).display_name, "the id tells reviews apart")
        self.assertNothingShows()

    def test_a_conflict_of_both_sides(self):
        self.linked_firm("F1", name="Zaubermann Kunz", street="Geheimgasse 77", city="Asti", zip="1")
        self.ownership_rule("email", "shared", "ask")
        self.partner("F1").email = "kunz.qwert@zaubermann.example"
        self.firm("F1", email="other.qwert@zaubermann.example")
        self.take(FIRM)
        self.assertTrue(self.message("F1").has_conflicts)
        self.assertNothingShows()

    def test_what_the_platform_says_about_what_it_was_sent(self):
        partner = self.linked_firm("F1", name="Zaubermann Kunz")
        self.platform.refusals["F1"] = FaultError("business", "TOO_LONG", f"data value too large: {SENT} (max=3)")
        partner.write({"street": "Geheimgasse 77", "city": "Fluestergrund", "phone": "+393475551234"})
        partner.comment = "Yxcvbn owes a lot"
        self.send()
        refused = self.env["retail.sync.message"].search([("fault_code", "=", "TOO_LONG")], limit=1)
        self.assertIn("data value too large", refused.fault_message)
        self.assertNothingShows()

    def test_a_field_that_the_platform_refuses(self):
        partner = self.linked_firm("F1", name="Firm")
        self.platform.refuses["website"] = FaultError(
            "business", "BAD_URL", "not a web site: https://asdfgh.example/kunz", fields=["website"]
        )
        partner.website = "https://asdfgh.example/kunz"
        self.send()
        self.assertTrue(self.env["retail.sync.message"].search([("kind", "=", "field")]))
        self.assertNothingShows()

    def test_a_job_that_dies_over_a_record(self):
        trace = (
            "Traceback (most recent call last):\n"
            '  File "/x/retail_sync/models/a.py", line 3, in step\n'
            "    insert(row)\n"
            f"psycopg2.errors.UniqueViolation: duplicate key\nDETAIL:  Key (name)=({LEAVES}) already exists."
        )
        self.planted()
        run = self.make_run(FIRM, "poll")
        delayed = self.env["retail.sync.inbound.jobs"].with_delay()._job_refresh(self.firms.id, ["F1"], run.id)
        job = Job.load(self.env, delayed.uuid)
        job.set_failed(exc_info=trace, exc_name="builtins.ValueError", exc_message=f"bad: {LEAVES}")
        job.store()
        row = self.env["queue.job"].search([("uuid", "=", delayed.uuid)])
        self.assertIn("insert(row)", row.exc_info)
        self.assertEqual(row.exc_message, "ValueError")
        self.assertNothingShows(least=0)

    def shown(self, log_filter, text, args=(), exc_info=None):
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, text, args, exc_info)
        self.assertTrue(log_filter.filter(record))
        line = logging.Formatter("%(message)s").format(record)
        for marker in MARKERS:
            self.assertNotIn(marker, line.casefold())
        return line

    def test_a_request_that_fails_in_our_code_logs_its_frames(self):
        try:
            raise ValueError(f"cannot read {LEAVES}")
        except ValueError as error:
            found = (ValueError, error, error.__traceback__)
        line = self.shown(HideErrorTexts(), "Exception during request handling.", exc_info=found)
        self.assertIn("test_no_values.py", line)
        self.assertIn("ValueError", line)

    def test_a_job_that_fails_in_our_code_logs_its_frames(self):
        frame = 'File "/a/retail_sync/b.py", line 1, in step'
        line = self.shown(HideErrorTexts(), f"Traceback (most recent call last):\n  {frame}\nValueError: {LEAVES}")
        self.assertIn(frame, line)

    def test_a_statement_that_postgresql_refuses_logs_its_table(self):
        args = (
            f"INSERT INTO \"res_partner\" (name) VALUES ('{LEAVES}')",
            f'duplicate key value violates "res_x_uniq"\nDETAIL:  Key (name)=({LEAVES})',
        )
        line = self.shown(HideQueryValues(), "bad query: %s\nERROR: %s", args)
        self.assertIn('INSERT INTO "res_partner"', line)
        self.assertIn("res_x_uniq", line)
