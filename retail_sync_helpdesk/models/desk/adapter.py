from collections.abc import Iterator
from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.retail_sync.adapter import OTHER_ACCOUNT, FaultClass, FaultError, as_fault
from odoo.addons.retail_sync.adapter.contract import Connection
from odoo.addons.retail_sync.adapter.unanswered import unanswered
from odoo.addons.retail_sync.domain.resilience.limits import LANE_SHARE

from ...client.directory import PEOPLE, Directory
from ...client.errors import ClientError
from ...client.session import DeskSession
from ...client.tokens import MemoryTokenStore, SignIn
from ...client.transport import CallInfo, Transport
from .call_hooks import CallGuardHooks, CallGuardTokenStore
from .window import DatabaseBudgetStore, LimitsBesideAccount

# A delivery of one ticket may upload files before its comment.
WRITE_SECONDS = 120


def new_transport(*args, **options) -> Transport:
    """Return what carries calls; tests put a desk of their own behind it."""
    return Transport(*args, **options)


class RetailSyncAdapterDesk(models.AbstractModel):
    """What the engine asks of a ticket desk, in words that all desks share.

    A desk inherits this as `retail.sync.adapter.<system>` and says how it signs in, where it answers and what it can.
    """

    _name = "retail.sync.adapter.desk"
    _inherit = "retail.sync.adapter"
    _description = "Ticket desk adapter"

    # -- what each desk declares

    @api.model
    def _desk_session_class(self) -> type[DeskSession]:
        """Return the client's session of this desk."""
        unanswered(self, "_desk_session_class")

    @api.model
    def _desk_sign_in(self, connection: Connection, transport: Transport) -> SignIn:
        """Return how a connection signs in. Raises UserError for a credential that is missing."""
        unanswered(self, "_desk_sign_in")

    @api.model
    def _desk_directory(self, connection: Connection, session: DeskSession) -> Directory:
        """Return the account of a session."""
        unanswered(self, "_desk_directory")

    @api.model
    def _desk_options(self, connection: Connection) -> dict:
        """Return further arguments of the session."""
        return {}

    @api.model
    def _exports_events(self) -> bool:
        """Return whether the desk exports what happened to tickets, with their comments."""
        return False

    # -- the way to it

    @api.model
    @contextmanager
    def _desk(self, connection: Connection, lane: str, by_hand: bool = False) -> Iterator[Directory]:
        """Yield the account, every call to which passes the engine's call guard.

        :param lane: critical, standard or bulk; the context key retail_sync_lane overrules it
        :param by_hand: a person tests the connection: an open breaker lets the calls through
        :raises FaultError: for whatever the remote side, the network or the settings do
        """
        connection = connection.sudo()
        lane = self.env.context.get("retail_sync_lane") or lane
        call_guard = connection._call_guard(lane, self.env.context.get("retail_sync_correlation_id"))
        if not by_hand and not connection._is_known_desk():
            fault = self._other_account(connection)
            call_guard.stop(fault.code, fault.message)
            raise fault
        calls: list[CallInfo] = []
        opened: list[Transport] = []
        try:

            def signing_in(current: Connection) -> SignIn:
                try:
                    return self._desk_sign_in(current, opened[1])
                except UserError as error:
                    raise FaultError(FaultClass.auth, "NO_CREDENTIALS", str(error)) from error

            hooks = CallGuardHooks(call_guard, connection._desk_host().partition(":")[0], by_hand)
            opened.append(self._new_transport(connection, before_call=hooks.before, after_call=hooks.after))
            opened.append(self._new_transport(connection, after_call=calls.append))
            sign_in = signing_in(connection)
            store = (
                CallGuardTokenStore(call_guard, hooks, calls, signing_in) if sign_in.renewable else MemoryTokenStore()
            )
            session = self._desk_session_class()(
                connection.base_url or "",
                opened[0],
                sign_in,
                store,
                DatabaseBudgetStore(self.env, connection.id),
                share=LANE_SHARE.get(lane, 1.0),
                correlation_id=call_guard.correlation_id,
                **self._desk_options(connection),
            )
            hooks.listen(session.reported, sign_in.renewable)
            session.limits = LimitsBesideAccount(session.limits)
            yield self._desk_directory(connection, session)
        except ClientError as error:
            raise as_fault(error) from None
        finally:
            for transport in opened:
                transport.close()

    @api.model
    def _new_transport(self, connection: Connection, **options) -> Transport:
        """Return what carries calls to the hosts that a connection may call, trusting what it trusts."""
        return new_transport(connection._trusted_certificates() or None, hosts=connection._host_rules(), **options)

    @api.model
    def _other_account(self, connection: Connection) -> FaultError:
        """Return the fault of a URL that leads to another account than the links."""
        return FaultError(
            FaultClass.contract,
            OTHER_ACCOUNT,
            self.env._(
                "The URL leads to the account %(new)s. This connection is about the account %(old)s.",
                new=connection._desk_host() or self.env._("unknown"),
                old=connection.desk_account,
            ),
        )

    @api.model
    def _person_objects(self) -> tuple[str, ...]:
        """Return the objects whose records write comments."""
        return (PEOPLE,)

    # -- ids

    @api.model
    def normalise_id(self, external_id: str) -> str:
        text = (external_id or "").strip()
        if not (text.isascii() and text.isdecimal()) or len(text) > 19:
            raise FaultError(FaultClass.business, "MALFORMED_ID", self.env._("An id of a desk is a number."))
        return text.lstrip("0") or "0"

    @api.model
    def is_own_account(self, connection: Connection, account: str | None) -> bool:
        """Return whether an event of this account is for us: its signature is made with the secret of our webhook."""
        return True
