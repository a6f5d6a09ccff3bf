from lxml import etree

from odoo.tests import BaseCase, tagged
from odoo.tools import file_path

from ..maps import account_lines, contact_lines

FOLDER = "retail_sync_salesforce/sfdx/force-app/main/default"
NAMESPACE = {"m": "http://soap.sforce.com/2006/04/metadata"}
# Required fields and keys are always readable; Salesforce refuses a permission for them.
ALWAYS = {"Name", "FirstName", "LastName", "Owner.Email"}
ADDRESS_PARTS = ("Street", "City", "PostalCode", "State", "StateCode", "Country", "CountryCode")


def permission(path):
    """The name under which the permission of a mapped field is given: addresses have one for all their parts."""
    for part in ADDRESS_PARTS:
        if path.endswith(part):
            return f"{path[: -len(part)]}Address"
    return path


@tagged("post_install", "-at_install")
class TestOrgMetadata(BaseCase):
    def _read(self, name):
        return etree.parse(file_path(f"{FOLDER}/{name}")).getroot()

    def test_permission_set_covers_the_shipped_mapping(self):
        root = self._read("permissionsets/Retail_Sync_Integration.permissionset-meta.xml")
        granted = set(root.xpath("m:fieldPermissions[m:readable='true']/m:field/text()", namespaces=NAMESPACE))
        self.assertFalse(root.xpath("//*[m:editable='true']", namespaces=NAMESPACE))
        business = [line for line in account_lines("billing") if line["sf_applies_to"] != "person"]
        for name, lines in (("Account", business), ("Contact", contact_lines())):
            paths = {path for line in lines for path in line["remote_path"].replace("+", "|").split("|")}
            for path in paths | {"Odoo_External_Id__c"}:
                if path.startswith("=") or path in ALWAYS or (path.endswith("__c") and not path.startswith("Odoo_")):
                    continue
                self.assertIn(f"{name}.{permission(path)}", granted)

    def test_rights_are_read_only(self):
        root = self._read("permissionsets/Retail_Sync_Integration.permissionset-meta.xml")
        for entry in root.findall("m:objectPermissions", NAMESPACE):
            rights = {child.tag.split("}")[1]: child.text for child in entry}
            self.assertIn(rights.pop("object"), ("Account", "Contact"))
            allowed = {name for name, value in rights.items() if value == "true"}
            self.assertEqual(allowed, {"allowRead", "viewAllRecords"})
        names = root.xpath("m:userPermissions/m:name/text()", namespaces=NAMESPACE)
        self.assertEqual(names, ["ApiEnabled"])

    def test_external_id_fields(self):
        for name in ("Account", "Contact"):
            root = self._read(f"objects/{name}/fields/Odoo_External_Id__c.field-meta.xml")
            values = {child.tag.split("}")[1]: child.text for child in root}
            self.assertEqual(values["fullName"], "Odoo_External_Id__c")
            self.assertEqual((values["type"], values["length"]), ("Text", "64"))
            for flag in ("externalId", "unique", "caseSensitive"):
                self.assertEqual(values[flag], "true", flag)
