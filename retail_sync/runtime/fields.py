from odoo import fields


class BigInteger(fields.Integer):  # type: ignore[misc]
    """An integer in an int8 column: milliseconds since 1970 do not fit into int4."""

    _column_type = ("int8", "int8")
