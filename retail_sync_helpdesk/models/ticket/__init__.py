"""Tickets: the entity on helpdesk.ticket, comments, attachments, links to documents."""

from . import declaration
from . import desk_value
from . import helpdesk_stage
from . import document
from . import comment
from . import helpdesk_ticket
from . import connection
from . import stream
from . import entity
from . import entity_values
from . import entity_writes
from . import comment_entity
from . import helpdesk_mailing
from . import document_actions
from . import milestone_notes
