"""The token that all workers of a connection share: one signs in, and a token is good for its own sign-in only."""

import json
from collections.abc import Callable
from typing import Any

from ...runtime.secret_box import seal, unseal
from .guard_row import GuardRow

# Names the advisory lock of the worker that signs in.
SIGN_IN_LOCK = "retail_sync_sign_in"

Token = dict[str, Any]
# Signs in with the credentials of a connection (a recordset).
SignIn = Callable[[Any], Token]


class SharedToken(GuardRow):
    """The token store of a call guard.

    A token is stored with the fingerprint of what it was obtained with: URL, credentials, authorities, account. It
    is used only by who would sign in with the same, so that neither a test that was rolled back nor a worker that began
    before the credentials changed hands on what is not meant for the others.
    """

    def get(self) -> Token | None:
        """Return the stored token's dict, or None if there is none for the caller's sign-in."""
        with self._row() as (_cr, row):
            return self._token(row, self.fingerprint)

    def refresh(self, stale: str | None, sign_in: SignIn, keep: Callable[[Token], bool] | None = None) -> Token:
        """Return a token other than stale: the token that another worker fetched in the meantime, or a new one.

        A thousand workers that meet an expired token sign in once: they wait for a lock that is neither a row nor a
        transaction id, so that calls with a token that is good go on and vacuum is not held back while the platform
        works.

        :param sign_in: gets the connection with the credentials that are committed by now; those of the caller's own
            transaction, if it has changed them. It has the client's time-outs
        :param keep: whether others may have a new token; by default they may
        """
        if self.is_trial:
            self.signed_in_with = self.fingerprint
            return sign_in(self.connection)
        with self._cursor() as lock:
            lock.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [SIGN_IN_LOCK, self.connection_id])
            connection = self._committed(lock)
            fingerprint = connection._sign_in_fingerprint()
            with self._row() as (_cr, row):
                held = self._token(row, fingerprint)
            if held and (stale is None or held["access_token"] != stale):
                return held
            self.signed_in_with = fingerprint
            token = sign_in(connection)
            if keep is None or keep(token):
                data = json.dumps({name: value for name, value in token.items() if name != "access_token"})
                with self._row() as (cr, _row):
                    sealed = seal(token["access_token"])
                    self._save(cr, access_token=sealed, token_data=data, token_fingerprint=fingerprint)
            return token

    @staticmethod
    def _token(row: dict[str, Any], fingerprint: str) -> Token | None:
        access_token = unseal(row["access_token"])
        if not access_token or row["token_fingerprint"] != fingerprint:
            return None
        return dict(row["token_data"] or {}, access_token=access_token)
