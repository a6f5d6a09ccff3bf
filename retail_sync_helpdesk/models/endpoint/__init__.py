"""The agent API over HTTP: the dispatcher, who is let in, and what answers."""

from . import dispatcher
from . import fastapi_endpoint
from . import log_lines
