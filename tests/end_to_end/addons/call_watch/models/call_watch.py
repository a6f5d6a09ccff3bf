from odoo import fields, models


class CallWatch(models.Model):
    """A call to the platform, as it was seen just before it was sent."""

    _name = "call.watch"
    _description = "Watched call"
    _log_access = False

    method = fields.Char(help="Of the job that makes the call; empty for a request of a person.")
    path = fields.Char()
    job_session = fields.Char(help="What the session holds that has the lock of the job.")
    broken = fields.Char(help="Why the call was refused.")
