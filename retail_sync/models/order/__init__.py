"""Orders on their way to a platform, and what all documents have in common."""

from . import stream
from . import document_entity
from . import entity
from . import change_sources
from . import sale_order
