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
        self.assertEqual(poll_cursor.start({"since": SINCE}).since, "2026-05-20T11:55:00Z")
        loaded = {"since": SINCE, "modstamp": "2024-03-01T08:00:00Z", "id": A}
        self.assertEqual(poll_cursor.start(loaded).since, "2024-03-01T07:55:00Z")
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
        self.assertEqual(poll_cursor.start(done).since, "2026-05-20T11:55:00Z")

    def test_final_only_by_a_sweep_made_late_enough(self):
        cursor = poll_cursor.moved({"since": SINCE}, last("2026-05-20T12:01:00Z"), False, 1000.0)
        early = poll_cursor.moved(cursor, last("2026-05-20T12:01:00Z"), False, 1299.0)
        self.assertNotIn("settled", early)
        late = poll_cursor.moved(early, last("2026-05-20T12:01:00Z"), False, 1300.0)
        self.assertTrue(late["settled"])
        self.assertEqual(poll_cursor.start(late).after, ("2026-05-20T12:01:00Z", A))
        self.assertEqual(poll_cursor.moved(late, None, False, 1600.0), late, "an idle poll writes nothing")

    def test_sweep_that_began_early_makes_nothing_final(self):
        cursor = {"modstamp": "2026-05-20T12:01:00Z", "id": C, "held_at": 1000.0}
        part = poll_cursor.moved(cursor, last("2026-05-20T12:00:00Z"), True, 1200.0)
        self.assertNotIn("settled", poll_cursor.moved(part, last("2026-05-20T12:01:00Z", B), False, 1400.0))

    def test_change_ends_the_final_time(self):
        cursor = {"modstamp": "2026-05-20T12:01:00Z", "id": A, "held_at": 0.0, "settled": True}
        moved = poll_cursor.moved(cursor, last("2026-05-20T13:00:00Z"), False, 5000.0)
        self.assertNotIn("settled", moved)
        self.assertEqual(poll_cursor.start(moved).since, "2026-05-20T12:55:00Z")

    def test_nothing_ever_read_is_final_at_the_load(self):
        cursor = poll_cursor.moved({"since": SINCE}, None, False, 1000.0)
        cursor = poll_cursor.moved(cursor, None, False, 1400.0)
        self.assertEqual(poll_cursor.start(cursor), poll_cursor.Start(since=SINCE))

    def test_clock_that_was_set_back_is_final_late_not_early(self):
        cursor = {"modstamp": "2026-05-20T12:01:00Z", "id": A, "held_at": 9000.0}
        moved = poll_cursor.moved(cursor, None, False, 1000.0)
        self.assertEqual(moved["held_at"], 1000.0)
        self.assertNotIn("settled", moved)

    def test_every_change_is_read_whatever_the_order_of_commits(self):
        """Random edits that show up to 290 s late, polled at random: each version is read."""
        for seed in range(60):
            with self.subTest(seed=seed):
                self.assertEqual(*self._simulate(random.Random(seed)))

    def _simulate(self, rng):
        start = times.to_ms(SINCE)
        edits = []
        for number in range(rng.randint(1, 60)):
            made = rng.choice((rng.randint(0, 4000), rng.choice((100, 101, 2000))))
            shown = made + rng.choice((0, 0, rng.randint(0, 290)))
            edits.append((made, f"0015g00000A{number:04d}AAA", shown))
        cursor, seen, now = {"since": SINCE}, set(), 0
        while now < 5500:
            now += rng.randint(1, 400)
            visible = sorted((made, key) for made, key, shown in edits if shown <= now)
            more, pages = True, 0
            while more and pages < 100:
                pages += 1
                page = self._page(poll_cursor.start(cursor), visible, start)
                more = len(page) == 5
                seen.update(page)
                row = last(times.iso(start + page[-1][0] * 1000), page[-1][1]) if page else None
                cursor = poll_cursor.moved(cursor, row, more, float(now))
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
