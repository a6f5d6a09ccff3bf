"""What the screens of tickets show and start: the same functions as the agent API."""

from . import helpdesk_ticket
from . import service_panel
