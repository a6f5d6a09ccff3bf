"""The org metadata of the folder `sfdx`, converted by Salesforce's own program and held to its own types."""

import json
import os
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from .metadata_schema import NAMESPACE, Schema
from .node_packages import NotRunnable, install, node

SOURCE = Path(__file__).with_name("metadata")
PROJECT = Path(__file__).resolve().parents[2] / "retail_sync_salesforce" / "sfdx"
ENDPOINT, USER = "https://erp.acme.example/retail_sync/endpoint/x?a=1", "sync@acme.example"
COUNTS = {
    "force-app": {
        "CompactLayout": 7, "CustomField": 229, "CustomObject": 8, "CustomTab": 6, "FieldSet": 2, "FlexiPage": 4,
        "Flow": 1, "Layout": 7, "LightningComponentBundle": 3, "ListView": 26, "PermissionSet": 4, "Report": 7,
        "ReportFolder": 1, "ReportType": 7,
    },
    "sales-orders": {"CustomField": 10, "PermissionSet": 2},
    "person-accounts": {"PermissionSet": 1},
    "outbound-messages": {"Flow": 2, "Workflow": 2, "WorkflowOutboundMessage": 2},
    "signed-events": {
        "ApexClass": 2, "ApexTrigger": 2, "CustomField": 1, "CustomObject": 1, "Flow": 2, "NamedCredential": 1,
    },
    "external-client-app": {
        "ExternalClientApplication": 1, "ExtlClntAppConfigurablePolicies": 1, "ExtlClntAppGlobalOauthSettings": 1,
        "ExtlClntAppOauthConfigurablePolicies": 1, "ExtlClntAppOauthSettings": 1,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def home():
    problem = None
    try:
        return install(SOURCE, "metadata")
    except NotRunnable as missing:
        problem = str(missing)
    # Outside of the handler, so that the report is the reason alone.
    pytest.fail(problem, pytrace=False)


@pytest.fixture(scope="module")
def schema(home):
    declarations = home / "node_modules" / "@salesforce" / "types" / "lib" / "metadata.d.ts"
    return Schema(declarations.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def converted(home, tmp_path_factory):
    """{package directory: (components by type, folder in metadata format)}, with the placeholders filled in."""
    environment = {
        **os.environ,
        "RETAIL_SYNC_ENDPOINT": ENDPOINT,
        "RETAIL_SYNC_USER": USER,
        "SF_APPLY_REPLACEMENTS_ON_CONVERT": "true",
    }
    output = tmp_path_factory.mktemp("metadata")
    done = subprocess.run(
        [node(), str(SOURCE / "convert.mjs"), str(home), str(PROJECT), str(output)],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return {name: (entry["components"], Path(entry["folder"])) for name, entry in found.items()}


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_every_directory_has_its_components(converted):
    found = {name: {kind: len(members) for kind, members in parts.items()} for name, (parts, _) in converted.items()}
    assert found == COUNTS


def test_no_file_is_left_out(converted):
    """A file that the converter does not take for a component would not be deployed, and nothing would say so."""
    project = json.loads((PROJECT / "sfdx-project.json").read_text(encoding="utf-8"))
    for directory in project["packageDirectories"]:
        source = files(PROJECT / directory["path"])
        parts, _ = converted[directory["path"]]
        components = sum(len(members) for kind, members in parts.items() if kind != "WorkflowOutboundMessage")
        described = [path for path in source if path.name.endswith("-meta.xml")]
        assert len(described) == components, directory
        bodies = {path for path in source if not path.name.endswith("-meta.xml")}
        named = {path.name.split(".")[0] for path in described}
        # A component may have further modules beside its own.
        assert all(body.stem in named or body.parent.name in named for body in bodies)


def test_every_element_is_one_that_the_metadata_api_knows(converted, schema):
    problems, checked = [], 0
    for _, folder in converted.values():
        for path in files(folder):
            if path.name != "package.xml" and path.read_bytes()[:5] == b"<?xml":
                checked += 1
                problems += schema.problems(path)
    assert checked == 77
    assert problems == []


def test_the_check_of_elements_finds_what_is_wrong(converted, schema, tmp_path):
    good = (converted["force-app"][1] / "permissionsets" / "Retail_Sync_Viewer.permissionset").read_text()
    for wrong, problem in (
        (good.replace("readable>", "legible>"), "has no element legible"),
        (good.replace("<editable>false</editable>", ""), "lacks editable"),
        (good.replace("<editable>false", "<editable>no"), "is no boolean"),
        (good.replace("<label>", "<label>x</label><label>"), "has label 2 times"),
    ):
        path = tmp_path / "Wrong.permissionset"
        path.write_text(wrong)
        assert problem in " ".join(schema.problems(path))


def test_the_placeholders_are_filled_in(converted):
    texts = {path: path.read_text() for _, folder in converted.values() for path in files(folder)}
    assert [path.name for path, text in texts.items() if re.search(r"[/@]\w*\.?example\.com", text)] == []
    drafts = {path.stem: text for path, text in texts.items() if path.suffix == ".flow"}
    assert all("<status>Draft</status>" in text for text in drafts.values())
    # What a user of our own changes is not reported back; the event is for everybody.
    assert "ERP_Milestone_Event" in drafts
    assert all(USER in text for name, text in drafts.items() if name != "ERP_Milestone_Event") and len(drafts) == 5
    addressed = sorted(path.name for path, text in texts.items() if ENDPOINT.split("?")[0] in text)
    assert addressed == ["Account.workflow", "Contact.workflow", "Retail_Sync.namedCredential"]


def test_what_people_see_can_be_reported(converted):
    """All fields but the key, which says nothing to people, are in the viewers' permission set and in reports."""
    folder = converted["force-app"][1]
    viewer = ElementTree.parse(folder / "permissionsets" / "Retail_Sync_Viewer.permissionset").getroot()
    seen = {entry.text for entry in viewer.iter(f"{NAMESPACE}field")}
    # Salesforce refuses a permission on the field of a master: whoever sees the record sees it.
    shown = set(converted["force-app"][0]["CustomField"]) - {"ERP_Order_Line__c.ERP_Order__c"}
    assert seen == {field for field in shown if "External_Id" not in field and not field.startswith("ERP_Milestone__e")}
    for name, reported in (("Account", "Accounts_in_Odoo"), ("Contact", "Contacts_in_Odoo")):
        root = ElementTree.parse(folder / "reportTypes" / f"{reported}.reportType").getroot()
        listed = {f"{name}.{column.findtext(f'{NAMESPACE}field')}" for column in root.iter(f"{NAMESPACE}columns")}
        assert {field for field in listed if field.endswith("__c")} == {f for f in seen if f.startswith(f"{name}.")}


def test_the_manifest_lists_the_main_directory(converted):
    def members(path):
        root = ElementTree.parse(path).getroot()
        return {
            kind.findtext(f"{NAMESPACE}name"): sorted(entry.text for entry in kind.findall(f"{NAMESPACE}members"))
            for kind in root.findall(f"{NAMESPACE}types")
        }

    assert members(PROJECT / "manifest" / "package.xml") == members(converted["force-app"][1] / "package.xml")
