"""Forgetting: what the engine keeps of a person, found by the declarations of all rooms and erased."""

from . import core_tables
from . import person
from . import quotes
from . import erase
from . import deleted_records
from . import erasure_wizard
