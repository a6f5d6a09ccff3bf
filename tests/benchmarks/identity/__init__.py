"""Imports the engine without Odoo: the addon's own ``__init__`` imports its models, a stub parent stands in for it."""

from __future__ import annotations

import sys
import types

from setup.lib import paths

if "retail_sync" not in sys.modules:
    _stub = types.ModuleType("retail_sync")
    _stub.__path__ = [str(paths.ROOT / "retail_sync")]
    _stub.__package__ = "retail_sync"
    sys.modules["retail_sync"] = _stub
