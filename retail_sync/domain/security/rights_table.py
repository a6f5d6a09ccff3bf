"""The table of rights: who may read, write, create, delete and call what. One file per addon, `security/rights.csv`.

An addon with groups of its own lists these in `security/service_roles.csv`; its table is `security/service_rights.csv`.

A test inside Odoo walks every model, field and method and compares; `docs/rights.md` is made from the same files.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# Users with one group each: the code in the tables, and what people call them.
ROLES: dict[str, str] = {
    "public": "Visitor without login",
    "portal": "Portal customer",
    "user": "Internal user",
    "sales": "Salesperson",
    "operator": "Operator",
    "steward": "Data steward",
    "manager": "Sync manager",
    "auditor": "Auditor",
    "integration": "Integration user",
    "block": "Blocks customers",
    "override": "Overrides blocks",
    "settings": "Settings administrator",
}
# Roles that imply others, so that a right of the first is one of all of them.
SHORT: dict[str, tuple[str, ...]] = {
    "everybody": tuple(ROLES),
    "internal": tuple(role for role in ROLES if role not in ("public", "portal")),
    "operator+": ("operator", "steward", "manager"),
    "steward+": ("steward", "manager"),
    "block+": ("block", "override"),
}


@dataclass(frozen=True)
class Roles:
    """The users of a table. names: {code: what people call them}; short: {word: the roles that it stands for};
    groups: {code: external id of the group that such a user has}.
    """

    names: Mapping[str, str]
    short: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, str] = field(default_factory=dict)

    def expand(self, words: Iterable[str]) -> frozenset[str]:
        """Return the roles that words stand for.

        :raises ValueError: a word is no role
        """
        found: set[str] = set()
        for word in words:
            if word not in self.short and word not in self.names:
                raise ValueError(f"no role {word}")
            found.update(self.short.get(word, (word,)))
        return frozenset(found)

    def shorten(self, roles: Iterable[str]) -> str:
        """Return roles as a table writes them: the shorthands that fit, then the rest in their order."""
        left, words = set(roles), []
        for word, members in self.short.items():
            if left.issuperset(members):
                words.append(word)
                left -= set(members)
        return " ".join([*words, *(role for role in self.names if role in left)])


ENGINE_ROLES = Roles(ROLES, SHORT)
READ, WRITE, CREATE, UNLINK, CALL = RIGHTS = ("read", "write", "create", "unlink", "call")
COLUMNS = ("model", "right", "names", "roles")
ROLE_COLUMNS = ("role", "label", "group", "stands_for")
# All fields of the model that no other row of the same right names.
OTHERS = "*"

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Row:
    """A line of a table. names: fields or methods, empty for a right on whole records; roles: who has it."""

    model: str
    right: str
    names: tuple[str, ...]
    roles: frozenset[str]


def parse_roles(text: str) -> Roles:
    """Return the roles of an addon's list: ``role,label,group``, and shorthands as ``role,label,,roles``.

    :raises ValueError: a column or a role is unknown
    """
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != ROLE_COLUMNS:
        raise ValueError(f"the columns are {', '.join(ROLE_COLUMNS)}")
    lines = list(reader)
    names = {line["role"]: line["label"] for line in lines if line["group"]}
    short = {line["role"]: tuple(line["stands_for"].split()) for line in lines if not line["group"]}
    if unknown := {role for roles in short.values() for role in roles} - names.keys():
        raise ValueError(f"no role {', '.join(sorted(unknown))}")
    return Roles(names, short, {line["role"]: line["group"] for line in lines if line["group"]})


def parse(text: str, roles: Roles = ENGINE_ROLES) -> list[Row]:
    """Return the rows of a table.

    :raises ValueError: a column, a right or a role is unknown, or a row names fields of a right that has none
    """
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ValueError(f"the columns are {', '.join(COLUMNS)}")
    return [_row(line, roles) for line in reader]


def _row(line: Mapping[str, str], roles: Roles) -> Row:
    names = tuple(line["names"].split())
    if line["right"] not in RIGHTS:
        raise ValueError(f"{line['model']}: no right {line['right']}")
    if bool(names) is (line["right"] in (CREATE, UNLINK)):
        raise ValueError(f"{line['model']}: {line['right']} with the names {' '.join(names) or 'missing'}")
    return Row(line["model"], line["right"], names, roles.expand(line["roles"].split()))


def declared(rows: Iterable[Row], names: Mapping[tuple[str, str], Iterable[str]]) -> dict[Key, frozenset[str]]:
    """Return {(model, right, field or method): roles} of a table.

    :param names: {(model, right): all its fields or methods}, for which OTHERS stands
    :raises ValueError: two rows name the same thing
    """
    rows = list(rows)
    found: dict[Key, frozenset[str]] = {}
    for row in sorted(rows, key=lambda row: row.names == (OTHERS,)):
        wanted: Iterable[str] = row.names or ("",)
        if row.names == (OTHERS,):
            wanted = [
                name for name in names.get((row.model, row.right), ()) if (row.model, row.right, name) not in found
            ]
        for name in wanted:
            key = (row.model, row.right, name)
            if key in found:
                raise ValueError(f"{' '.join(key).strip()} has two rows")
            found[key] = row.roles
    return found


def differences(
    measured: Mapping[Key, frozenset[str]], table: Mapping[Key, frozenset[str]], roles: Roles = ENGINE_ROLES
) -> list[str]:
    """Return what a table lists wrongly or not at all: a line for each, with what was found."""
    lines = []
    for key in sorted(measured.keys() | table.keys()):
        found, listed = measured.get(key, frozenset()), table.get(key, frozenset())
        if found != listed:
            where = ",".join(key)
            lines.append(f"{where}: found [{roles.shorten(found)}], the table says [{roles.shorten(listed)}]")
    return lines


def as_rows(measured: Mapping[Key, frozenset[str]]) -> list[Row]:
    """Return what was found as the shortest rows: of fields, the most frequent roles are the row of all others."""
    groups: dict[tuple[str, str], dict[frozenset[str], list[str]]] = {}
    for (model, right, name), roles in measured.items():
        groups.setdefault((model, right), {}).setdefault(roles, []).append(name)
    rows = []
    for (model, right), by_roles in sorted(groups.items(), key=lambda item: (item[0][0], RIGHTS.index(item[0][1]))):
        most = max(by_roles, key=lambda roles: (len(by_roles[roles]), sorted(roles))) if right == READ else None
        for roles, names in sorted(by_roles.items(), key=lambda item: (item[0] != most, sorted(item[0]))):
            if not roles and right != READ:
                continue
            listed = () if names == [""] else (OTHERS,) if roles == most else tuple(sorted(names))
            rows.append(Row(model, right, listed, roles))
    return rows


def as_csv(rows: Iterable[Row], roles: Roles = ENGINE_ROLES) -> str:
    """Return rows as the text of a table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow((row.model, row.right, " ".join(row.names), roles.shorten(row.roles)))
    return out.getvalue()
