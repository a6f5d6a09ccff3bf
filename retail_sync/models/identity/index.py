"""Keep the index of customers in sync, and look up candidates for a page of records at a time."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

from odoo.api import Environment
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.identity.blocking.blocking_keys import CANDIDATES, KEY_CAP, blocking_keys
from ...domain.identity.blocking.hashes import key_hash
from ...domain.identity.blocking.memory_index import BlockingIndex, ranked
from ...domain.identity.normalise.features import Features, prepare
from ...domain.identity.normalise.record import COMPANY, PERSON, Record
from ...domain.identity.normalise.serialise import pack, unpack
from ...domain.values.countries import country_code
from ...domain.values.phones import is_mobile, parse_phone, split_numbers
from ...runtime.sql import execute_values, index_scans
from ...runtime.transactions import separate_transaction
from ..links.dry_run_record import DryRun
from . import dry_run_index, value_counts
from .index_schema import WATCHED

# Partners whose keys one transaction computes: about a second of work.
STEP = 5000
# Seconds for which a job or a scheduled action updates the index: Odoo ends work that computes for a minute.
PATIENCE = 20
# Types of partners that are customers, not addresses of a customer.
OWN_TYPES = ("contact", "other")
# OFFSET 0 keeps the planner from looking up each key three times: for the result and for both bounds.
CARRIERS = (
    "SELECT wanted.key, carriers.ids FROM unnest(%s::bigint[]) wanted(key)"
    " CROSS JOIN LATERAL (SELECT ARRAY(SELECT partner_id FROM retail_sync_identity_key found"
    " WHERE found.key = wanted.key LIMIT %s) AS ids OFFSET 0) carriers"
    " WHERE cardinality(carriers.ids) BETWEEN %s AND %s"
)


# -- keeping the index in sync


def _backlog(env: Environment, most: int | None = None) -> int:
    """Return the number of stale entries, counted up to ``most``; a partner that changed twice counts twice."""
    entries = SQL("(SELECT FROM retail_sync_identity_stale LIMIT %s) entries", most)
    return env.execute_query(SQL("SELECT count(*) FROM %s", entries))[0][0]


def _refresh(env: Environment, limit: int | None = None) -> int:
    """Compute the keys of stale partners again in this transaction; return the number of stale entries removed.

    Call it in a transaction that reads committed rows. Without a limit, a worker that meets another worker at the same
    partners waits for it, and sees its keys afterwards.

    :param limit: at most so many entries, without those that another worker has locked
    """
    env["res.partner"].flush_model(WATCHED)
    unlocked = SQL(
        " WHERE ctid = ANY(ARRAY(SELECT ctid FROM retail_sync_identity_stale LIMIT %s FOR UPDATE SKIP LOCKED))",
        limit,
    )
    rows = env.execute_query(
        SQL("DELETE FROM retail_sync_identity_stale%s RETURNING partner_id", unlocked if limit else SQL())
    )
    ids = sorted({partner_id for (partner_id,) in rows})
    if not ids:
        return 0
    # Deleted by the keys that are stored with the partner, which saves a second index on the largest table.
    with index_scans(env):
        env.cr.execute(
            "WITH former AS (DELETE FROM retail_sync_identity_known WHERE partner_id = ANY(%s)"
            " RETURNING partner_id, keys)"
            " DELETE FROM retail_sync_identity_key gone USING former, unnest(former.keys) former_key"
            " WHERE gone.key = former_key AND gone.partner_id = former.partner_id",
            [ids],
        )
    keys, known = [], []
    companies = companies_of(env, ids)
    for record in read_records(env, ids):
        features = prepare(record)
        record_keys = keys_of(features)
        keys += [(key, record.id) for key in record_keys]
        values = sorted(value_counts.counted(env, features))
        known.append((record.id, companies.get(record.id), pack(features), record_keys, values))
    for statement, rows_to_insert in (
        ("INSERT INTO retail_sync_identity_key (key, partner_id) VALUES %s", keys),
        ("INSERT INTO retail_sync_identity_known (partner_id, company_id, features, keys, vals) VALUES %s", known),
    ):
        if rows_to_insert:
            execute_values(env, statement, rows_to_insert, page_size=10000)
    # The duplicate finder compares them again; for deleted partners it deletes their pairs.
    env.cr.execute("INSERT INTO retail_sync_identity_due SELECT unnest(%s::int[]) ON CONFLICT DO NOTHING", [ids])
    return len(rows)


def catch_up(env: Environment, patience: float | None = None) -> bool:
    """Refresh stale partners, one step per transaction: after an installation or an import there are many.

    :param patience: seconds after which the work stops; servers end jobs and scheduled actions that compute for long
    :return: whether no partner is stale any more
    """
    until = time.monotonic() + patience if patience is not None else None
    while True:
        with separate_transaction(env, read_committed=True) as tx:
            if _refresh(tx(su=True), STEP) < STEP:
                return True
        if until is not None and time.monotonic() >= until:
            return False


def read_records(env: Environment, ids: Iterable[int]) -> list[Record]:
    """Return the active partners that are no address of another partner, as Records in the order of their ids."""
    rows = env.execute_query(
        SQL(
            "SELECT partner.id, partner.is_company, partner.name, partner.email, partner.phone,"
            # Odoo copies a company's numbers to its people, so these numbers do not identify a person.
            " CASE WHEN COALESCE(partner.commercial_partner_id, partner.id) = partner.id THEN partner.vat END,"
            " CASE WHEN COALESCE(partner.commercial_partner_id, partner.id) = partner.id"
            " THEN partner.company_registry END, partner.website, partner.street, partner.street2, partner.city,"
            " partner.zip, state.code, country.code, partner.parent_id, parent.name, parent.is_company,"
            # Odoo copies a company's address to its people, so this address is no evidence about a person.
            " partner.type = 'contact' AND (partner.street, partner.zip, partner.city) IS NOT DISTINCT FROM"
            " (parent.street, parent.zip, parent.city)"
            " FROM res_partner partner"
            " LEFT JOIN res_country country ON country.id = partner.country_id"
            " LEFT JOIN res_country_state state ON state.id = partner.state_id"
            " LEFT JOIN res_partner parent ON parent.id = partner.parent_id"
            " WHERE partner.id = ANY(%s) AND partner.active AND partner.type = ANY(%s) ORDER BY partner.id",
            list(ids),
            list(OWN_TYPES),
        )
    )
    return [_of_row(*row) for row in rows]


def of_item(item: Any, parent_name: str, default_country: str = "") -> Record:
    """Return an incoming item as a Record, with the external id as its id.

    :param parent_name: name of the item's company, or an empty text
    :param default_country: code of the country for items without a country
    """
    values = item.main
    text = {name: str(value).strip() for name, value in values.items() if isinstance(value, str)}
    return Record(
        id=item.incoming.external_id,
        kind=COMPANY if (values.get("kind") or COMPANY) == COMPANY else PERSON,
        name=text.get("name", ""),
        first_name=text.get("first_name", ""),
        last_name=text.get("last_name", ""),
        company=parent_name,
        street=text.get("street", ""),
        street2=text.get("street2", ""),
        city=text.get("city", ""),
        zip=text.get("zip", ""),
        state=text.get("state", ""),
        country=(country_code(text["country"]) if text.get("country") else "") or default_country,
        **phone_numbers(text.get("phone", ""), (country_code(text["country"]) if text.get("country") else "")),
        emails=(text["email"],) if text.get("email") else (),
        website=text.get("website", ""),
        vat=text.get("vat", ""),
        parent=item.target_of("parent"),
    )


def keys_of(features: Features) -> list[int]:
    """Return the hashes of a record's blocking keys, without repetitions, in a fixed order."""
    return list(dict.fromkeys(key_hash(key) for key in blocking_keys(features)))


# -- looking up


def look_up(
    env: Environment,
    wanted: Sequence[Features],
    company_id: int = 0,
    keys: Sequence[Sequence[int]] | None = None,
    dry: DryRun | None = None,
) -> tuple[dict[int, list[int]], dict[int, Features]]:
    """Return ({index: [partner ids]}, {partner id: Features}) of partners that share a key with the given records.

    A key that many partners carry is no evidence and finds no partner. The queries always use indexes, because the
    planner misjudges tables that were not analysed yet.

    :param wanted: the Features of each record to look up
    :param company_id: only partners of this company or of no company; 0 for all
    :param keys: the keys of each record as `keys_of` returns them, if they are known already
    :param dry: a dry run: finds also what its earlier pages would have created, and all as they would have left it
    :raises RetryableJobError: while the index is being built; each retry continues the build
    """
    keys = keys or [keys_of(features) for features in wanted]
    if not any(keys):
        return {}, {}
    if _backlog(env, STEP) >= STEP and not catch_up(env, PATIENCE):
        raise RetryableJobError("The index of customers is being built", seconds=1, ignore_retry=True)
    with separate_transaction(env, read_committed=True) as tx:
        su_env = tx(su=True)
        _refresh(su_env)
        with index_scans(tx):
            ranked_ids = _ranked(su_env, keys, dry)
            wanted_ids = {id_ for ids in ranked_ids for id_ in ids}
            packed = stored(su_env, wanted_ids, company_id)
            if dry:
                packed.update(dry_run_index.packed(dry, wanted_ids))
        hits = {no: [id_ for id_ in ids if id_ in packed][:CANDIDATES] for no, ids in enumerate(ranked_ids) if ids}
    found = {id_: unpack(id_, packed[id_]) for id_ in {id_ for ids in hits.values() for id_ in ids}}
    _add_uncommitted(env, wanted, hits, found)
    return {no: sorted({id_ for id_ in ids if id_ in found}) for no, ids in hits.items()}, found


def key_carriers(env: Environment, keys: Iterable[int], least: int = 1, most: int = KEY_CAP) -> dict[int, list[int]]:
    """Return {key: ids of the partners that carry it} for keys with at least ``least`` and at most ``most`` carriers.

    :param most: KEY_CAP or one more
    """
    env.cr.execute(CARRIERS, [sorted(keys), KEY_CAP + 1, least, most])
    return dict(env.cr.fetchall())


def stored(env: Environment, ids: Iterable[int], company_id: int = 0) -> dict[int, str]:
    """Return {partner id: packed features} as the index stores them.

    :param company_id: only partners of this company or of no company; 0 for all
    """
    env.cr.execute(
        "SELECT partner_id, features FROM retail_sync_identity_known WHERE partner_id = ANY(%s)"
        " AND (company_id IS NULL OR %s = 0 OR company_id = %s)",
        [sorted(ids), company_id, company_id],
    )
    return dict(env.cr.fetchall())


def companies_of(env: Environment, ids: Iterable[int]) -> dict[int, int]:
    """Return {partner id: company id} of the partners that belong to a company."""
    rows = env.execute_query(
        SQL("SELECT id, company_id FROM res_partner WHERE id = ANY(%s) AND company_id IS NOT NULL", list(ids))
    )
    return dict(rows)


def _ranked(env: Environment, keys: Sequence[Sequence[int]], dry: DryRun | None = None) -> list[list[int]]:
    """Return for each list of keys the partners that share most of them: twice as many as are compared."""
    wanted = {key for record_keys in keys for key in record_keys}
    # With a dry run, keys that too many carry are read too: none of its records may be found by them either.
    carriers = key_carriers(env, wanted, most=KEY_CAP + 1 if dry else KEY_CAP)
    if dry:
        dry_run_index.add_carriers(dry, wanted, carriers)
    return [ranked([carriers[key] for key in record_keys if key in carriers], 2 * CANDIDATES) for record_keys in keys]


def _add_uncommitted(
    env: Environment, wanted: Sequence[Features], hits: dict[int, list[int]], found: dict[int, Features]
) -> None:
    """Add partners that this transaction created or changed: no other transaction, and so no look-up, sees them yet."""
    env["res.partner"].flush_model(WATCHED)
    rows = env.execute_query(
        SQL("SELECT DISTINCT partner_id FROM retail_sync_identity_stale WHERE txid = txid_current()")
    )
    if not rows:
        return
    uncommitted = BlockingIndex()
    for record in read_records(env, [row[0] for row in rows]):
        found[record.id] = prepare(record)
        uncommitted.add(found[record.id])
    for no, features in enumerate(wanted):
        hits[no] = [*hits.get(no, ()), *(candidate.id for candidate in uncommitted.candidates(features))]


def phone_numbers(text: str, country: str) -> dict[str, tuple[str, ...]]:
    """Return phone numbers as a Record's phones and mobiles: Odoo has one field, and people write two into it."""
    numbers: dict[str, tuple[str, ...]] = {}
    for part in split_numbers(text, country) if text else ():
        number, _flag = parse_phone(part, country)
        sort = "mobiles" if is_mobile(number) else "phones"
        numbers[sort] = (*numbers.get(sort, ()), number or part)
    return numbers


def _of_row(
    partner_id, is_company, name, email, phone, vat, registry, website, street, street2, city, zip_code, state,
    country, parent_id, parent_name, parent_is_company, inherits,
) -> Record:  # fmt: skip
    if inherits and not is_company:
        street = street2 = city = zip_code = state = ""
    return Record(
        id=partner_id,
        kind=COMPANY if is_company else PERSON,
        name=name or "",
        company=(parent_name or "") if parent_is_company and not is_company else "",
        street=street or "",
        street2=street2 or "",
        city=city or "",
        zip=zip_code or "",
        state=state or "",
        country=country or "",
        **phone_numbers(phone or "", country or ""),
        emails=(email,) if email else (),
        website=website or "",
        vat=vat or "",
        numbers=(registry,) if registry else (),
        parent=parent_id,
    )
