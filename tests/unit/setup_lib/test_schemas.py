"""The files in docs/schemas are what the declarations say, and no version of them changed its meaning."""

import json

import pytest

from retail_sync.domain.canonical.entity_spec import FieldSpec, declare
from retail_sync.domain.canonical.json_schema import schema_of
from setup.lib import schemas

NUMBER, REMARK = FieldSpec("number", "code"), FieldSpec("remark", "text")


def declared(*fields, version=1):
    schema = schema_of(declare("paper", version, fields))
    return {schemas.file_of(schema): schema}


def test_the_files_are_fresh_and_no_version_changed_its_meaning():
    assert schemas.problems(schemas.declared()) == []


@pytest.mark.parametrize("file", sorted(schemas.FOLDER.glob("*.json")), ids=lambda file: file.name)
def test_every_file_says_in_itself_which_entity_and_version_it_is(file):
    schema = json.loads(file.read_text(encoding="utf-8"))
    assert file.name == f"{schema['x-entity']}.v{schema['x-version']}.json"
    assert schema["$id"] == f"urn:retail-sync:entity:{schema['x-entity']}:v{schema['x-version']}"


def test_every_entity_of_the_engine_has_a_file():
    names = {schema["x-entity"] for schema in schemas.declared().values()}
    assert {"customer", "order", "shipment", "invoice", "payment", "return", "product", "case"} <= names


def test_a_missing_file_is_reported_and_written(tmp_path):
    assert schemas.problems(declared(NUMBER), tmp_path) == ["paper.v1.json is missing: setup/schemas --write"]
    assert schemas.write(declared(NUMBER), tmp_path) == []
    assert schemas.problems(declared(NUMBER), tmp_path) == []


def test_a_stale_file_fails_also_where_only_the_digest_tells(tmp_path):
    schemas.write(declared(NUMBER), tmp_path)
    urgent = FieldSpec("number", "code", urgent=True)
    assert schemas.problems(declared(urgent), tmp_path) == [
        "paper.v1.json differs from the declaration: setup/schemas --write"
    ]


def test_a_field_more_is_written_into_the_same_version(tmp_path):
    schemas.write(declared(NUMBER), tmp_path)
    assert schemas.write(declared(NUMBER, REMARK), tmp_path) == []
    assert schemas.problems(declared(NUMBER, REMARK), tmp_path) == []


def test_a_change_that_breaks_readers_needs_a_new_version(tmp_path):
    schemas.write(declared(NUMBER, REMARK), tmp_path)
    reported = "paper: Field 'remark' is gone. Raise the version of its declaration."
    assert reported in schemas.problems(declared(NUMBER), tmp_path)
    assert schemas.write(declared(NUMBER), tmp_path) == [reported]
    assert schemas.problems(declared(NUMBER, REMARK), tmp_path) == [], "the file is as it was"
    assert schemas.write(declared(NUMBER, version=2), tmp_path) == []
    assert sorted(file.name for file in tmp_path.iterdir()) == ["paper.v1.json", "paper.v2.json"]


def test_before_a_release_a_version_may_be_written_anew(tmp_path):
    schemas.write(declared(NUMBER, REMARK), tmp_path)
    assert schemas.write(declared(NUMBER), tmp_path, force=True) == []
    assert schemas.problems(declared(NUMBER), tmp_path) == []
