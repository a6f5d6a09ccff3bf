from . import outbound_messages
