"""The page of the rights for people, `docs/rights.md`, made from the tables."""

from collections.abc import Iterable, Mapping

from .rights_table import CALL, OTHERS, READ, RIGHTS, ROLES, SHORT, WRITE, Row, shorten

TITLES = {"read": "read", "write": "write", "create": "create", "unlink": "delete", "call": "call"}
INTRO = """# Who may do what

Made by `setup/rights --write` from `security/rights.csv` of each addon; change those. A test walks every model, field
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


def page(tables: Mapping[str, Iterable[Row]]) -> str:
    """Return the page: a table of roles, and one of each model.

    :param tables: {name of the addon: rows}
    """
    lines = [INTRO, "## Roles", "", "| word | who |", "|---|---|"]
    lines += [f"| `{role}` | {label} |" for role, label in ROLES.items()]
    lines += [f"| `{word}` | {', '.join(f'`{role}`' for role in roles)} |" for word, roles in SHORT.items()]
    for addon, rows in tables.items():
        lines += ["", f"## {addon}"]
        by_model: dict[str, list[Row]] = {}
        for row in rows:
            by_model.setdefault(row.model, []).append(row)
        for model in sorted(by_model):
            lines += ["", f"### `{model}`", "", "| right | on | roles |", "|---|---|---|"]
            ordered = sorted(
                by_model[model], key=lambda row: (RIGHTS.index(row.right), row.names != (OTHERS,), row.names)
            )
            lines += [_line(row, by_model[model]) for row in ordered]
    return "\n".join(lines) + "\n"


def _line(row: Row, rows: list[Row]) -> str:
    kind = "method" if row.right == CALL else "field"
    if row.names == (OTHERS,):
        alone = sum(other.right == row.right for other in rows) == 1
        what = f"all {kind}s" if alone else f"all other {kind}s"
    else:
        what = ", ".join(f"`{name}`" for name in row.names) or "records"
    roles = shorten(row.roles)
    none = "the system only" if row.right in (READ, WRITE) else "no user"
    return f"| {TITLES[row.right]} | {what} | {', '.join(f'`{word}`' for word in roles.split()) or none} |"
