import pytest

from retail_sync.domain.canonical import registry
from retail_sync.domain.canonical.entity_spec import (
    Authority,
    Composite,
    DeclarationError,
    DeliveryClass,
    Effect,
    EntitySpec,
    FieldSpec,
    Identity,
    Lifecycle,
    OnMissing,
    PartSpec,
    ReferenceSpec,
    Strategy,
    declare,
)

ADDRESS = Composite("address", "Address", ("street", "city"))
STREET = (FieldSpec("street", "text", label="Street"), FieldSpec("city", "text", label="City"))
LINES = FieldSpec(
    "lines",
    "lines",
    label="Lines",
    lines=(
        FieldSpec("product", "ref", entity="product"),
        FieldSpec("quantity", "quantity", digits=3),
        FieldSpec("note", "text"),
    ),
)


def fields(*specs):
    return {spec.name: spec for spec in specs}


def customer(**changes):
    values = {
        "fields": (
            FieldSpec("name", "text", label="Name"),
            FieldSpec("vip", "bool", label="VIP", urgent=True),
            FieldSpec("parent", "ref"),
            *STREET,
        ),
        "composites": (ADDRESS,),
        "parts": (
            PartSpec("invoice", "Invoice address", fields(*STREET, FieldSpec("phone", "phone"))),
            PartSpec("line", "Line", fields(FieldSpec("sku", "code")), repeated=True),
        ),
        "references": (ReferenceSpec("parent", "parent", "customer"),),
        "identity": Identity.by_evidence(),
        "lifecycle": Lifecycle(remote_deletion=Effect.policy),
    }
    values.update(changes)
    return declare("customer", 2, **values)


def order(**changes):
    values = {
        "fields": (FieldSpec("number", "code"), FieldSpec("total", "amount", currency="EUR"), LINES),
        "references": (
            ReferenceSpec("customer", "customer", "customer", OnMissing.wait),
            ReferenceSpec("product", "lines.product", "product", "refuse"),
        ),
        "identity": Identity.by_key("number"),
        "authority": "odoo",
    }
    values["fields"] += (FieldSpec("customer", "ref"),)
    values.update(changes)
    return declare("order", 1, **values)


def test_the_declaration_answers_what_the_engine_asks():
    spec = customer()
    assert (spec.name, spec.version, spec.label) == ("customer", 2, "Customer")
    assert spec.urgent_fields() == {"vip"}
    assert list(spec.part_specs()) == ["name", "vip", "parent", "street", "city"]
    assert list(spec.part_specs("invoice")) == ["street", "city", "phone"]
    assert list(spec.part_specs("line:7")) == ["sku"]
    assert [composite.name for composite in spec.composites_of("invoice")] == ["address"]
    assert spec.composites_of("line:7") == []
    assert list(spec.merge_specs("invoice")) == ["street", "city", "phone", "address"]
    assert spec.owner_of("name") == "shared"


@pytest.mark.parametrize("part", ["", "delivery", "line", "line:", "invoice:1", "other:1"])
def test_a_part_that_is_not_declared_is_an_error(part):
    with pytest.raises(DeclarationError, match="no part"):
        customer().part_specs(part)


def test_words_stand_for_enums():
    spec = order()
    assert spec.authority is Authority.odoo
    assert spec.references["product"].on_missing is OnMissing.refuse
    assert spec.identity == Identity(Strategy.key, "number")
    assert spec.owner_of("total") == "odoo"
    assert order(authority="platform").owner_of("total") == "remote"


def test_the_default_lifecycle_keeps_records():
    assert set(order().lifecycle.effects().values()) == {Effect.keep}


def test_a_milestone_is_a_fact():
    spec = declare(
        "milestone",
        1,
        [FieldSpec("document", "ref"), FieldSpec("at", "datetime", zone="UTC")],
        references=[ReferenceSpec("document", "document", "order")],
        authority=Authority.odoo,
        lifecycle=Lifecycle.append_only(),
        delivery_class=DeliveryClass.fact,
    )
    assert spec.delivery_class is DeliveryClass.fact


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: customer(fields=()), "has fields"),
        (lambda: declare("customer", 0, STREET), "version"),
        (lambda: declare("Customer", 1, STREET), "lower-case"),
        (lambda: customer(fields=(*STREET, STREET[0])), "twice"),
        (lambda: customer(parts=(PartSpec("main", "Main", fields(*STREET)),)), "the record itself"),
        (lambda: PartSpec("invoice", "Invoice address", {}), "no fields"),
        (lambda: PartSpec("invoice", "Invoice address", {"x": STREET[0]}), "under the name"),
        (lambda: PartSpec("invoice", "Invoice address", fields(*STREET), needs=("street", "zip")), "needs zip"),
        (lambda: customer(composites=(Composite("name", "Name", ("street", "city")),)), "a field and a composite"),
        (lambda: customer(composites=(Composite("address", "Address", ("street", "zip")),)), "no part has all"),
        (lambda: customer(composites=(ADDRESS, Composite("place", "Place", ("city", "name")))), "two composites"),
        (lambda: Composite("address", "Address", ("street",)), "two different fields"),
        (lambda: customer(references=(ReferenceSpec("parent", "name", "customer"),)), "no ref field"),
        (lambda: customer(references=(ReferenceSpec("parent", "boss", "customer"),)), "no ref field"),
        (lambda: order(references=(ReferenceSpec("product", "lines.quantity", "product"),)), "no ref field"),
        (lambda: order(references=(ReferenceSpec("product", "lines.product", "customer"),)), "its field to 'product'"),
        (lambda: ReferenceSpec("parent", "parent", "customer", "later"), "none of: wait, if_expected, refuse, skip"),
        (lambda: order(identity=Identity.by_key("total")), "no field of kind"),
        (lambda: order(identity=Identity.by_key("sku")), "no field of kind"),
        (lambda: Identity(Strategy.key), "exactly when"),
        (lambda: Identity(Strategy.none, "sku"), "exactly when"),
        (lambda: order(identity=Identity.by_evidence()), "no evidence is weighed"),
        (lambda: order(authority="anyone"), "none of"),
        (lambda: order(fields=(FieldSpec("number", "code", owner="remote"),), references=()), "may not write"),
        (lambda: order(delivery_class="fact", lifecycle=Lifecycle(remote_deletion="archive")), "facts are never"),
        (lambda: Lifecycle(remote_deletion="burn"), "none of"),
        (lambda: FieldSpec("x", "colour"), "no kind named"),
        (lambda: FieldSpec("x", "text", "hidden"), "unknown sensitivity"),
        (lambda: FieldSpec("x", "text", owner="anyone"), "unknown owner"),
        (lambda: FieldSpec("x", "text", restrictive=True), "means nothing"),
        (lambda: FieldSpec("x", "amount", choices=("a",)), "means nothing"),
        (lambda: FieldSpec("x", "text", digits=2), "means nothing"),
        (lambda: FieldSpec("x", "amount", digits=99), "from 0 to 12"),
        (lambda: FieldSpec("x", "datetime", zone="Atlantis/Capital"), "no time zone"),
        (lambda: FieldSpec("x", "lines"), "declares the fields"),
        (lambda: FieldSpec("x", "lines", lines=(FieldSpec("key", "text"),)), "different names"),
    ],
)
def test_a_declaration_that_contradicts_itself_says_what_is_wrong(make, text):
    with pytest.raises(DeclarationError, match=text):
        make()


def test_the_masking_class_follows_from_the_kind_unless_declared():
    assert FieldSpec("x", "email").sensitivity == "personal"
    assert FieldSpec("x", "amount").sensitivity == "sensitive"
    assert FieldSpec("x", "text", "internal").sensitivity == "internal"
    # Lines are as closed as their most closed field.
    assert LINES.sensitivity == "personal"
    assert FieldSpec("x", "lines", lines=(FieldSpec("n", "integer"),)).sensitivity == "internal"


def test_a_field_carries_its_options_to_its_kind():
    assert FieldSpec("x", "amount", currency="JPY", digits=1).options.digits == 1
    assert LINES.options.lines[1].options.digits == 3


def test_the_digest_follows_meaning_and_not_labels():
    spec = customer()
    assert customer().digest == spec.digest
    assert customer(label="Client").digest == spec.digest
    assert customer(lifecycle=Lifecycle()).digest != spec.digest
    assert order().digest != order(authority="both").digest
    renamed = (FieldSpec("name", "text", label="Full name"), *list(spec.fields.values())[1:])
    assert customer(fields=renamed).digest == spec.digest
    closed = (FieldSpec("name", "text", "sensitive"), *list(spec.fields.values())[1:])
    assert customer(fields=closed).digest != spec.digest


# -- the registry


@pytest.fixture(autouse=True)
def _nothing_is_registered():
    """Tests of the registry begin with an empty one; what the engine declares is registered again afterwards."""
    known = registry.all()
    for spec in known:
        registry.unregister(spec.name)
    yield
    for spec in known:
        registry.register(spec)


def test_a_registered_entity_is_found_by_name_until_it_is_unregistered():
    spec = EntitySpec("gadget", 1, fields(FieldSpec("sku", "code", label="SKU")))
    with registry.registered(spec):
        assert registry.get("gadget") is spec
        assert spec in registry.all()
        assert registry.ENTITIES["gadget"] is spec
        assert registry.part_specs("main", "gadget") == spec.fields
        assert registry.field_labels()["sku"] == "SKU"
    assert "gadget" not in registry.ENTITIES
    with pytest.raises(registry.UnknownEntityError, match="no entity 'gadget'"):
        registry.get("gadget")


def test_the_same_declaration_may_come_twice_and_another_one_may_not():
    with registry.registered(customer()):
        registry.register(customer())
        with pytest.raises(DeclarationError, match="declared already"):
            registry.register(customer(lifecycle=Lifecycle()))
        assert registry.get("customer") == customer()


def test_labels_of_fields_come_from_entities_and_their_parts():
    with registry.registered(customer()):
        labels = registry.field_labels()
    assert labels["name"] == "Name" and "phone" in labels and "sku" in labels


def test_a_failed_test_set_up_leaves_nothing_registered():
    with pytest.raises(DeclarationError), registry.registered(order(), customer(), order(label="Sale")):
        pass
    assert registry.all() == []


def test_a_mark_of_what_needs_milestones_changes_no_stored_value():
    plain, marked = (declare("gadget", 1, (FieldSpec("sku", "code"),), tells_milestones=mark) for mark in (False, True))
    assert (plain.tells_milestones, marked.tells_milestones) == (False, True)
    assert plain.digest == marked.digest
