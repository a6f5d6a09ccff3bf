"""What a connection test lists: one check for each thing that a person can do something about."""

from typing import Any

# {"name", "ok", "level", "detail", "next_step"}
Check = dict[str, Any]
OK, WARNING, ERROR = "ok", "warning", "error"
