"""Which tests took longest, by what the test runners wrote."""

import re
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

_LINE = re.compile(
    r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d{3}) \d+ \w+ \S+ (?:odoo\.addons\.)?(\S+): (.*)$", re.MULTILINE
)
_SHOWN = 15


def slowest_files(log: str) -> list[tuple[str, int]]:
    """Files of an Odoo log's tests and their seconds, the slowest first; set-up counts for the file before it."""
    seconds: defaultdict[str, float] = defaultdict(float)
    current, since = "", 0.0
    for day, thousandths, logger, text in _LINE.findall(log):
        starts, ends = text.startswith("Starting Test"), " post-tests in " in text
        if not (starts or ends):
            continue
        now = datetime.fromisoformat(day).timestamp() + int(thousandths) / 1000
        if current:
            seconds[current] += now - since
        current, since = (logger if starts else ""), now
    return _first(seconds)


def slowest_modules(report: Path) -> list[tuple[str, int]]:
    """Modules of a pytest report and their seconds, set-up and tear-down included, the slowest first."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for case in ElementTree.parse(report).iter("testcase"):
        seconds[case.get("classname", "")] += float(case.get("time", 0))
    return _first(seconds)


def _first(seconds: Mapping[str, float]) -> list[tuple[str, int]]:
    taken = sorted(seconds.items(), key=lambda item: item[1], reverse=True)
    return [(name, round(number)) for name, number in taken[:_SHOWN]]
