"""What every adapter keeps to about fields it knows and bulk reads: a part of the conformance tests."""

import json


class BulkConformance:
    """Known fields; bulk reads of ids and of changes, with the factories and polls of AdapterConformance."""

    def _read_in_bulk(self, cursor):
        """Return the keys of a bulk read, and its cursor at the end."""
        adapter, stream, seen = self._adapter(), self._wire("bulk"), []
        for _turn in range(20):
            ready, cursor = adapter.bulk_ready(stream, json.loads(json.dumps(cursor)))
            if ready:
                break
        self.assertTrue(ready, "the bulk job does not end")
        following = cursor
        for _page in range(20):
            rows, following = adapter.bulk_fetch(stream, json.loads(json.dumps(cursor)), 2)
            seen += [adapter.row_key(stream, row)[0] for row in rows]
            if following is None:
                return seen, cursor
            cursor = following
        return self.fail("the bulk read does not end")

    def test_known_fields(self):
        """Names and labels that mapping lines may use, as they are known without a call."""
        known = self._adapter().known_fields(self.conformance_stream())
        self.assertTrue(all(isinstance(name, str) and isinstance(label, str) for name, label in known.items()))
        self.assertTrue(all(name.rstrip(".") for name in known))

    def test_ids_can_be_read_in_bulk(self):
        if not self._able("bulk_ids"):
            return
        ids = [self.conformance_record(number, number) for number in range(4)]
        self.conformance_delete(ids[0])
        seen, _cursor = self._read_in_bulk(self._adapter().bulk_begin_ids(self._wire("bulk")))
        self.assertEqual((len(seen), set(seen)), (3, set(ids[1:])))

    def test_polls_go_on_behind_a_bulk_read_of_changes(self):
        if not self._able("bulk_changes"):
            return
        adapter = self._adapter()
        self._begin()
        ids = {self.conformance_record(number, 5 + number) for number in range(5)}
        result = self._poll(limit=2)
        self.assertTrue(result.more)
        self.assertGreaterEqual(result.remaining, 3)
        stream = self._wire("bulk")
        seen, cursor = self._read_in_bulk(adapter.bulk_begin_changes(stream, stream.cursor))
        read = {adapter.row_key(stream, row)[0] for row in result.rows} | set(seen)
        self.assertEqual(read, ids)
        stream.cursor = adapter.cursor_after_load(stream, cursor)[0]
        later = self.conformance_record(9, 60)
        self.assertIn(later, [adapter.row_key(stream, row)[0] for row in self._poll().rows])
