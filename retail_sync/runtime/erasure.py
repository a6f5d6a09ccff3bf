"""How a table forgets a person: each model of ours declares it, and the erasure does what is declared.

A model without a declaration is refused by a test, so that a new table cannot be forgotten.
"""

import abc
from collections.abc import Iterator
from dataclasses import dataclass, field

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

NOTHING = SQL("FALSE")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is to be forgotten, or several such persons at once.

    ids: records of `model`, former ones that were merged into them included. remote: (connection id, object, external
    id). words: by which texts that quote the person are found.
    """

    model: str
    ids: tuple[int, ...] = ()
    remote: tuple[tuple[int, str, str], ...] = ()
    words: tuple[str, ...] = ()

    @property
    def external_ids(self) -> list[str]:
        """Return the ids on the platforms."""
        return sorted({external_id for _connection, _object, external_id in self.remote})

    @property
    def refs(self) -> list[str]:
        """Return the records on the platforms as references name them: "Object/id"."""
        return sorted({f"{remote_object}/{external_id}" for _connection, remote_object, external_id in self.remote})


class Match(abc.ABC):
    """Which rows of a table are about a person."""

    @abc.abstractmethod
    def condition(self, person: Person) -> SQL:
        """Return the condition in SQL."""


@dataclass(frozen=True, slots=True)
class Record(Match):
    """Rows that name a record by model and id."""

    model: str = "res_model"
    id: str = "res_id"

    def condition(self, person: Person) -> SQL:
        """Return the condition in SQL."""
        if not person.ids:
            return NOTHING
        return SQL(
            "(%s = ANY(%s) AND %s = %s)",
            SQL.identifier(self.id),
            list(person.ids),
            SQL.identifier(self.model),
            person.model,
        )


@dataclass(frozen=True, slots=True)
class Ids(Match):
    """Rows whose column holds the id of a customer."""

    column: str

    def condition(self, person: Person) -> SQL:
        """Return the condition in SQL."""
        return SQL("%s = ANY(%s)", SQL.identifier(self.column), list(person.ids)) if person.ids else NOTHING


@dataclass(frozen=True, slots=True)
class Remote(Match):
    """Rows that name a record on a platform. A column that the table does not have is None."""

    connection: str | None = "connection_id"
    object: str | None = "remote_object"
    external: str = "external_id"

    def condition(self, person: Person) -> SQL:
        """Return the condition in SQL: the external id finds rows by index, the other columns check them."""
        if not person.remote:
            return NOTHING
        connections, objects, externals = map(list, zip(*person.remote, strict=True))
        checks = [SQL("asked.external = %s", SQL.identifier(self.external))]
        if self.connection:
            checks.append(SQL("asked.connection = %s", SQL.identifier(self.connection)))
        if self.object:
            checks.append(SQL("asked.object = %s", SQL.identifier(self.object)))
        return SQL(
            "(%s = ANY(%s) AND EXISTS (SELECT FROM unnest(%s::int[], %s::text[], %s::text[])"
            " AS asked(connection, object, external) WHERE %s))",
            SQL.identifier(self.external),
            person.external_ids,
            connections,
            objects,
            externals,
            SQL(" AND ").join(checks),
        )


@dataclass(frozen=True, slots=True)
class Refs(Match):
    """Rows whose column names a record on a platform as a reference does: "Object/id"."""

    column: str

    def condition(self, person: Person) -> SQL:
        """Return the condition in SQL."""
        return SQL("%s = ANY(%s)", SQL.identifier(self.column), person.refs) if person.remote else NOTHING


@dataclass(frozen=True, slots=True)
class Through(Match):
    """Rows that belong to rows of another table which are about the person."""

    table: str
    match: Match
    columns: tuple[str, ...] = ("id",)
    others: tuple[str, ...] = ("id",)

    def condition(self, person: Person) -> SQL:
        """Return the condition in SQL."""
        inner = self.match.condition(person)
        if inner is NOTHING:
            return NOTHING
        return SQL(
            "(%s) IN (SELECT %s FROM %s WHERE %s)",
            SQL(", ").join(map(SQL.identifier, self.columns)),
            SQL(", ").join(map(SQL.identifier, self.others)),
            SQL.identifier(self.table),
            inner,
        )


@dataclass(frozen=True, slots=True)
class Erasure:
    """How a model forgets a person.

    rows: rows about the person: they are deleted. blank: instead of that, these columns of the rows are emptied.
    kept: condition of rows that are emptied although the others are deleted; needs `blank`.
    unset: columns of other rows that hold the customer's id; they are emptied.
    elements: JSON lists of {"id": customer's id, ...} in other rows; the person's element is taken out.
    items: JSON lists of external ids; those of the person are taken out.
    quotes: columns of texts or JSON of any row that may quote the person; what is quoted is replaced.
    quoting: condition of rows that are deleted if they quote the person.
    values: JSON columns of values of records of another model, named by `res_model`, such as the phone on an order
    of the person; what they quote is replaced. Values of other customers stay: what both sides agreed on is in them.
    tables: (table, column) of tables without a model that hold rows by the customer's id.
    remote_tables: the same by the external id.
    why: for a model that keeps nothing of persons: what it holds.
    """

    rows: tuple[Match, ...] = ()
    blank: tuple[str, ...] = ()
    kept: str = ""
    unset: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    quoting: str = ""
    values: tuple[str, ...] = ()
    tables: tuple[tuple[str, str], ...] = ()
    remote_tables: tuple[tuple[str, str], ...] = ()
    why: str = ""

    def about(self, person: Person) -> SQL:
        """Return the condition of the rows that are about a person."""
        conditions = [found for match in self.rows if (found := match.condition(person)) is not NOTHING]
        return SQL("(%s)", SQL(" OR ").join(conditions)) if conditions else NOTHING


@dataclass(frozen=True, slots=True)
class Declared:
    """A model and how it forgets."""

    model: models.BaseModel
    erasure: Erasure = field(default_factory=Erasure)


def declarations(env: Environment) -> Iterator[Declared]:
    """Yield what the models of the registry declare, in the order of their names."""
    for name in sorted(env.registry):
        found = declaration(env.registry[name])
        if found:
            yield Declared(env[name].sudo(), found)


def declaration(model_class: type) -> Erasure | None:
    """Return how a model forgets; None if it does not say so. What an inherited model says is not its own."""
    found = getattr(model_class, "_erasure", None)
    return found if isinstance(found, Erasure) else None
