"""Tickets: the entity on helpdesk.ticket, comments, attachments, links to documents."""
