"""The demo retailer: deterministic, loadable in plan order, and its manifest tells the truth."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter

import phonenumbers
import pytest
from stdnum.eu import vat as eu_vat
from stdnum.gb import vat as gb_vat

from tests.simulators.retailer import generate, write_export
from tests.simulators.retailer.places import COUNTRIES
from tests.simulators.retailer.traps import TRAPS
from tests.simulators.retailer.words import UNPARSABLE_PHONES

LIMITS = {
    "Name": 255,
    "FirstName": 40,
    "LastName": 80,
    "Email": 80,
    "Phone": 40,
    "MobilePhone": 40,
    "BillingStreet": 255,
}


@pytest.fixture(scope="module")
def export():
    return generate()


@pytest.fixture(scope="module")
def clean():
    return generate(400, 600, clean=True)


def by_ref(export):
    return {record["attributes"]["referenceId"]: record for rows in export.records.values() for record in rows}


def trapped(export, name):
    """(index in its group, record) of every record under a trap."""
    records = by_ref(export)
    return [
        (place, records[ref]) for group in export.manifest["traps"][name]["groups"] for place, ref in enumerate(group)
    ]


def is_vat(number):
    compact = re.sub(r"[^A-Z0-9]", "", number.upper())
    return (gb_vat if compact.startswith("GB") else eu_vat).is_valid(compact)


def test_same_seed_same_bytes(tmp_path):
    for folder in ("one", "two"):
        # In processes of their own: a set's order differs from one process to the next.
        command = [sys.executable, "-m", "tests.simulators.retailer", "--out", str(tmp_path / folder)]
        subprocess.run([*command, "--accounts", "300", "--contacts", "300"], check=True, capture_output=True)
    first, second = ({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert first == second and len(first) == 7


def test_another_seed_other_records():
    assert generate(50, 50, seed=1).records != generate(50, 50, seed=2).records


@pytest.mark.parametrize("accounts,contacts", [(0, 0), (0, 40), (1, 0), (12, 3), (100, 100), (2000, 3000)])
def test_counts_are_what_was_asked_for(accounts, contacts):
    records = generate(accounts, contacts).records
    assert (len(records["Account"]), len(records["Contact"])) == (accounts, contacts)


def test_a_reference_points_only_backwards(export):
    seen = set()
    for rows in export.records.values():
        for record in rows:
            for value in record.values():
                if isinstance(value, str) and value.startswith("@") and "Ref" in value:
                    assert value[1:] in seen
            seen.add(record["attributes"]["referenceId"])


def test_hierarchy_has_three_levels_and_no_more(export):
    level = {}
    for record in export.records["Account"]:
        ref = record["attributes"]["referenceId"]
        level[ref] = level[record["ParentId"][1:]] + 1 if "ParentId" in record else 1
    assert set(level.values()) == {1, 2, 3}
    assert export.manifest["levels"] == 3


def test_every_trap_is_set_and_counted(export):
    for trap in TRAPS:
        noted = export.manifest["traps"][trap.name]
        assert noted["count"] == sum(map(len, noted["groups"])) >= 2, trap.name
        assert noted["expect"] and noted["why"]


def test_a_few_per_cent_are_for_review_not_more(export):
    doubtful = sum(t["count"] for t in export.manifest["traps"].values() if t["expect"] == "one_created_rest_review")
    assert 0.005 < doubtful / 5000 < 0.05


def test_vat_numbers_are_right_where_no_trap_is(export):
    bad = {record["Legacy_Id__c"] for _, record in trapped(export, "vat_bad_checksum")}
    odd = {record["Legacy_Id__c"] for _, record in trapped(export, "vat_formatted")}
    for record in export.records["Account"]:
        number = record["VAT_Number__c"]
        if number and record["Legacy_Id__c"] not in bad | odd:
            # A branch may carry the bad number of its head office.
            parent = record.get("ParentId", "@")[1:]
            assert is_vat(number) or parent in bad, number
    for _, record in trapped(export, "vat_bad_checksum"):
        assert not is_vat(record["VAT_Number__c"]), record["VAT_Number__c"]
    for _, record in trapped(export, "vat_formatted"):
        number = record["VAT_Number__c"]
        assert is_vat(number) or parent_is_bad(record, bad), number


def parent_is_bad(record, bad):
    return record.get("ParentId", "@")[1:] in bad


def test_phones_can_be_read_where_no_trap_is(export):
    words = {record["Legacy_Id__c"] for name in ("phone_unparsable_account", "phone_unparsable_contact")
             for _, record in trapped(export, name)}  # fmt: skip
    wrong = Counter()
    for record in export.records["Contact"]:
        for key in ("Phone", "MobilePhone"):
            if not record[key] or record["Legacy_Id__c"] in words:
                continue
            region = next(c.code for c in COUNTRIES if c.spellings[0] == record["MailingCountry"])
            number = phonenumbers.parse(record[key], region)
            wrong[phonenumbers.is_possible_number(number)] += 1
    assert wrong[False] == 0 and wrong[True] > 2500
    for name in ("phone_unparsable_account", "phone_unparsable_contact"):
        assert {record["Phone"] for _, record in trapped(export, name)} <= set(UNPARSABLE_PHONES)


def test_nothing_is_longer_than_salesforce_allows(export):
    for rows in export.records.values():
        for record in rows:
            for key, limit in LIMITS.items():
                assert len(record.get(key) or "") <= limit, (key, record[key])
    assert any(len(record["Name"]) == 255 for record in export.records["Account"])


def test_duplicates_are_alike_and_no_others_are(export):
    for name, keys in (
        ("contact_twin", ("FirstName", "LastName", "Email", "AccountId")),
        ("phone_twin", ("FirstName", "LastName", "Phone", "AccountId")),
        ("account_twin", ("Name", "VAT_Number__c")),
        ("vat_clash", ("VAT_Number__c",)),
    ):
        records = by_ref(export)
        for group in export.manifest["traps"][name]["groups"]:
            first, second = (records[ref] for ref in group)
            assert all(first.get(key) == second.get(key) for key in keys), group
            assert first["Phone"] or first["Email"]
    duplicates = {
        ref
        for name in ("contact_twin", "phone_twin")
        for group in export.manifest["traps"][name]["groups"]
        for ref in group
    }
    seen = Counter()
    for record in export.records["Contact"]:
        if record["Legacy_Id__c"] not in duplicates:
            name = (record["FirstName"] or "", record["LastName"])
            if record["Email"] and "@" in record["Email"] and not record["Email"].startswith("info@"):
                seen[(*name, record["Email"].strip().lower())] += 1
            if record["Phone"] and record["Phone"] not in UNPARSABLE_PHONES:
                seen[(*name, record["Phone"])] += 1
    valid = {key: count for key, count in seen.items() if count > 1 and key[-1].count("@") == 1 and " " not in key[-1]}
    assert valid == {}


def test_vat_is_shared_only_where_a_trap_says_so(export):
    traps = export.manifest["traps"]
    allowed = {
        ref
        for name in ("vat_clash", "account_twin", "vat_of_parent")
        for group in traps[name]["groups"]
        for ref in group
    }
    holders = {}
    for record in export.records["Account"]:
        if record["VAT_Number__c"]:
            holders.setdefault(record["VAT_Number__c"], set()).add(record["Legacy_Id__c"])
    assert all(refs <= allowed and len(refs) == 2 for refs in holders.values() if len(refs) > 1)


def test_addresses_are_as_the_manifest_says(export):
    parts = ("Street", "City", "State", "PostalCode", "Country")

    def both(record):
        return [tuple(record.get(f"{kind}{part}") or "" for part in parts) for kind in ("Billing", "Shipping")]

    for _, record in trapped(export, "shipping_same"):
        billing, shipping = both(record)
        assert billing == shipping
    for _, record in trapped(export, "shipping_case"):
        billing, shipping = both(record)
        assert billing != shipping
        assert billing[0].casefold() + "." == shipping[0].strip().casefold() and billing[1].upper() == shipping[1]
    for _, record in trapped(export, "shipping_different"):
        billing, shipping = both(record)
        assert billing[0].casefold() != shipping[0].casefold() and shipping[0]
    for _, record in trapped(export, "address_empty"):
        assert not any(both(record)[0])


def test_late_ones_are_late(export):
    records = by_ref(export)
    for name in ("late_parent", "late_account"):
        for parent, child in export.manifest["traps"][name]["groups"]:
            assert records[parent]["SystemModstamp"] > records[child]["SystemModstamp"]


def test_clean_export_has_hierarchy_and_nothing_else(clean):
    assert clean.manifest["traps"] == {} and clean.manifest["with_parent"]["Account"] > 50
    for kind in ("Account", "Contact"):
        rows = clean.records[kind]
        assert all(phonenumbers.is_possible_number(phonenumbers.parse(row["Phone"])) for row in rows)
        for key in ("Phone", "Email", "VAT_Number__c"):
            values = [row[key] for row in rows if row.get(key)]
            assert len(values) == len(set(values))
        assert not any(row.get("ShippingStreet") for row in rows)


def test_plan_names_every_file_once_and_each_holds_at_most_200(export, tmp_path):
    write_export(export, tmp_path)
    plan = json.loads((tmp_path / "retailer-plan.json").read_text(encoding="utf-8"))
    files = [name for entry in plan for name in entry["files"]]
    assert [entry["sobject"] for entry in plan] == ["User", "Account", "Contact"]
    assert sorted(files) == sorted(
        p.name for p in tmp_path.iterdir() if p.name not in ("manifest.json", "retailer-plan.json")
    )
    sizes = [len(json.loads((tmp_path / name).read_text(encoding="utf-8"))["records"]) for name in files]
    assert max(sizes) == 200 and sum(sizes) == 5008


def test_writing_again_leaves_no_file_of_the_former_export(tmp_path):
    write_export(generate(500, 0), tmp_path)
    write_export(generate(10, 0), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "Accounts-0001.json", "Users-0001.json", "manifest.json", "retailer-plan.json",
    ]  # fmt: skip
