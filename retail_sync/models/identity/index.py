"""Keeping the index in step, and looking up a page of records at a time."""

import time

from odoo.api import Environment
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.identity.blocking.blocking_keys import CANDIDATES, KEY_CAP, blocking_keys
from ...domain.identity.blocking.hashes import key_hash
from ...domain.identity.blocking.memory_index import BlockingIndex, ranked
from ...domain.identity.normalise.features import prepare
from ...domain.identity.normalise.record import COMPANY, PERSON, Record
from ...domain.identity.normalise.serialise import pack, unpack
from ...domain.values.countries import country_code
from ...domain.values.phones import is_mobile, parse_phone
from ...runtime.sql import execute_values, index_scans
from ...runtime.transactions import separate_transaction
from . import value_counts
from .index_schema import WATCHED

# Partners whose keys are computed in one go: about a second of work.
STEP = 5000
# Seconds that a job or a scheduled action gives to bringing the index up to date: Odoo ends what computes for a minute.
PATIENCE = 20
# Partners that are customers, not addresses of one.
OWN_TYPES = ("contact", "other")
# OFFSET 0 keeps the planner from looking each key up three times: for what is returned, and for both bounds.
CARRIERS = (
    "SELECT wanted.key, carriers.ids FROM unnest(%s::bigint[]) wanted(key)"
    " CROSS JOIN LATERAL (SELECT ARRAY(SELECT partner_id FROM retail_sync_identity_key found"
    " WHERE found.key = wanted.key LIMIT %s) AS ids OFFSET 0) carriers"
    " WHERE cardinality(carriers.ids) BETWEEN %s AND %s"
)


# -- keeping in step


def _backlog(env: Environment, most=None):
    """Return how many stale entries there are, counted to ``most``; a partner that changed twice counts twice."""
    entries = SQL("(SELECT FROM retail_sync_identity_stale LIMIT %s) entries", most)
    return env.execute_query(SQL("SELECT count(*) FROM %s", entries))[0][0]


def _refresh(env: Environment, limit=None):
    """Bring the keys of stale partners up to date, in this transaction; return how many entries were taken.

    Call it in a transaction that reads committed rows. Without a limit, who meets another
    worker at the same partners waits for it, and sees its keys afterwards.

    :param limit: at most so many entries, none of those that another worker has in hand
    """
    env["res.partner"].flush_model(WATCHED)
    some = SQL(
        " WHERE ctid = ANY(ARRAY(SELECT ctid FROM retail_sync_identity_stale LIMIT %s FOR UPDATE SKIP LOCKED))",
        limit,
    )
    rows = env.execute_query(
        SQL("DELETE FROM retail_sync_identity_stale%s RETURNING partner_id", some if limit else SQL())
    )
    ids = sorted({partner_id for (partner_id,) in rows})
    if not ids:
        return 0
    # By their keys, as they are stored with the partner: that saves an index on the largest table there is.
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
    for record in _read(env, ids):
        features = prepare(record)
        mine = keys_of(features)
        keys += [(key, record.id) for key in mine]
        known.append(
            (record.id, companies.get(record.id), pack(features), mine, sorted(value_counts.counted(env, features)))
        )
    for statement, values in (
        ("INSERT INTO retail_sync_identity_key (key, partner_id) VALUES %s", keys),
        ("INSERT INTO retail_sync_identity_known (partner_id, company_id, features, keys, vals) VALUES %s", known),
    ):
        if values:
            execute_values(env, statement, values, page_size=10000)
    # The duplicate finder looks at them again; also at those that are gone, to forget their pairs.
    env.cr.execute("INSERT INTO retail_sync_identity_due SELECT unnest(%s::int[]) ON CONFLICT DO NOTHING", [ids])
    return len(rows)


def catch_up(env: Environment, patience=None):
    """Refresh what is stale, a step a transaction: after an installation or an import that is a great deal.

    :param patience: seconds after which it stops; servers end jobs and scheduled actions that compute for long
    :return: whether all is refreshed
    """
    until = time.monotonic() + patience if patience is not None else None
    while True:
        with separate_transaction(env, read_committed=True) as tx:
            if _refresh(tx(su=True), STEP) < STEP:
                return True
        if until is not None and time.monotonic() >= until:
            return False


def _read(env: Environment, ids):
    """Return those of the partners that are in use, and no address of another one, as Records; one query.

    In the order of their ids.
    """
    rows = env.execute_query(
        SQL(
            "SELECT partner.id, partner.is_company, partner.name, partner.email, partner.phone,"
            # Odoo copies a company's numbers to its people: they prove nothing about one of them.
            " CASE WHEN COALESCE(partner.commercial_partner_id, partner.id) = partner.id THEN partner.vat END,"
            " CASE WHEN COALESCE(partner.commercial_partner_id, partner.id) = partner.id"
            " THEN partner.company_registry END, partner.website, partner.street, partner.street2, partner.city,"
            " partner.zip, state.code, country.code, partner.parent_id, parent.name, parent.is_company,"
            # Odoo copies a company's address to its people: that is nothing they say of themselves.
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


def of_item(item, parent_name, default_country=""):
    """Return an incoming record as a Record; its id is the remote one."""
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
        **_numbers(text.get("phone", ""), (country_code(text["country"]) if text.get("country") else "")),
        emails=(text["email"],) if text.get("email") else (),
        website=text.get("website", ""),
        vat=text.get("vat", ""),
        parent=item.target_of("parent"),
    )


def keys_of(features):
    """Return the hashes of a record's blocking keys, each once, in a fixed order."""
    return list(dict.fromkeys(key_hash(key) for key in blocking_keys(features)))


# -- looking up


def look_up(env: Environment, wanted, company_id=0, keys=None):
    """Return ({index: [partner ids]}, {partner id: Features}) of those who share a key with the features given.

    A key that many carry is no evidence and finds nobody. All by index, whatever the planner thinks of
    tables that nobody has analysed yet.

    :param wanted: Features, one per record to look up
    :param company_id: only partners of this company or of none; 0 for all
    :param keys: their keys as `keys_of` makes them, where they are at hand
    :raises RetryableJobError: while the index is being built; each try builds on
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
            hits = _ranked(su_env, keys)
            found = stored(su_env, {one for ids in hits for one in ids}, company_id)
        hits = {no: [one for one in ids if one in found][:CANDIDATES] for no, ids in enumerate(hits) if ids}
    found = {one: unpack(one, found[one]) for one in {one for ids in hits.values() for one in ids}}
    _add_own(env, wanted, hits, found)
    return {no: sorted({one for one in ids if one in found}) for no, ids in hits.items()}, found


def key_carriers(env: Environment, keys, least=1):
    """Return {key: ids of the partners that carry it}, of keys that at least so many carry, and not too many."""
    env.cr.execute(CARRIERS, [sorted(keys), KEY_CAP + 1, least, KEY_CAP])
    return dict(env.cr.fetchall())


def stored(env: Environment, ids, company_id=0):
    """Return {partner id: packed features} as they are stored; of a company and of none, 0 for all."""
    env.cr.execute(
        "SELECT partner_id, features FROM retail_sync_identity_known WHERE partner_id = ANY(%s)"
        " AND (company_id IS NULL OR %s = 0 OR company_id = %s)",
        [sorted(ids), company_id, company_id],
    )
    return dict(env.cr.fetchall())


def companies_of(env: Environment, ids):
    """Return {partner id: company id} of those that belong to one company."""
    rows = env.execute_query(
        SQL("SELECT id, company_id FROM res_partner WHERE id = ANY(%s) AND company_id IS NOT NULL", list(ids))
    )
    return dict(rows)


def _ranked(env: Environment, keys):
    """Return for each list of keys the partners to look at, best first: twice as many as are compared."""
    carriers = key_carriers(env, {key for some in keys for key in some})
    return [ranked([carriers[key] for key in some if key in carriers], 2 * CANDIDATES) for some in keys]


def _add_own(env: Environment, wanted, hits, found):
    """Add the partners that this very transaction made or changed: nobody else sees them yet."""
    env["res.partner"].flush_model(WATCHED)
    rows = env.execute_query(
        SQL("SELECT DISTINCT partner_id FROM retail_sync_identity_stale WHERE txid = txid_current()")
    )
    if not rows:
        return
    mine = BlockingIndex()
    for record in _read(env, [row[0] for row in rows]):
        found[record.id] = prepare(record)
        mine.add(found[record.id])
    for no, features in enumerate(wanted):
        hits[no] = [*hits.get(no, ()), *(one.id for one in mine.candidates(features))]


def _numbers(text, country):
    """Return a phone as a Record's phones or mobiles: Odoo has one field for both."""
    if not text:
        return {}
    number, _flag = parse_phone(text, country)
    return {"mobiles" if is_mobile(number) else "phones": (number or text,)}


def _of_row(
    partner_id, is_company, name, email, phone, vat, registry, website, street, street2, city, zip_code, state,
    country, parent_id, parent_name, parent_is_company, inherits,
):  # fmt: skip
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
        **_numbers(phone or "", country or ""),
        emails=(email,) if email else (),
        website=website or "",
        vat=vat or "",
        numbers=(registry,) if registry else (),
        parent=parent_id,
    )
