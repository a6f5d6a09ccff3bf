# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The service desk: tickets of a ticket system in sync with Odoo, and an API with which agents solve cases."""

from . import controllers
from . import models
from .hooks import uninstall_hook
