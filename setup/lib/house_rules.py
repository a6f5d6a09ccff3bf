"""The check ``house-rules``: prints what breaks a rule of this repository; the exit code is 1 when something does."""

import sys

from . import production_page, tree_rules
from .console import say
from .structure.figures import SOFT_LIMIT


def main() -> int:
    """Apply the rules about files and about the production page."""
    found = {**tree_rules.findings(), **production_page.findings()}
    for title, findings in found.items():
        say(f"{title}: {'passed' if not findings else 'failed'}")
        for finding in findings:
            say(f"  {finding}")
    say(f"files past the soft limit of {SOFT_LIMIT} lines: {len(tree_rules.long_files(SOFT_LIMIT))}")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
