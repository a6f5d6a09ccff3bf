"""When the changes of a stream are sent: how long they are gathered, and which stream goes first."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...runtime.constants import PRECEDENCES

# A longer window would be a schedule, and people would take its messages for stuck.
LONGEST_WINDOW = 3600
# Of documents, while they come by several a second: then staff deal with none of them within seconds, and each call
# takes dozens.
BUSY_WINDOW_SECONDS = 20


class RetailSyncStream(models.Model):
    """The pace of a stream."""

    _inherit = "retail.sync.stream"

    window_seconds = fields.Integer(
        "Gather for (s)",
        compute="_compute_pace",
        store=True,
        precompute=True,
        readonly=False,
        help="A change waits this long, and further changes of its record join it: one call for all of them, with the "
        "last values. Urgent changes do not wait. 0: changes are sent at once.",
    )
    busy_window_seconds = fields.Integer(
        "Gather under load for (s)",
        compute="_compute_pace",
        store=True,
        precompute=True,
        readonly=False,
        help="While the connection has more than a few documents a second to send, changes wait up to this long and "
        "leave together, so that API calls stay few. Holds of orders and urgent changes of customers do not "
        "wait. 0: load changes nothing.",
    )
    precedence = fields.Selection(
        PRECEDENCES,
        compute="_compute_pace",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="Which stream sends first where several have work of the same urgency, such as stock before a catalogue.",
    )

    @api.depends("entity")
    def _compute_pace(self) -> None:
        known = self.env["retail.sync.entity"]._all()
        for stream in self:
            entity = known.get(stream.entity, self.env["retail.sync.entity"])
            stream.window_seconds, stream.precedence = entity._window_seconds, entity._precedence
            stream.busy_window_seconds = entity._busy_window_seconds

    @api.constrains("window_seconds", "busy_window_seconds")
    def _check_window_seconds(self) -> None:
        for stream in self:
            if not all(
                0 <= seconds <= LONGEST_WINDOW for seconds in (stream.window_seconds, stream.busy_window_seconds)
            ):
                raise ValidationError(
                    self.env._("Changes are gathered for 0 to %s seconds. Choose a number in between.", LONGEST_WINDOW)
                )


class RetailSyncEntity(models.AbstractModel):
    """The pace that fits an entity, until a stream says otherwise."""

    _inherit = "retail.sync.entity"

    _window_seconds = 0
    # While the connection is busy, changes that may wait leave at one moment in so many seconds: `outbox/traffic.py`.
    _busy_window_seconds = 0
    # Whether messages about these records make a connection busy.
    _makes_load = False
    # Canonical fields whose changes are gathered, each for up to so many seconds, where no other field changed: all of
    # a connection go at one time.
    _gathered_fields: Mapping[str, int] = MappingProxyType({})
    _precedence = "normal"

    @api.model
    def _gathers_under_load(self, names: Collection[str] | None, urgent: Collection[str]) -> bool:
        """Return whether a change may wait for others while the connection is busy: by default what is not urgent.

        :param names: the canonical fields that changed; None for a new record
        :param urgent: those that are urgent
        """
        return not urgent if names is None else not set(names) & set(urgent)

    @api.model
    def _gather_seconds(self, names: Collection[str] | None) -> int:
        """Return how long a change waits for others at most, at any load: as long as its least patient field.

        :param names: the canonical fields that changed; None or empty for a new record, which does not wait
        """
        if not names or not self._gathered_fields.keys() >= set(names):
            return 0
        return min(self._gathered_fields[name] for name in names)

    @api.model
    def _cannot_wait(self, stream: models.BaseModel, res_ids: Collection[int]) -> set[int]:
        """Hook: return those records that are sent at once after all, by the values that they have now.

        Asked once for all records of a step whose urgent fields would wait. Without a call, and set-based.
        """
        return set()
