"""The page of the rights for people, `docs/rights.md`, made from the tables."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from .rights_table import CALL, ENGINE_ROLES, OTHERS, READ, RIGHTS, WRITE, Roles, Row

TITLES = {"read": "read", "write": "write", "create": "create", "unlink": "delete", "call": "call"}
INTRO = """# Who may do what

Made by `setup/rights --write` from `security/rights.csv` of each addon, and from `security/service_rights.csv` of the
service desk, whose groups are others; change those. A test walks every model, field
and public method of the addons, as users with one group each, and compares what it finds with these tables. It fails
on what they do not list, and on what they list and is not so. A call is made as over RPC, with a record of the test.

- No group writes the engine's own records (messages, links, runs, comparisons, differences, groups, merges, decisions)
  field by field. Methods check the role and the records, and act with the right of the system
  (`retail_sync/runtime/rights.py`).
- Of configuration, people write the fields listed here. States, positions, checks and fingerprints are the engine's.
- A right counts for records that the user may see: record rules keep other companies' connections apart, and a record
  of the sync hides with the business record it is about.
- Dialogs belong to the user who opened them. Of fields and methods of Odoo itself, Odoo's rights count.
"""


def page(
    tables: Mapping[str, Iterable[Row]], others: Mapping[str, tuple[Roles, Iterable[Row]]] = MappingProxyType({})
) -> str:
    """Return the page: a table of roles, and one of each model.

    :param tables: {name of the addon: rows}, of the engine's roles
    :param others: {name of the addon: (its own roles, rows)}
    """
    lines = [INTRO, "## Roles", *_roles(ENGINE_ROLES)]
    for addon, rows in tables.items():
        lines += ["", f"## {addon}", *_models(rows, ENGINE_ROLES)]
    for addon, (roles, rows) in others.items():
        lines += ["", f"## {addon}: its own roles", *_roles(roles), *_models(rows, roles)]
    return "\n".join(lines) + "\n"


def _roles(roles: Roles) -> list[str]:
    lines = ["", "| word | who |", "|---|---|"]
    lines += [f"| `{role}` | {label} |" for role, label in roles.names.items()]
    return lines + [f"| `{word}` | {', '.join(f'`{role}`' for role in of)} |" for word, of in roles.short.items()]


def _models(rows: Iterable[Row], roles: Roles) -> list[str]:
    by_model: dict[str, list[Row]] = {}
    for row in rows:
        by_model.setdefault(row.model, []).append(row)
    lines: list[str] = []
    for model in sorted(by_model):
        lines += ["", f"### `{model}`", "", "| right | on | roles |", "|---|---|---|"]
        ordered = sorted(by_model[model], key=lambda row: (RIGHTS.index(row.right), row.names != (OTHERS,), row.names))
        lines += [_line(row, by_model[model], roles) for row in ordered]
    return lines


def _line(row: Row, rows: list[Row], roles: Roles) -> str:
    kind = "method" if row.right == CALL else "field"
    if row.names == (OTHERS,):
        alone = sum(other.right == row.right for other in rows) == 1
        what = f"all {kind}s" if alone else f"all other {kind}s"
    else:
        what = ", ".join(f"`{name}`" for name in row.names) or "records"
    words = roles.shorten(row.roles).split()
    none = "the system only" if row.right in (READ, WRITE) else "no user"
    return f"| {TITLES[row.right]} | {what} | {', '.join(f'`{word}`' for word in words) or none} |"
