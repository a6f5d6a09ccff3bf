"""Inverses that an adapter brings along."""

import pytest

from retail_sync.domain.canonical.schema import ABSENT
from retail_sync.domain.mapping.decoding import MapRow
from retail_sync.domain.mapping.encoding import compile_encoder
from retail_sync.domain.mapping.inverse_transforms import INVERSES, inverse
from retail_sync.domain.mapping.transforms import TRANSFORMS, register


def row(field, path, transform="", **more):
    return MapRow(field, path, transform, **{"direction": "both", **more})


def test_the_country_is_at_hand_for_every_inverse_and_options_of_the_run_come_through():
    seen = []

    def spy(value, ctx):
        seen.append((ctx.country(), ctx.options.get("x"), ctx.record.get("R"), ctx.field))
        return value

    try:
        register("test_spy")(lambda value, ctx: value)
        inverse("test_spy")(spy)
        rows = [row("phone", "P", "test_spy", part="delivery", options={"x": 2})]
        parts = {"main": {"country": "IT"}, "delivery": {"phone": "1"}}
        compile_encoder(rows, "customer").encode(parts, None, {"x": 1, "default_country": "DE"}, remote={"R": 3})
        compile_encoder(rows, "customer").encode({"delivery": {"phone": "1"}}, None, {"x": 1, "default_country": "DE"})
    finally:
        TRANSFORMS.pop("test_spy"), INVERSES.pop("test_spy")
    assert seen == [("IT", 2, 3, "phone"), ("DE", 2, None, "phone")]


@pytest.mark.parametrize(
    ("function", "code"),
    [
        (lambda value, ctx: 1 / 0, "TRANSFORM_FAILED"),
        (lambda value, ctx: ["a"], "BAD_VALUE"),
        (lambda value, ctx: {"A": {"nested": 1}}, "BAD_VALUE"),
    ],
)
def test_an_adapter_s_inverse_may_fail_in_any_way(function, code):
    try:
        register("test_bad")(lambda value, ctx: value)
        inverse("test_bad")(function)
        encoded = compile_encoder([row("city", "A", "test_bad"), row("zip", "Z")], "customer").encode(
            {"main": {"city": "x", "zip": "1"}}
        )
    finally:
        TRANSFORMS.pop("test_bad"), INVERSES.pop("test_bad")
    assert encoded.fields == {"Z": "1"}
    assert [(error.code, error.field) for error in encoded.errors] == [(code, "city")]


def test_an_adapter_s_inverse_may_name_the_fields_it_writes():
    try:
        register("test_owner")(lambda value, ctx: value)
        inverse("test_owner", parts=lambda path, options: {"id": "OwnerId", "log": "Log"})(
            lambda value, ctx: {ctx.options["id"]: f"005{value}", "Log": ABSENT}
        )
        encoder = compile_encoder([row("owner", "Owner.Email", "test_owner")], "customer")
        encoded = encoder.encode({"main": {"owner": "x"}}, {"main": {"owner"}})
    finally:
        TRANSFORMS.pop("test_owner"), INVERSES.pop("test_owner")
    assert encoder.paths == ["OwnerId", "Log"]
    assert (encoded.fields, encoded.warnings, encoded.errors) == ({"OwnerId": "005x"}, [], [])
