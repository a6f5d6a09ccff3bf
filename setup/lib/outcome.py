"""What a stage of setup/test found."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

_ODOO_RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


@dataclass
class Outcome:
    """Numbers of cases, and a line for each thing that is wrong."""

    passed: int = 0
    failed: int = 0
    problems: list[str] = field(default_factory=list)

    def check(self, title: str, problem: str = "") -> None:
        """Count one case; ``problem`` is empty when it is well."""
        if problem:
            self.failed += 1
            self.problems.append(f"{title}: {problem}")
        else:
            self.passed += 1

    def add(self, other: "Outcome") -> None:
        """Take the cases of another outcome too."""
        self.passed += other.passed
        self.failed += other.failed
        self.problems += other.problems


def from_junit(path: Path, exit_code: int) -> Outcome:
    """Cases of a pytest run. A skipped one counts as failed: it proves nothing, and nothing may go unproved."""
    outcome = Outcome()
    if not path.is_file():
        outcome.check("pytest", f"ended with exit code {exit_code} before it wrote a report")
        return outcome
    for case in ElementTree.parse(path).iter("testcase"):
        wrong = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
        outcome.check(f"{case.get('classname')}::{case.get('name')}", wrong[0] if wrong else "")
    if outcome.passed + outcome.failed == 0:
        outcome.check("pytest", "found no test")
    elif exit_code and not outcome.failed:
        outcome.check("pytest", f"ended with exit code {exit_code}")
    return outcome


def from_odoo(log: str, exit_code: int) -> Outcome:
    """Cases of an Odoo test run: its closing lines, which must tell of at least one test."""
    outcome = Outcome()
    found = [tuple(map(int, match)) for match in _ODOO_RESULT.findall(log)]
    total = sum(tests for _, _, tests in found)
    bad = sum(failures + errors for failures, errors, _ in found)
    # an error in a class's set-up is counted as an error, and its tests are not counted as tests
    outcome.passed = max(0, total - bad)
    for title in re.findall(r"(?:FAIL|ERROR): ((?:Test|setUpClass)\S*.*)$", log, re.MULTILINE):
        outcome.problems.append(title.strip())
    outcome.failed = bad
    if total == 0:
        outcome.check("Odoo", "ran no test")
    elif exit_code and not bad:
        outcome.check("Odoo", f"ended with exit code {exit_code}")
    return outcome
