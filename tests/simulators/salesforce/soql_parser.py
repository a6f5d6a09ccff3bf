"""Reads a SOQL statement into a :class:`Query`."""

from __future__ import annotations

from typing import Any

from .errors import ApiError
from .soql_lexer import Token, query_error, tokens_of
from .soql_literals import LITERALS
from .soql_tree import Aggregate, Among, Compare, FieldsOf, Junction, Measured, Ordering, Path, Query, Value

_FUNCTIONS = {"count", "sum", "min", "max", "avg", "count_distinct"}
# ORDER, GROUP and ALL open a clause only together with their second word: Order and Group are also objects.
_PAIRS = {"order": "by", "group": "by", "all": "rows"}
_RESERVED = {
    "select", "from", "where", "limit", "offset", "having", "with", "using", "and", "or", "not", "in", "like",
    "includes", "excludes", "null", "true", "false", "asc", "desc", "nulls",
}  # fmt: skip
MAX_LENGTH = 100_000
MAX_LEVELS = 5


def parse(text: str) -> Query:
    """Parse one statement. Raises ``MALFORMED_QUERY``."""
    if len(text) > MAX_LENGTH:
        raise ApiError("MALFORMED_QUERY", f"SOQL statement is longer than {MAX_LENGTH} characters")
    return _Parser(text).statement()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens_of(text)
        self.index = 0
        self.in_having = False

    # -- token helpers
    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def fail(self, message: str = "", token: Token | None = None) -> ApiError:
        token = token or self.token
        return query_error(
            self.text, token.position, "MALFORMED_QUERY", message or f"unexpected token: '{token.raw or token.value}'"
        )

    def word(self) -> str:
        return str(self.token.value).lower() if self.token.kind == "name" else ""

    def reserved(self) -> bool:
        """True when the next word cannot be a name."""
        word = self.word()
        following = self.tokens[min(self.index + 1, len(self.tokens) - 1)]
        return word in _RESERVED or (word in _PAIRS and str(following.value).lower() == _PAIRS[word])

    def take_word(self, *words: str) -> bool:
        """Consume the given keywords when they come next, in order."""
        for step, word in enumerate(words):
            token = self.tokens[min(self.index + step, len(self.tokens) - 1)]
            if token.kind != "name" or str(token.value).lower() != word:
                return False
        self.index += len(words)
        return True

    def take_symbol(self, symbol: str) -> bool:
        if self.token.kind == "symbol" and self.token.value == symbol:
            self.index += 1
            return True
        return False

    def need_symbol(self, symbol: str) -> None:
        if not self.take_symbol(symbol):
            raise self.fail(f"expecting '{symbol}', found '{self.token.raw or self.token.value}'")

    def need_word(self, word: str) -> None:
        if not self.take_word(word):
            raise self.fail(f"expecting '{word.upper()}', found '{self.token.raw or self.token.value}'")

    def need_path(self) -> Path:
        token = self.token
        if token.kind != "name" or self.reserved():
            raise self.fail()
        self.index += 1
        names = tuple(str(token.value).split("."))
        if len(names) > MAX_LEVELS + 1:
            raise self.fail(f"relationship path has more than {MAX_LEVELS} levels", token)
        return Path(names, token.position)

    # -- grammar
    def statement(self) -> Query:
        query = self.query(nested=False)
        if self.token.kind != "end":
            raise self.fail()
        query.text = self.text
        return query

    def query(self, nested: bool) -> Query:
        self.need_word("select")
        query = Query(text=self.text)
        query.items.append(self.item(nested))
        while self.take_symbol(","):
            query.items.append(self.item(nested))
        self.need_word("from")
        source = self.need_path()
        query.object_name, query.object_position = source.text, source.position
        if self.token.kind == "name" and not self.reserved():
            query.alias = str(self.token.value)
            self.index += 1
        if self.take_word("where"):
            query.where = self.condition()
        if self.take_word("group", "by"):
            query.group_by.append(self.need_path())
            while self.take_symbol(","):
                query.group_by.append(self.need_path())
            if self.take_word("having"):
                self.in_having = True
                query.having = self.condition()
                self.in_having = False
        if self.take_word("order", "by"):
            query.order_by.append(self.ordering())
            while self.take_symbol(","):
                query.order_by.append(self.ordering())
        if self.take_word("limit"):
            query.limit = self.count("LIMIT")
        if self.take_word("offset"):
            if nested:
                raise self.fail("OFFSET is not allowed in a subquery")
            query.offset = self.count("OFFSET")
        if self.take_word("all", "rows"):
            query.all_rows = True
        self.check_items(query)
        return query

    def check_items(self, query: Query) -> None:
        if any(isinstance(item, Aggregate) and item.path is None for item in query.items) and len(query.items) > 1:
            raise self.fail("COUNT() must be the only item of the SELECT list")

    def item(self, nested: bool) -> Any:
        token = self.token
        if self.take_symbol("("):
            if nested:
                raise self.fail("a subquery cannot hold another subquery", token)
            query = self.query(nested=True)
            self.need_symbol(")")
            return query
        path = self.need_path()
        if not self.take_symbol("("):
            return path
        name = path.text.lower()
        if name == "fields":
            kind = self.word()
            if kind not in ("all", "standard", "custom"):
                raise self.fail()
            self.index += 1
            self.need_symbol(")")
            return FieldsOf(kind, token.position)
        return self.aggregate(name, path.position)

    def aggregate(self, name: str, position: int) -> Aggregate:
        if name not in _FUNCTIONS:
            raise query_error(self.text, position, "MALFORMED_QUERY", f"unknown function: {name}")
        path = None
        if not self.take_symbol(")"):
            path = self.need_path()
            self.need_symbol(")")
        elif name != "count":
            raise query_error(self.text, position, "MALFORMED_QUERY", f"{name.upper()} needs a field")
        alias = None
        if self.token.kind == "name" and not self.reserved():
            alias = str(self.token.value)
            self.index += 1
        return Aggregate(name, path, alias, position)

    def ordering(self) -> Ordering:
        path = self.need_path()
        target: Path | Aggregate = path
        if self.take_symbol("("):
            target = self.aggregate(path.text.lower(), path.position)
        descending = self.take_word("desc")
        if not descending:
            self.take_word("asc")
        nulls_first = None
        if self.take_word("nulls"):
            nulls_first = self.take_word("first")
            if not nulls_first and not self.take_word("last"):
                raise self.fail("expecting FIRST or LAST")
        return Ordering(target, descending, nulls_first)

    def count(self, clause: str) -> int:
        token = self.token
        if token.kind != "number" or not isinstance(token.value, int):
            raise self.fail()
        if token.value < 0:
            raise query_error(self.text, token.position, "NUMBER_OUTSIDE_VALID_RANGE", f"{clause} must not be negative")
        self.index += 1
        return token.value

    def condition(self) -> Any:
        """Terms of one level; AND and OR may not mix without brackets."""
        first = self.term()
        for word in ("and", "or"):
            if self.word() != word:
                continue
            terms = [first]
            while self.take_word(word):
                terms.append(self.term())
            if self.word() in ("and", "or"):
                raise self.fail(f"unexpected token: '{self.token.raw}' (AND and OR need brackets)")
            return Junction(word.upper(), terms)
        return first

    def term(self) -> Any:
        if self.take_word("not"):
            return Junction("NOT", [self.term()])
        if self.take_symbol("("):
            inner = self.condition()
            self.need_symbol(")")
            return inner
        path = self.need_path()
        if self.in_having and self.take_symbol("("):
            return self.aggregate_comparison(path)
        if self.take_word("like"):
            return Compare(path, "LIKE", self.value())
        for words, operator in (
            (("not", "in"), "NOT IN"),
            (("in",), "IN"),
            (("includes",), "INCLUDES"),
            (("excludes",), "EXCLUDES"),
        ):
            if self.take_word(*words):
                return Among(path, operator, self.values(sub_select=operator.endswith("IN")))
        token = self.token
        if token.kind != "symbol" or token.value not in ("=", "!=", "<>", "<", "<=", ">", ">="):
            raise self.fail()
        self.index += 1
        return Compare(path, "!=" if token.value == "<>" else str(token.value), self.value())

    def aggregate_comparison(self, name: Path) -> Measured:
        """``COUNT(Id) > 1`` of a HAVING clause."""
        measured = self.aggregate(name.text.lower(), name.position)
        token = self.token
        if token.kind != "symbol" or token.value not in ("=", "!=", "<>", "<", "<=", ">", ">="):
            raise self.fail()
        self.index += 1
        return Measured(measured, "!=" if token.value == "<>" else str(token.value), self.value())

    def values(self, sub_select: bool) -> list[Value] | Query:
        self.need_symbol("(")
        if self.word() == "select":
            if not sub_select:
                raise self.fail()
            query = self.query(nested=True)
            self.need_symbol(")")
            return query
        values = [self.value()]
        while self.take_symbol(","):
            values.append(self.value())
        self.need_symbol(")")
        return values

    def value(self) -> Value:
        token = self.token
        self.index += 1
        if token.kind in ("text", "number", "date", "datetime"):
            return Value(token.kind, token.value, token.position, token.raw[1:-1])
        if token.kind == "name":
            word = str(token.value).lower()
            if word == "null":
                return Value("null", None, token.position)
            if word in ("true", "false"):
                return Value("boolean", word == "true", token.position)
            if word in LITERALS:
                amount = None
                if self.take_symbol(":"):
                    if self.token.kind != "number" or not isinstance(self.token.value, int):
                        raise self.fail()
                    amount = self.token.value
                    self.index += 1
                if (amount is None) == LITERALS[word]:
                    raise self.fail("", token)
                return Value("literal", (word, amount), token.position)
        self.index -= 1
        raise self.fail("", token)
