"""How many decimals the amounts of a currency have (ISO 4217, minor units)."""

DEFAULT_DECIMALS = 2

_DECIMALS: dict[str, int] = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV")
        + ("XAF", "XOF", "XPF"),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


def currency_decimals(code: str | None) -> int:
    """Return the decimals of a currency code; 2 for a code that the table does not name, and for none.

    A platform or a company that rounds otherwise says so in its field declaration (``digits``), which goes first.
    """
    return _DECIMALS.get((code or "").upper(), DEFAULT_DECIMALS)
