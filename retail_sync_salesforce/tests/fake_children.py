"""Child rows in the answers of the fake org: subqueries among the fields of a query, answered in pages."""

import re

_CHILD = re.compile(r"\(SELECT ([^()]+) FROM (\w+)\)")


class FakeChildren:
    """children_size: rows of a relationship that one answer carries."""

    children_size = 200

    def take_children(self, statement):
        """Return (the statement with the names of relationships in the place of subqueries, {relationship: paths})."""
        found = {match[2]: match[1].split(",") for match in _CHILD.finditer(statement)}
        head, middle, tail = statement.partition(" WHERE ")
        return _CHILD.sub(lambda match: match[2], head) + middle + tail, found

    def children_of(self, row, relationship, paths, start=0):
        """Return the answer for the child rows of a row; they lie in it as dicts with dotted names."""
        rows = row.get(relationship) or []
        if not rows:
            return None
        self.open_children = (row, relationship, paths)
        part = [_shown(child, paths) for child in rows[start : start + self.children_size]]
        end = start + self.children_size
        answer = {"totalSize": len(rows), "done": end >= len(rows), "records": part}
        if end < len(rows):
            answer["nextRecordsUrl"] = f"/services/data/v62.0/query/children-{end}"
        return answer

    def later_children(self, rest):
        """Return the next page of child rows."""
        return self.children_of(*self.open_children, start=int(rest.rsplit("-", 1)[1]))


def _shown(child, paths):
    shown = {"attributes": {"type": "Child"}}
    for path in paths:
        *parents, name = path.split(".")
        at = shown
        for parent in parents:
            at = at.setdefault(parent, {"attributes": {"type": parent}})
        at[name] = child.get(path)
    return shown
