"""One executor for each action: it takes a verdict of domain/service and writes."""

from . import entity_case
from . import jobs
