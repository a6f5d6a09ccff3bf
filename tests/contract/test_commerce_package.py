"""Orders and what follows them in the folder `sfdx`: what the maps need, what an org limits, and that names agree.

Salesforce finds a name that nothing has only when it is deployed; here it is found before.
"""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from .metadata_schema import NAMESPACE
from .sfdx_source import commerce, components, fields, mapped, permissions, text, texts

# What each transform of a map may be written to; other transforms write text.
KINDS = {
    "amount": {"Currency"}, "quantity": {"Number"}, "number": {"Number"}, "bool": {"Checkbox"}, "date": {"Date"},
    "datetime": {"DateTime"}, "url": {"Url"}, "email": {"Email"}, "salesforce_ref": {"Lookup", "MasterDetail"},
    "value_map": {"Picklist"}, "lines_json": {"LongTextArea"}, "text": {"LongTextArea", "TextArea"},
}  # fmt: skip
TEXT = {"Text", "LongTextArea"}
# Standard fields that the package's lists, layouts and reports name.
STANDARD = {"Name", "NAME", "OwnerId", "Owner", "Id"}
LIMITS = {"Text": 255, "LongTextArea": 131072}
# Standard fields for which Salesforce takes no permission: required ones, keys, and what follows from others.
WITHOUT_PERMISSION = {
    "Name", "StageName", "CloseDate", "IsWon", "OrderNumber", "Status", "StatusCode", "EffectiveDate", "UnitPrice",
    "Product2Id", "PricebookEntryId", "Quantity", "Owner.Email", "OpportunityLineItems", "OrderItems", "Id",
}  # fmt: skip
NEVER_OF = {"PricebookEntry": {"IsActive"}, "Order": {"AccountId"}}
ORDER_SCHEMA = Path(__file__).resolve().parents[2] / "docs/schemas/order.v1.json"
OURS = [name for name in fields() if name.startswith("ERP_") and name.endswith("__c")]


def all_fields():
    return [(name, field, root) for name, found in fields().items() for field, root in found.items()]


def unknown(object_name, names):
    """Names that are no field of an object: neither the package's nor a standard one."""
    custom = fields().get(object_name, {})
    return [name for name in names if name not in custom and name not in STANDARD and not name.startswith("CASES.")]


@pytest.mark.parametrize(("object_name", "line"), mapped(), ids=lambda part: part if isinstance(part, str) else None)
def test_a_mapped_field_exists_and_takes_what_is_sent(object_name, line):
    for path in line["remote_path"].split("|"):
        if path.endswith("__c"):
            takes_what_is_sent(object_name, path, line)


def takes_what_is_sent(object_name, path, line):
    root = fields()[object_name].get(path)
    assert root is not None, f"{object_name}.{path} is not in the package"
    kind, transform, options = text(root, "type"), line["transform"], line.get("options") or {}
    assert kind in KINDS.get(transform, TEXT), f"{object_name}.{path} is {kind}, and {transform or 'text'} is sent"
    if transform == "salesforce_ref":
        assert text(root, "referenceTo") == options["object"]
    if transform == "value_map":
        values = [text(value, "fullName") for value in root.iter(f"{NAMESPACE}value")]
        assert values == [value for value in options["value_map"] if value != "*"]


def test_lines_as_records_have_their_fields():
    module, found = commerce(), fields()["ERP_Order_Line__c"]
    assert module.ORDER_LINE_OBJECT == "ERP_Order_Line__c"
    for path, transform in module.ORDER_LINE_FIELDS.values():
        assert text(found[path], "type") in KINDS.get(transform, TEXT | {"Picklist"}), path
    assert text(found[module.LINE_REMOVED], "type") == "Checkbox"
    for name in (module.CAUSE_GONE, module.WORKED_ON):
        assert text(fields()["Case"][name], "type") == "Checkbox"


def test_every_object_that_a_map_writes_has_the_external_id():
    for name in {name for name, _ in mapped()} | {"ERP_Order_Line__c", "Pricebook2", "Order"}:
        root = fields()[name]["Odoo_External_Id__c"]
        wanted = {"type": "Text", "length": "64", "unique": "true", "externalId": "true", "caseSensitive": "true"}
        assert {key: text(root, key) for key in wanted} == wanted, name


def test_names_and_labels_fit():
    """Names and labels of fields: 40 characters; help: 510; descriptions: 1,000."""
    for name, field, root in all_fields():
        assert len(field.removesuffix("__c")) <= 40 and re.fullmatch(r"[A-Za-z]\w*__c", field), f"{name}.{field}"
        assert "__" not in field.removesuffix("__c"), f"{name}.{field}"
        assert 0 < len(text(root, "label")) <= 40, f"{name}.{field}"
        assert len(text(root, "inlineHelpText")) <= 510 and 0 < len(text(root, "description")) <= 1000
    for path, root in components("objects/*/*.object-meta.xml").items():
        assert 0 < len(text(root, "label")) <= 40 and 0 < len(text(root, "pluralLabel")) <= 40, path.name
    for pattern in ("objects/*/listViews/*", "objects/*/compactLayouts/*", "reportTypes/*", "reports/*/*"):
        for path, root in components(pattern).items():
            assert len(path.name.split(".")[0]) <= 40, path.name
            assert 0 < len(text(root, "label") or text(root, "name")) <= 40, path.name
            assert len(text(root, "description")) <= 255, path.name


def test_labels_of_an_object_differ():
    for name, found in fields().items():
        labels = Counter(text(root, "label") for root in found.values())
        assert [label for label, count in labels.items() if count > 1] == [], name


def test_lengths_fit():
    for name, field, root in all_fields():
        kind = text(root, "type")
        if kind in LIMITS:
            assert 0 < int(text(root, "length")) <= LIMITS[kind], f"{name}.{field}"
        if kind == "LongTextArea":
            assert int(text(root, "length")) > 255 and 2 <= int(text(root, "visibleLines")) <= 50, f"{name}.{field}"
        if kind in ("Number", "Currency", "Percent"):
            precision, scale = int(text(root, "precision")), int(text(root, "scale"))
            assert 0 <= scale <= precision <= 18, f"{name}.{field}"
    for name, found in fields().items():
        long = sum(int(text(root, "length")) for root in found.values() if text(root, "type") == "LongTextArea")
        assert long <= 1_638_400, f"{name}: an org has no more room for long texts in one object"


def test_lookups():
    """Accounts merge and orders move: only an order's lines hang on it. Names of children differ under one parent."""
    names = Counter()
    for name, field, root in all_fields():
        kind = text(root, "type")
        if kind not in ("Lookup", "MasterDetail"):
            continue
        assert (kind == "MasterDetail") is (name == "ERP_Order_Line__c" and field == "ERP_Order__c"), f"{name}.{field}"
        assert kind == "MasterDetail" or text(root, "deleteConstraint") == "SetNull", f"{name}.{field}"
        assert 0 < len(text(root, "relationshipName")) <= 40 and text(root, "relationshipLabel"), f"{name}.{field}"
        names[text(root, "referenceTo"), text(root, "relationshipName")] += 1
        parent = text(root, "referenceTo")
        assert parent in fields() or parent in ("Account", "Contact"), f"{name}.{field}"
    assert [key for key, count in names.items() if count > 1] == []


def test_picklists_refuse_no_new_word():
    for name, field, root in all_fields():
        if text(root, "type") == "Picklist":
            assert text(root, "valueSet/restricted") == "false", f"{name}.{field}"


def test_objects():
    for name in OURS:
        [root] = components(f"objects/{name}/{name}.object-meta.xml").values()
        detail = name == "ERP_Order_Line__c"
        assert text(root, "sharingModel") == ("ControlledByParent" if detail else "Read"), name
        assert (text(root, "enableActivities"), text(root, "enableHistory")) == ("false", "false"), name
        assert (text(root, "enableReports"), text(root, "enableSearch")) == ("true", "true"), name
        assert text(root, "nameField/type") == "Text", "numbers come from Odoo"
        compact = text(root, "compactLayoutAssignment")
        assert components(f"objects/{name}/compactLayouts/{compact}.compactLayout-meta.xml"), name
        page = text(root, "actionOverrides/content")
        assert not page or components(f"flexipages/{page}.flexipage-meta.xml"), name


def test_everybody_gets_the_rights_that_are_meant_for_them():
    """Integration: create and edit, no delete and no view-all. Viewers: read. A master's field takes no permission."""
    writes, reads = permissions("Retail_Sync_[IO]*[nr]*"), permissions("Retail_Sync_*Viewer")
    given = {"Send_To_ERP__c", "Odoo_Customer_Reference__c", "Odoo_Brand__c", "Odoo_Region__c"}
    for name, field, root in all_fields():
        if name.endswith("__e"):
            continue
        key = f"{name}.{field}"
        if text(root, "type") == "MasterDetail":
            assert key not in writes | reads
            continue
        assert key in writes, f"{key} is hidden from the integration user"
        shown = "External_Id" not in field
        assert (key in reads) is shown, f"{key}: viewers"
        assert not shown or reads[key] is (field in given), f"{key}: viewers"
    for path, root in components("permissionsets/*.xml").items():
        for entry in root.iter(f"{NAMESPACE}objectPermissions"):
            if text(entry, "object") in ("Account", "Contact"):
                continue
            rights = [text(entry, right) for right in ("allowDelete", "modifyAllRecords", "viewAllRecords")]
            assert rights == ["false"] * 3, path.name
            assert text(entry, "allowRead") == "true", path.name
            if "Viewer" in path.name:
                assert (text(entry, "allowCreate"), text(entry, "allowEdit")) == ("false", "false"), path.name


@pytest.mark.parametrize("object_name", ["Opportunity", "Order"])
def test_the_flag_of_the_filters_is_a_checkbox_that_may_be_read(object_name):
    flag = commerce("intake_lines").FLAG
    assert text(fields()[object_name][flag], "type") == "Checkbox"
    assert f"{object_name}.{flag}" in permissions("Retail_Sync_[IO]*[nr]*")


@pytest.mark.parametrize(("object_name", "line"), mapped(), ids=lambda part: part if isinstance(part, str) else None)
def test_a_mapped_standard_field_has_its_permission(object_name, line):
    for path in line["remote_path"].split("|"):
        if path.endswith("__c") or path in WITHOUT_PERMISSION | NEVER_OF.get(object_name, set()):
            continue
        key = f"{object_name}.{re.sub('(Country|State)(Code)?$', 'Address', path)}"
        given = permissions("Retail_Sync_[IO]*[nr]*")
        assert key in given, f"{key} is hidden from the integration user"
        assert line["direction"] == "in" or given[key], f"{key} cannot be written"


def test_permissions_name_fields_of_the_package():
    for key in permissions("*"):
        name, _, field = key.partition(".")
        assert not field.endswith("__c") or field in fields()[name], key


def test_compact_layouts_and_lists_name_fields():
    for path, root in components("objects/*/compactLayouts/*.xml").items():
        assert unknown(path.parent.parent.name, texts(root, "fields")) == [], path.name
        assert len(texts(root, "fields")) <= 10, path.name
    for path, root in components("objects/*/listViews/*.xml").items():
        name = path.parent.parent.name
        if name in ("Account", "Contact"):
            continue
        assert unknown(name, texts(root, "columns")) == [], path.name
        assert len(texts(root, "columns")) <= 15, path.name
        for entry in root.iter(f"{NAMESPACE}filters"):
            check_filter(name, text(entry, "field"), text(entry, "value"))


def check_filter(object_name, field, value):
    """A filter names a field that can be filtered by, and words that its picklist has."""
    assert unknown(object_name, [field]) == []
    root = fields()[object_name].get(field)
    if root is None:
        return
    assert text(root, "type") != "LongTextArea", f"{object_name}.{field} cannot be filtered by"
    if text(root, "type") == "Picklist":
        values = {text(entry, "fullName") for entry in root.iter(f"{NAMESPACE}value")}
        assert set(value.split(",")) <= values, f"{object_name}.{field}"


def test_layouts_name_fields_and_related_lists():
    seen = set()
    for path, root in components("layouts/*.xml").items():
        name, _, label = path.name.removesuffix(".layout-meta.xml").partition("-")
        seen.add(name)
        [described] = components(f"objects/{name}/{name}.object-meta.xml").values()
        assert label == f"{text(described, 'label')} Layout", (
            "the name of the layout that a new object gets automatically"
        )
        shown = texts(root, "field")
        assert unknown(name, shown) == [] and len(shown) == len(set(shown)), path.name
        hidden = {field for field in fields()[name] if field not in shown}
        assert hidden <= {"Lines__c", "Timeline__c"}, f"{path.name}: {hidden}"
        for entry in root.iter(f"{NAMESPACE}relatedLists"):
            child, _, field = text(entry, "relatedList").partition(".")
            assert text(fields()[child][field], "referenceTo") == name, path.name
            assert unknown(child, texts(entry, "fields")) == [], path.name
    assert seen == set(OURS)


def test_record_pages_name_components():
    for path, root in components("flexipages/*.xml").items():
        name = text(root, "sobjectType")
        ours = [component for component in texts(root, "componentName") if ":" not in component]
        assert ours, path.name
        for component in ours:
            [bundle] = components(f"lwc/{component}/*.js-meta.xml").values()
            assert name in texts(bundle, "object"), f"{path.name}: {component}"


def test_reports_name_columns_of_their_report_types():
    found = components("reports/*/*.xml")
    assert found
    for path, root in found.items():
        [kind] = components(f"reportTypes/{text(root, 'reportType').removesuffix('__c')}.reportType-meta.xml").values()
        name = text(kind, "baseObject")
        columns = {f"{name}${column}" for column in texts(kind, "field")}
        grouped = [text(entry, "field") for entry in root.iter(f"{NAMESPACE}groupingsDown")]
        listed = [text(entry, "field") for entry in root.iter(f"{NAMESPACE}columns")]
        assert set(grouped) | set(listed) | set(texts(root, "dateColumn")) <= columns, path.name
        assert not set(grouped) & set(listed), path.name
        for entry in root.iter(f"{NAMESPACE}criteriaItems"):
            assert text(entry, "column") in columns, path.name
            check_filter(name, text(entry, "column").partition("$")[2], text(entry, "value"))


def test_report_types_have_what_can_be_reported():
    for path, root in components("reportTypes/*.xml").items():
        name = text(root, "baseObject")
        if name in ("Account", "Contact"):
            continue
        listed = texts(root, "field")
        assert unknown(name, listed) == [], path.name
        short = {
            field
            for field, entry in fields()[name].items()
            if text(entry, "type") != "LongTextArea" or int(text(entry, "length")) <= 32768
        }
        assert short - set(listed) == {"Odoo_External_Id__c"}, path.name


def test_the_event_is_filled_from_fields_that_exist_and_waits_for_its_activation():
    [publisher] = components("flows/ERP_Milestone_Event.flow-meta.xml").values()
    assert (text(publisher, "status"), text(publisher, "start/object")) == ("Draft", "ERP_Order__c")
    assigned = {
        text(entry, "field"): text(entry, "value/elementReference").removeprefix("$Record.")
        for entry in publisher.iter(f"{NAMESPACE}inputAssignments")
    }
    assert set(assigned) == set(fields()["ERP_Milestone__e"])
    assert unknown("ERP_Order__c", assigned.values()) == []
    watched = re.findall(r"ISCHANGED\(\{!\$Record\.(\w+)\}\)", text(publisher, "start/filterFormula"))
    assert watched and unknown("ERP_Order__c", watched) == []
    [event] = components("objects/ERP_Milestone__e/*.object-meta.xml").values()
    assert (text(event, "eventType"), text(event, "publishBehavior")) == ("HighVolume", "PublishAfterCommit")


def test_stages_of_lists_follow_the_maps():
    """An open order is one with a stage of its life that is neither before nor after it."""
    [view] = components("objects/ERP_Order__c/listViews/Open_Orders.listView-meta.xml").values()
    left_out = set(text(view, "filters/value").split(","))
    assert set(commerce().STAGES) - left_out >= {"Confirmed", "On hold", "Shipped", "Delivery exception"}


def test_the_help_of_an_order_says_that_its_payment_is_about_what_is_billed_so_far():
    """A paid down payment of 10 percent makes an order "Paid", which a help about the whole order denied."""
    root = fields()["ERP_Order__c"]["Payment_State__c"]
    help_text = text(root, "inlineHelpText")
    assert "billed so far" in help_text
    declared = json.loads(ORDER_SCHEMA.read_text())["$defs"]["main"]["properties"]["payment"]
    assert help_text == declared["description"]
    assert text(root, "description").startswith(help_text)
    assert text(fields()["ERP_Milestone__e"]["Payment_State__c"], "description") == help_text
