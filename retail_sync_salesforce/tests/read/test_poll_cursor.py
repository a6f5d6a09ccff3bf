import random

from odoo.tests import BaseCase, tagged

from ...client import poll_cursor, times

A, B, C = "0015g00000A0000AAA", "0015g00000A0001AAA", "0015g00000A0002AAA"
SINCE = "2026-05-20T12:00:00Z"


def last(moment, record_id=A):
    return {"modstamp": moment, "id": record_id}


@tagged("post_install", "-at_install")
class TestPollCursor(BaseCase):
    def test_first_poll_after_a_load_looks_back(self):
        self.assertEqual(poll_cursor.start({"since": SINCE}).since, "2026-05-20T11:45:00Z")
        loaded = {"since": SINCE, "modstamp": "2024-03-01T08:00:00Z", "id": A}
        self.assertEqual(poll_cursor.start(loaded).since, "2024-03-01T07:45:00Z")
        self.assertEqual(poll_cursor.start({}), poll_cursor.Start())

    def test_newest_only_moves_forward(self):
        cursor = {"modstamp": "2026-05-20T12:00:00Z", "id": B, "held_at": 0.0}
        self.assertEqual(poll_cursor.moved(cursor, last("2026-05-20T11:58:00Z"), False, 10.0)["id"], B)
        self.assertEqual(poll_cursor.moved(cursor, last("2026-05-20T12:00:00Z", A), False, 10.0)["id"], B)
        moved = poll_cursor.moved(cursor, last("2026-05-20T12:00:00Z", C), False, 10.0)
        self.assertEqual((moved["id"], moved["held_at"]), (C, 10.0))
        fraction = poll_cursor.moved(cursor, last("2026-05-20T12:00:00.500Z", A), False, 10.0)
        self.assertEqual(fraction["id"], A, "dates are compared as moments, not as texts")

    def test_full_page_of_known_rows_makes_progress(self):
        cursor = {"modstamp": "2026-05-20T12:00:00Z", "id": C, "held_at": 0.0}
        moved = poll_cursor.moved(cursor, last("2026-05-20T11:57:00Z", A), True, 10.0)
        self.assertEqual(poll_cursor.start(moved).after, ("2026-05-20T11:57:00Z", A))
        self.assertEqual((moved["modstamp"], moved["id"]), (cursor["modstamp"], C))
        done = poll_cursor.moved(moved, last("2026-05-20T11:59:00Z", B), False, 11.0)
        self.assertNotIn("at", done)
        self.assertEqual(poll_cursor.start(done).since, "2026-05-20T11:45:00Z")

    def test_final_only_by_a_sweep_made_late_enough(self):
        cursor = poll_cursor.moved({"since": SINCE}, last("2026-05-20T12:01:00Z"), False, 1000.0)
        early = poll_cursor.moved(cursor, last("2026-05-20T12:01:00Z"), False, 1899.0)
        self.assertNotIn("settled", early)
        late = poll_cursor.moved(early, last("2026-05-20T12:01:00Z"), False, 1900.0)
        self.assertTrue(late["settled"])
        self.assertEqual(poll_cursor.start(late).after, ("2026-05-20T12:01:00Z", A))
        self.assertEqual(poll_cursor.moved(late, None, False, 2600.0), late, "an idle poll writes nothing")

    def test_sweep_that_began_early_makes_nothing_final(self):
        cursor = {"modstamp": "2026-05-20T12:01:00Z", "id": C, "held_at": 1000.0}
        part = poll_cursor.moved(cursor, last("2026-05-20T12:00:00Z"), True, 1800.0)
        self.assertNotIn("settled", poll_cursor.moved(part, last("2026-05-20T12:01:00Z", B), False, 2000.0))

    def test_change_ends_the_final_time(self):
        cursor = {"modstamp": "2026-05-20T12:01:00Z", "id": A, "held_at": 0.0, "settled": True}
        moved = poll_cursor.moved(cursor, last("2026-05-20T13:00:00Z"), False, 5000.0)
        self.assertNotIn("settled", moved)
        self.assertEqual(poll_cursor.start(moved).since, "2026-05-20T12:45:00Z")

    def test_nothing_ever_read_is_final_at_the_load(self):
        cursor = poll_cursor.moved({"since": SINCE}, None, False, 1000.0)
        cursor = poll_cursor.moved(cursor, None, False, 2000.0)
        self.assertEqual(poll_cursor.start(cursor), poll_cursor.Start(since=SINCE))

    def test_clock_that_was_set_back_is_final_late_not_early(self):
        cursor = {"modstamp": "2026-05-20T12:01:00Z", "id": A, "held_at": 9000.0}
        moved = poll_cursor.moved(cursor, None, False, 1000.0)
        self.assertEqual(moved["held_at"], 1000.0)
        self.assertNotIn("settled", moved)

    def test_polls_never_start_after_what_is_covered(self):
        covered = "2026-05-20T11:30:00Z"
        cursor = poll_cursor.moved({"since": SINCE}, last("2026-05-20T12:01:00Z"), False, 1000.0, covered)
        self.assertEqual(poll_cursor.start(cursor).since, covered)
        late = poll_cursor.moved(cursor, last("2026-05-20T12:01:00Z"), False, 5000.0, covered)
        self.assertNotIn("settled", late, "a transaction that is older than the newest change still runs")
        free = poll_cursor.moved(late, last("2026-05-20T12:01:00Z"), False, 5300.0, "2026-05-20T13:00:00Z")
        self.assertTrue(free["settled"])

    def test_what_was_covered_is_forgotten_when_the_platform_does_not_say(self):
        cursor = poll_cursor.moved({"since": SINCE}, None, False, 0.0, "2026-05-20T11:30:00Z")
        self.assertNotIn("covered", poll_cursor.moved(cursor, None, False, 10.0))

    def test_sweep_of_many_pages_is_not_read_again(self):
        """A mass update of minutes ago would fill page after page of the overlap."""
        cursor = {"modstamp": "2026-05-20T12:00:00Z", "id": A, "held_at": 0.0}
        part = poll_cursor.moved(cursor, last("2026-05-20T12:09:00Z"), True, 600.0, "2026-05-20T12:10:00Z")
        done = poll_cursor.moved(part, last("2026-05-20T12:09:30Z"), False, 605.0, "2026-05-20T12:20:00Z")
        self.assertEqual(poll_cursor.start(done).since, "2026-05-20T12:09:30Z")
        self.assertEqual(done["covered"], "2026-05-20T12:10:00Z", "what was covered when the sweep began counts")
        later = poll_cursor.moved(done, last("2026-05-20T12:40:00Z"), False, 1900.0, "2026-05-20T12:41:00Z")
        self.assertEqual(poll_cursor.start(later).since, "2026-05-20T12:25:00Z", "the overlap is whole again")

    def test_polls_go_on_behind_a_backlog_that_was_read_in_bulk(self):
        cursor = {"modstamp": "2026-05-20T11:00:00Z", "id": A, "covered": "2026-05-20T11:58:00Z"}
        after = poll_cursor.after_backlog(cursor, SINCE)
        self.assertEqual(poll_cursor.start(after).since, "2026-05-20T11:58:00Z")
        self.assertEqual(poll_cursor.start(poll_cursor.after_backlog({}, SINCE)).since, "2026-05-20T11:45:00Z")

    def test_every_change_is_read_whatever_the_order_of_commits(self):
        """Random edits that show up to ten minutes late, polled at random: each version is read."""
        for seed in range(60):
            with self.subTest(seed=seed):
                self.assertEqual(*self._simulate(random.Random(seed), 600))

    def test_every_change_is_read_where_the_platform_says_what_is_covered(self):
        """Transactions of any length: the platform names the oldest that runs."""
        for seed in range(60):
            with self.subTest(seed=seed):
                self.assertEqual(*self._simulate(random.Random(seed), 3000, says_covered=True))

    def _simulate(self, rng, most_late, says_covered=False):
        start = times.to_ms(SINCE)
        edits = []
        for number in range(rng.randint(1, 60)):
            made = rng.choice((rng.randint(0, 4000), rng.choice((100, 101, 2000))))
            shown = made + rng.choice((0, 0, rng.randint(0, most_late)))
            edits.append((made, f"0015g00000A{number:04d}AAA", shown))
        cursor, seen, now = {"since": SINCE}, set(), 0
        while now < 8500:
            now += rng.randint(1, 400)
            more, pages = True, 0
            while more and pages < 100:
                pages += 1
                # An edit that runs has been made and is not shown.
                oldest = min([made for made, _key, shown in edits if made <= now < shown], default=now)
                covered = times.iso(start + oldest // 60 * 60_000) if says_covered else None
                # Transactions end between the two calls, and between two pages.
                now += rng.choice((0, 0, rng.randint(0, 30)))
                visible = sorted((made, key) for made, key, shown in edits if shown <= now)
                page = self._page(poll_cursor.start(cursor), visible, start)
                more = len(page) == 5
                seen.update(page)
                row = last(times.iso(start + page[-1][0] * 1000), page[-1][1]) if page else None
                cursor = poll_cursor.moved(cursor, row, more, float(now), covered)
        return seen, {(made, key) for made, key, _shown in edits}

    @staticmethod
    def _page(begin, visible, start):
        def at(text):
            return (times.to_ms(text) - start) / 1000

        if begin.after:
            rows = [row for row in visible if row > (at(begin.after[0]), begin.after[1])]
        elif begin.since:
            rows = [row for row in visible if row[0] >= at(begin.since)]
        else:
            rows = visible
        return rows[:5]
