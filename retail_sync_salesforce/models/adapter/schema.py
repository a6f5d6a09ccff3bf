import hashlib
import time
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.retail_sync.adapter import FaultClass, FaultError
from odoo.addons.retail_sync.adapter.contract import Stream

from ...client import describe
from ...client.errors import ClientError
from ...client.session import SalesforceSession
from ...mapping.children import CHILDREN
from ...mapping.default_lines import PERSON, STEERING
from ...writing import schema
from ...writing.schema import WriteSchema

# A field that was missing is looked for again after a day: rights are granted without telling us.
RECHECK_SECONDS = 86400
PERSON_FLAG = "IsPersonAccount"
EXTERNAL_ID = "Odoo_External_Id__c"
# Our id on the account of a contact: it tells whether the account is a household.
ACCOUNT_KEY = f"Account.{EXTERNAL_ID}"

T = TypeVar("T")
Stored = dict[str, Any]


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Which mapped fields the org has.

    A field that is not there, or hidden from our user, is left out of what is asked for: it arrives as absent, and
    what Odoo knows stays. Only a required line without any readable field stops its stream.
    """

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _readable(self, session: SalesforceSession, stream: Stream) -> list[str]:
        """Return what to ask for: field paths, mapped or steering and readable, and subqueries for child records.

        :raises FaultError: contract FIELD_MISSING if a required line has nothing to read
        """
        wanted = self._wanted(stream)
        known = stream.sf_schema or {}
        stale = known.get("missing") and time.time() - known.get("checked_at", 0) > RECHECK_SECONDS
        if known.get("digest") != digest_of(wanted) or stale:
            known = self._look(stream, describe.DescribeCache(session))
        missing = set(known["missing"])
        self._check_required(stream, missing)
        readable = [path for path in wanted if path not in missing]
        return self._with_subqueries(readable, known.get("children") or {})

    @api.model
    def _has_person_accounts(self, stream: Stream) -> bool:
        """Tell whether rows of this stream say if they are person accounts; known once `_readable` was called."""
        return PERSON_FLAG in STEERING.get(stream.remote_object, ()) and PERSON_FLAG not in (
            stream.sf_schema or {}
        ).get("missing", [PERSON_FLAG])

    @api.model
    def _retrying(self, session: SalesforceSession, stream: Stream, action: Callable[[list[str]], T]) -> T:
        """Return action(field paths); when Salesforce names a field unknown, look again and try once more."""
        try:
            return action(self._readable(session, stream))
        except ClientError as error:
            if error.code != "INVALID_FIELD" or not self._refresh(session, stream):
                raise
        return action(self._readable(session, stream))

    @api.model
    def _refresh(self, session: SalesforceSession, stream: Stream) -> bool:
        """Look at the org's fields afresh; tell whether more of them are missing than was known."""
        before = set((stream.sf_schema or {}).get("missing", ()))
        after = set(self._look(stream, describe.DescribeCache(session))["missing"])
        return bool(after - before)

    @api.model
    def _wanted(self, stream: Stream) -> list[str]:
        try:
            paths = stream._decoder().paths
        except (UserError, ValueError) as error:
            # A mapping that a person left half done stops its own stream, not the poll of all.
            raise FaultError(FaultClass.contract, "BAD_MAPPING", str(error)) from error
        beside = self._paths_beside(stream) if stream.direction != "in" or stream.publishes else ()
        steering = STEERING.get(stream.remote_object, ())
        if stream.remote_object == "Contact" and stream.connection_id.sudo().sf_households:
            steering = (*steering, ACCOUNT_KEY)
        return list(dict.fromkeys([*paths, *steering, *beside]))

    @api.model
    def _has_households(self, stream: Stream) -> bool:
        """Tell whether some accounts may have been made for private customers; known once `_readable` was called."""
        missing = (stream.sf_schema or {}).get("missing", [EXTERNAL_ID])
        return bool(stream.connection_id.sudo().sf_households) and EXTERNAL_ID not in missing

    @api.model
    def _described(self, stream: Stream, lookup: describe.Lookup) -> describe.ObjectDescribe:
        """Return the description of a stream's object.

        :raises FaultError: contract OBJECT_MISSING if our user does not see the object
        """
        described = lookup(stream.remote_object)
        if described is None:
            raise FaultError(
                FaultClass.contract,
                "OBJECT_MISSING",
                self.env._("Salesforce does not show the object %s to our user.", stream.remote_object),
            )
        return described

    @api.model
    def _look(self, stream: Stream, lookup: describe.Lookup) -> Stored:
        """Compare the mapping with the org's fields; note the outcome on the stream and its lines, and return it.

        :param lookup: a DescribeCache: Owner.Email needs the description of users too
        """
        stream = stream.sudo()
        wanted = self._wanted(stream)
        described = self._described(stream, lookup)
        plain = [path for path in wanted if path not in CHILDREN]
        checks = describe.check_paths(described, plain, lookup)
        missing = [path for path, check in checks.items() if check.status == describe.MISSING]
        children = self._visible_children(described, [path for path in wanted if path in CHILDREN], lookup)
        missing += [path for path in wanted if path in CHILDREN and path not in children]
        before = stream.sf_schema or {}
        found = {"digest": digest_of(wanted), "missing": missing, "checked_at": int(time.time())}
        if children:
            found["children"] = children
        listed = WriteSchema(schema.collect(described, plain)).listed_states()
        if listed is not None:
            found["listed_states"] = listed
        if before.get("write"):
            found["write"] = before["write"]
        lost = set(missing) - set(before.get("missing", ())) if before.get("digest") == found["digest"] else set()
        stream.sf_schema = found
        fields = described.known_names()
        if stream.sf_fields != fields:
            stream.sf_fields = fields
        if stream.remote_object == "Account":
            person_accounts = PERSON_FLAG not in missing
            if stream.connection_id.sf_person_accounts != person_accounts:
                stream.connection_id.sf_person_accounts = person_accounts
        self._mark_lines(stream, set(missing))
        if lost:
            stream.connection_id.message_post(
                body=self.env._(
                    "%(stream)s: Salesforce no longer shows %(fields)s. What Odoo knows of them stays as it is and is "
                    "no "
                    "longer updated.",
                    stream=stream.name,
                    fields=", ".join(sorted(lost)),
                )
            )
        return found

    @api.model
    def _mark_lines(self, stream: Stream, missing: Collection[str]) -> None:
        for status, lines in self._by_status(stream, missing).items():
            lines.filtered(lambda line, status=status: line.check_status != status).write({"check_status": status})

    @api.model
    def _by_status(self, stream: Stream, missing: Collection[str]) -> dict[str, models.BaseModel]:
        """Return {status: field mappings}: a mapping passes as long as an alternative can be read."""
        groups: dict[str, models.BaseModel] = {}
        for line in stream.sudo().map_ids:
            paths = line._alternatives()
            if self._idle(stream, line, missing):
                status = "unknown"
            else:
                status = "missing" if paths and all(path in missing for path in paths) else "ok"
            groups[status] = groups.get(status, line.browse()) | line
        return groups

    @api.model
    def _idle(self, stream: Stream, line: models.BaseModel, missing: Collection[str]) -> bool:
        """Tell whether a line is for person accounts of an org that has none."""
        return line.sf_applies_to == PERSON and PERSON_FLAG in missing

    @api.model
    def _check_required(self, stream: Stream, missing: Collection[str]) -> None:
        for line in stream.sudo().map_ids:
            paths = line._alternatives()
            if line.active and line.required and paths and all(path in missing for path in paths):
                if not self._idle(stream, line, missing):
                    raise FaultError(
                        FaultClass.contract,
                        "FIELD_MISSING",
                        self.env._(
                            "%(object)s has no field %(path)s that our user can read, and the mapping requires it.",
                            object=stream.remote_object,
                            path=line.remote_path,
                        ),
                        fields=paths,
                    )

    @api.model
    def known_fields(self, stream: Stream) -> dict[str, str]:
        return stream.sudo().sf_fields or {}

    @api.model
    def check_schema(self, stream: Stream) -> list[dict[str, Any]]:
        with self._session(stream.connection_id, "critical") as session:
            return self._check_lines(stream, describe.DescribeCache(session))

    @api.model
    def _check_lines(self, stream: Stream, lookup: describe.Lookup) -> list[dict[str, Any]]:
        """Return check_schema's answer from a DescribeCache."""
        missing = set(self._look(stream, lookup)["missing"])
        described = self._described(stream, lookup)
        answer = []
        for line in stream.sudo().map_ids.filtered("active"):
            paths = line._alternatives()
            gone = [path for path in paths if path in missing]
            if self._idle(stream, line, missing):
                status, detail = "unknown", self.env._("Not used: the org has no person accounts.")
            elif paths and len(gone) == len(paths):
                status = "missing"
                detail = self.env._(
                    "Not there, or hidden from our user: %s. What Odoo knows stays as it is.", ", ".join(gone)
                )
            else:
                status = "ok"
                detail = self.env._("Read without: %s.", ", ".join(gone)) if gone else ""
                found = describe.check_paths(described, paths, lookup)
                if paths and all(
                    check.status == describe.READ_ONLY for check in found.values() if check.path not in gone
                ):
                    status = "read_only"
            answer.append({"path": line.remote_path, "field": line.canonical_field, "status": status, "detail": detail})
        return answer


def digest_of(paths: Iterable[str]) -> str:
    return hashlib.blake2b("\n".join(paths).encode(), digest_size=8).hexdigest()
