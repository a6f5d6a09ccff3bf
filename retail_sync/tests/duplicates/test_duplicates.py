from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import Form, tagged

from ...models.duplicates import search as duplicate_search
from ...models.identity import index
from ...models.merge import session
from ..common import GROUPS
from ..merge_case import MergeCase


@tagged("post_install", "-at_install")
class TestDuplicates(MergeCase):
    """The duplicate finder, from the search to merges in a batch."""

    def person(self, name, **values):
        return self.customer(name, **values)

    def albers(self, **values):
        """Two customers that everybody takes for one."""
        given = {
            "email": "ulrike.albers@web.example",
            "phone": "+49 170 1234567",
            "street": "Rosenweg 7",
            "zip": "60311",
            "city": "Frankfurt",
            "country_id": self.env.ref("base.de").id,
            **values,
        }
        return self.customer("Ulrike Albers", **given) | self.customer("Albers, Ulrike", **given)

    def find(self, everything=False):
        """Search, with all its jobs; return the groups that wait."""
        self.env.flush_all()
        searches = self.env["retail.sync.duplicate.search"].with_context(queue_job__no_delay=True)
        search = searches._start(everything)
        self.assertEqual(search.state, "done")
        self.refresh()
        return self.waiting()

    def waiting(self):
        return self.env["retail.sync.duplicate.group"].search([("state", "=", "open")])

    def test_two_of_one_customer_are_a_group_with_its_evidence(self):
        pair = self.albers()
        self.customer("Jonas Sand", street="Rosenweg 7", zip="60311", city="Frankfurt")
        [group] = self.find()
        self.assertEqual(group.line_ids.partner_id, pair)
        self.assertEqual((group.size, group.certain, group.survivor_id), (2, True, pair[0]))
        [line] = group.line_ids.filtered("evidence")
        parts = line.evidence["evidence"]["parts"]
        self.assertEqual(sum(part["weight"] for part in parts), line.evidence["evidence"]["score"])
        self.assertTrue(group.waterfall[0]["evidence"]["parts"])

    def test_a_group_of_slices_is_that_of_one(self):
        pair = self.albers()
        with patch("odoo.addons.retail_sync.models.duplicates.search.SLICE", 1):
            groups = self.find()
        self.assertEqual(groups.line_ids.partner_id, pair)

    def test_groups_are_made_in_parts(self):
        """One job for all of a million customers computed for longer than Odoo lets a job, and never ended."""
        pairs = self.albers() | self.albers(email="u.a@other.example", phone="+49 170 7654321", street="Hafenweg 12")
        with patch("odoo.addons.retail_sync.models.duplicates.partition.PART", 1), self.steps("_job_group") as made:
            self.assertEqual(self.find().line_ids.partner_id, pairs)
        self.assertEqual(len(made), 2)
        self.env.cr.execute("SELECT count(*) FROM retail_sync_identity_touched")
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_only_the_parts_that_changed_are_made_anew(self):
        pair = self.albers()
        other = self.albers(email="u.a@other.example", phone="+49 170 7654321", street="Hafenweg 12")
        with patch("odoo.addons.retail_sync.models.duplicates.partition.PART", 1):
            self.find()
            pair[0].street = "Rosenweg 9"
            with self.steps("_job_group") as made:
                groups = self.find()
        self.assertEqual((len(groups), len(made)), (2, 1))
        self.assertEqual(groups.line_ids.partner_id, pair | other)

    def test_a_search_that_was_stopped_is_ended_by_the_next_one(self):
        self.find()
        self.albers()
        search = self.env["retail.sync.duplicate.search"]._start()
        self.env["retail.sync.duplicates.jobs"]._job_begin(search.id)
        self.env["retail.sync.duplicates.jobs"]._job_cut(search.id)
        for part in search.slice_ids:
            self.env["retail.sync.duplicates.jobs"]._job_slice(part.id)
        self.env["retail.sync.duplicates.jobs"]._job_gather(search.id)
        self.env["retail.sync.duplicates.jobs"]._job_gather(
            search.id
        )  # of two that end last, each calls for the next step
        self.assertEqual(
            (search.step, search.slice_ids.filtered(lambda part: part.step == "group").mapped("size")), ("group", [2])
        )
        self.assertFalse(self.waiting())
        search.action_cancel()
        # No customer changed since; the nightly search knows all the same that something is left.
        searches = self.env["retail.sync.duplicate.search"].with_context(queue_job__no_delay=True)
        searches._cron_search()
        last = searches.search([], limit=1)
        self.assertEqual((last.kind, last.state, last.found), ("changed", "done", 1))
        self.assertEqual(len(self.waiting()), 1)

    def test_who_was_not_compared_when_a_search_of_all_was_stopped_is_compared_by_the_next(self):
        """The next one looked at what had changed since, and the rest was never compared."""
        self.find()
        self.albers()
        search = self.env["retail.sync.duplicate.search"]._start(everything=True)
        self.env["retail.sync.duplicates.jobs"]._job_begin(search.id)
        self.env["retail.sync.duplicates.jobs"]._job_cut(search.id)
        search.action_cancel()
        self.assertEqual(len(self.find()), 1)

    def test_an_index_that_takes_long_is_made_in_several_jobs(self):
        search = self.env["retail.sync.duplicate.search"]._start()
        jobs = self.env["queue.job"].search([])
        with patch.object(index, "catch_up", return_value=False):
            self.env["retail.sync.duplicates.jobs"]._job_begin(search.id)
        self.assertEqual((self.env["queue.job"].search([]) - jobs).mapped("method_name"), ["_job_begin"])

    @contextmanager
    def steps(self, name):
        """Note the calls of a job method of the finder."""
        made, finder = [], type(self.env["retail.sync.duplicates.jobs"])
        step = getattr(finder, name)

        def noted(self, *args):
            made.append(args)
            return step(self, *args)

        noted.__name__ = name  # by which a job names its method
        with patch.object(finder, name, noted):
            yield made

    def test_who_is_linked_to_a_platform_remains(self):
        old = self.albers()[1]
        self.env["retail.sync.link"].create(
            {
                "connection_id": self.connection.id,
                "remote_object": "Firm",
                "external_id": "F9",
                "part": "main",
                "res_model": "res.partner",
                "res_id": old.id,
                "is_primary": True,
                "state": "in_sync",
            }
        )
        self.assertEqual(self.find().survivor_id, old)

    def test_namesakes_at_one_company_do_not_become_one_by_its_tax_id(self):
        """Odoo copies a company's tax id to its people."""
        firm = self.customer(
            "Nordlicht GmbH", is_company=True, vat="DE136695976", country_id=self.env.ref("base.de").id
        )
        for number, town in ((1, "Torino"), (2, "Napoli")):
            self.customer(
                "Giulia Colombo",
                parent_id=firm.id,
                email=f"giulia.colombo{number}@shop.example",
                phone=f"+39 011 765432{number}",
                street=f"Via {town} {number}",
                city=town,
                type="contact",
            )
        self.assertFalse(self.find().filtered("certain"))

    def test_father_and_son_are_no_sure_group(self):
        home = {"street": "Rosenweg 7", "zip": "60311", "city": "Frankfurt"}
        self.customer("Karl Albers", **home)
        self.customer("Karl Albers", **home)
        for group in self.find():
            self.assertFalse(group.certain)
            self.assertTrue(group.doubt)

    def test_customers_of_two_companies_are_no_group(self):
        pair = self.albers()
        other = self.env["res.company"].create({"name": "Other company"})
        pair[0].company_id, pair[1].company_id = self.env.company, other
        self.assertFalse(self.find())

    def test_a_later_search_looks_at_what_changed_only(self):
        pair = self.albers(email="")
        self.find()
        groups = self.waiting()
        with patch.object(duplicate_search, "SLICE", 10):
            search = self.env["retail.sync.duplicate.search"].with_context(queue_job__no_delay=True)._start()
        self.assertEqual((search.kind, search.total), ("changed", 0))
        self.assertEqual(self.waiting(), groups)
        third = pair[0].copy({"name": "Ulrike Albers"})
        self.env.flush_all()
        [group] = self.find()
        self.assertEqual(group.line_ids.partner_id, pair | third)

    def test_a_customer_that_is_one_no_more_leaves_its_group(self):
        pair = self.albers()
        self.assertTrue(self.find())
        pair[1].write({"name": "Jonas Sand", "email": "js@other.example", "phone": False, "street": "Elsewhere 1"})
        self.assertFalse(self.find())

    def test_not_the_same_is_remembered(self):
        self.albers()
        group = self.find()
        group.action_mark_non_match()
        self.assertFalse(self.find(everything=True))
        self.assertEqual(group.state, "non_match")
        group.action_reopen()
        self.assertEqual(self.find(everything=True), group)

    def test_put_off_stays_put_off(self):
        self.albers()
        group = self.find()
        group.action_later()
        self.assertFalse(self.find(everything=True))
        self.assertEqual(group.state, "later")

    def test_compare_proposes_the_survivor_and_closes_the_group(self):
        pair = self.albers()
        group = self.find()
        action = group.action_compare()
        wizard = Form(self.env["retail.sync.merge.wizard"].with_context(**action["context"])).save()
        self.assertEqual((wizard.survivor_id, wizard.partner_ids), (pair[0], pair))
        self.assertIn("Albers, Ulrike are merged into Ulrike Albers", wizard.outlook)
        wizard.action_merge()
        self.refresh()
        self.assertEqual(group.state, "merged")
        self.assertFalse(self.find(everything=True))

    def test_a_group_that_was_merged_elsewhere_says_so(self):
        pair = self.albers()
        group = self.find()
        self.merge(pair[0], pair[1])
        self.assertEqual(group.state, "merged")

    def test_an_undone_merge_comes_back_to_a_person_and_not_to_a_batch(self):
        pair = self.albers()
        group = self.find()
        self.undo(self.merge(pair[0], pair[1]))
        self.assertEqual(self.find(everything=True), group)
        self.assertFalse(group.certain)
        self.assertIn("undone", group.doubt)

    # -- in a batch

    def batch(self, groups=None, **values):
        context = (groups or self.env["retail.sync.duplicate.group"]).action_merge_batch()["context"]
        model = self.env["retail.sync.duplicate.merge"].with_context(queue_job__no_delay=True, **context)
        return model.create(values)

    def test_a_batch_merges_what_is_sure_and_leaves_the_rest(self):
        sure = self.albers()
        home = {"street": "Hafenweg 1", "zip": "20457", "city": "Hamburg"}
        unsure = self.customer("Karl Sand", **home) | self.customer("Karl Sand", **home)
        self.find()
        wizard = self.batch()
        self.assertEqual(wizard.count, 1)
        self.assertIn("1 groups are merged", wizard.outlook)
        wizard.action_merge()
        self.refresh()
        self.assertEqual(sure.exists(), sure[0])
        self.assertEqual(unsure.exists(), unsure)

    def test_nothing_above_the_threshold_is_said_before(self):
        self.albers()
        self.find()
        wizard = self.batch(at_least=99)
        self.assertEqual(wizard.count, 0)
        self.assertIn("below the minimum", wizard.outlook)
        with self.assertRaises(UserError):
            wizard.action_merge()

    def test_a_merge_that_fails_goes_back_to_people_with_the_cause(self):
        pair = self.albers()
        group = self.find()
        with patch.object(session, "merge", side_effect=UserError("Posted in a closed period")):
            self.batch(group).action_merge()
        self.assertEqual((group.state, group.problem), ("open", "Posted in a closed period"))
        self.assertEqual(pair.exists(), pair)

    # -- rights

    def test_stewards_decide_and_auditors_read(self):
        self.albers()
        group = self.find()
        for name in GROUPS:
            user = self.make_user(f"dup_{name}", f"group_{name}")
            as_user = group.with_user(user)
            if name == "operator":
                with self.assertRaises(AccessError):
                    as_user.read(["name"])
            elif name == "auditor":
                self.assertEqual(as_user.read(["names"])[0]["names"], group.names)
                for act in ("action_later", "action_mark_non_match", "action_reopen"):
                    with self.assertRaises(AccessError):
                        getattr(as_user, act)()
                with self.assertRaises(AccessError):
                    as_user.env["retail.sync.duplicate.search"].action_start()
            else:
                as_user.action_later()
                as_user.action_reopen()
                self.assertEqual(group.state, "open")

    def test_only_one_search_at_a_time(self):
        searches = self.env["retail.sync.duplicate.search"]
        # As the button above the list does, with or without a selection.
        first = searches.browse(call_kw(self.env["retail.sync.duplicate.group"], "action_search", [[]], {})["res_id"])
        self.assertEqual(searches.action_start()["res_id"], first.id)
        with self.assertRaises(UserError):
            first.action_start_all()
        first.action_cancel()
        self.assertEqual(first.state, "cancelled")
        self.assertNotEqual(searches.action_start()["res_id"], first.id)

    def test_the_button_itself_does_no_work(self):
        """An index that was never made takes minutes; no user waits for that in the browser."""
        with patch.object(index, "catch_up") as catch_up:
            self.env["retail.sync.duplicate.search"].action_start()
        catch_up.assert_not_called()

    def test_what_lost_its_job_does_not_stay_under_way_for_ever(self):
        self.albers()
        group = self.find()
        group._set_state("merging")
        search = self.env["retail.sync.duplicate.search"]._start()
        self.env.flush_all()
        search._sweep()
        self.assertEqual((search.state, group.state), ("running", "open"), "the search has its job")
        self.env["queue.job"].search(
            [
                ("model_name", "=", "retail.sync.duplicates.jobs"),
                (
                    "method_name",
                    "in",
                    ["_job_begin", "_job_cut", "_job_finish", "_job_gather", "_job_group", "_job_slice"],
                ),
            ]
        ).unlink()
        self.env.flush_all()
        search._sweep()
        self.assertEqual(search.state, "failed")
        self.assertTrue(search.message and group.problem)

    def test_a_stopped_search_changes_nothing(self):
        self.albers()
        search = self.env["retail.sync.duplicate.search"]._start()
        self.env["retail.sync.duplicates.jobs"]._job_begin(search.id)
        self.env["retail.sync.duplicates.jobs"]._job_cut(search.id)
        self.assertTrue(search.slice_ids)
        search.action_cancel()
        for part in search.slice_ids:
            self.env["retail.sync.duplicates.jobs"]._job_slice(part.id)
        self.env["retail.sync.duplicates.jobs"]._job_finish(search.id)
        self.assertFalse(self.waiting())
