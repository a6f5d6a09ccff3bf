from lxml import etree

from odoo.tests import BaseCase, tagged
from odoo.tools import file_path

from odoo.addons.retail_sync.domain.mapping.decoding import MapRow
from odoo.addons.retail_sync.domain.mapping.encoding import compile_encoder

from ...mapping import commerce_lines as commerce
from ...mapping.default_lines import account_lines, contact_lines
from ...mapping.intake_lines import opportunity_lines

FOLDER = "retail_sync_salesforce/sfdx/force-app/main/default"
NAMESPACE = {"m": "http://soap.sforce.com/2006/04/metadata"}
# Required fields and keys are always readable; Salesforce refuses a permission for them.
ALWAYS = {"Name", "FirstName", "LastName", "Owner.Email", "OwnerId"}
# Fields of a stock org only once its administrator switched them on: a permission set that names them can't be deployed
# before.
SWITCHED_ON = {"MiddleName", "Suffix"}
# What customers get beside their own fields: sums over their orders.
ROLL_UPS = {
    "Odoo_Open_Orders__c",
    "Odoo_Last_Order_At__c",
    "Odoo_Returns_Rate__c",
    "Odoo_Lifetime_Value__c",
    "Odoo_Loyalty_Points__c",
}
ERP = {
    commerce.ORDER_OBJECT: commerce.order_lines,
    commerce.SHIPMENT_OBJECT: commerce.shipment_lines,
    commerce.INVOICE_OBJECT: commerce.invoice_lines,
    commerce.PAYMENT_OBJECT: commerce.payment_lines,
    commerce.RETURN_OBJECT: commerce.return_lines,
    commerce.STOCK_OBJECT: commerce.stock_lines,
}
SHARED = {
    "Product2": commerce.product_lines,
    "PricebookEntry": commerce.price_lines,
    "Case": commerce.case_lines,
    "Opportunity": opportunity_lines,
}
# What people tell Odoo on an opportunity.
GIVEN = {"Send_To_ERP__c", "Odoo_Customer_Reference__c", "Odoo_Brand__c", "Odoo_Region__c"}
CUSTOMERS = ("Account.", "Contact.")
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

    def _granted(self, name, right):
        root = self._read(f"permissionsets/{name}.permissionset-meta.xml")
        return set(root.xpath(f"m:fieldPermissions[m:{right}='true']/m:field/text()", namespaces=NAMESPACE))

    def test_permission_set_covers_the_shipped_mapping(self):
        granted = self._granted("Retail_Sync_Integration", "readable")
        business = [line for line in account_lines("billing") if line["sf_applies_to"] != "person"]
        for name, lines in (("Account", business), ("Contact", contact_lines())):
            paths = {path for line in lines for path in line["remote_path"].replace("+", "|").split("|")}
            for path in paths | {"Odoo_External_Id__c"}:
                if path.startswith("=") or path in ALWAYS or (path.endswith("__c") and not path.startswith("Odoo_")):
                    continue
                self.assertIn(f"{name}.{permission(path)}", granted)

    def test_permission_set_lets_write_what_the_mapping_sends_and_no_more(self):
        editable = self._granted("Retail_Sync_Integration", "editable")
        business = [line for line in account_lines("billing") if line["sf_applies_to"] != "person"]
        wanted = {f"{name}.{field}" for name in ("Account", "Contact") for field in {"Odoo_External_Id__c", *ROLL_UPS}}
        for name, lines in (("Account", business), ("Contact", contact_lines())):
            rows = [
                MapRow(
                    line["canonical_field"],
                    line["remote_path"],
                    line["transform"] or "",
                    line["part"],
                    line.get("options") or {},
                    direction=line["direction"],
                )
                for line in lines
            ]
            for row in rows:
                paths = compile_encoder([row], "customer").paths
                wanted |= {
                    f"{name}.{permission(path)}"
                    for path in paths
                    if path not in ALWAYS | SWITCHED_ON and (path.startswith("Odoo_") or not path.endswith("__c"))
                }
        # All phone numbers: a value is written to the field that it was read from.
        self.assertLessEqual({f"Contact.{kind}Phone" for kind in ("", "Mobile", "Home", "Other")}, editable)
        self.assertEqual({field for field in editable if field.startswith(CUSTOMERS)}, wanted)

    def test_commerce_maps_have_their_fields_and_permissions(self):
        """Each custom field of a map is in the package; each that goes out may be written by the integration user."""
        readable = self._granted("Retail_Sync_Integration", "readable")
        editable = self._granted("Retail_Sync_Integration", "editable")
        for name, lines in {**ERP, **SHARED}.items():
            for line in [*lines(), {"remote_path": "Odoo_External_Id__c", "direction": "out"}]:
                path = line["remote_path"]
                if not path.endswith("__c"):
                    continue
                self.assertTrue(file_path(f"{FOLDER}/objects/{name}/fields/{path}.field-meta.xml"))
                self.assertIn(f"{name}.{path}", readable)
                if line["direction"] == "out":
                    self.assertIn(f"{name}.{path}", editable)
        self.assertFalse({field for field in editable if field.partition(".")[2] in GIVEN})

    def test_picklists_know_every_value_that_a_map_sends(self):
        checked = 0
        for name, lines in ERP.items():
            for line in lines():
                known = (line.get("options") or {}).get("value_map")
                if not known:
                    continue
                root = self._read(f"objects/{name}/fields/{line['remote_path']}.field-meta.xml")
                values = root.xpath("m:valueSet//m:value/m:fullName/text()", namespaces=NAMESPACE)
                self.assertEqual(values, [value for value in known if value != "*"])
                self.assertEqual(root.findtext("m:valueSet/m:restricted", namespaces=NAMESPACE), "false")
                checked += 1
        self.assertGreaterEqual(checked, 10)

    def test_rights_on_objects(self):
        """The integration user may not delete: Delete, and Modify All with it, are in permission sets of their own."""
        rights_of = {"allowCreate": "true", "viewAllRecords": "true"}
        expected = {
            "Retail_Sync_Integration": {**rights_of, "allowDelete": "false", "modifyAllRecords": "false"},
            "Retail_Sync_Modify_All": {**rights_of, "allowDelete": "true", "modifyAllRecords": "true"},
            "Retail_Sync_Deletion": {
                "allowCreate": "false",
                "allowDelete": "true",
                "modifyAllRecords": "false",
                "viewAllRecords": "false",
            },
        }
        for name, rights in expected.items():
            root = self._read(f"permissionsets/{name}.permissionset-meta.xml")
            entries = [
                {child.tag.split("}")[1]: child.text for child in entry}
                for entry in root.findall("m:objectPermissions", NAMESPACE)
            ]
            granted = dict.fromkeys(("allowEdit", "allowRead"), "true")
            customers = [entry for entry in entries if entry["object"] in ("Account", "Contact")]
            self.assertEqual([entry.pop("object") for entry in customers], ["Account", "Contact"])
            for entry in customers:
                self.assertEqual(entry, {**granted, **rights})
            others = [entry for entry in entries if entry.get("object")]
            for entry in others:
                self.assertEqual(
                    (entry["allowDelete"], entry["modifyAllRecords"], entry["viewAllRecords"]), ("false",) * 3, entry
                )
            if name == "Retail_Sync_Integration":
                self.assertLessEqual({*ERP, "Product2", "Case"}, {entry["object"] for entry in others})
            else:
                self.assertEqual(others, [])
        root = self._read("permissionsets/Retail_Sync_Integration.permissionset-meta.xml")
        names = root.xpath("m:userPermissions/m:name/text()", namespaces=NAMESPACE)
        self.assertEqual(names, ["ApiEnabled"])

    def test_viewers_see_what_odoo_sends_and_change_nothing(self):
        """Fields that metadata brings are hidden from every user without a permission."""
        sent = {
            f"{name}.{line['remote_path'].partition('|')[0]}"
            for name, lines in (("Account", account_lines("billing")), ("Contact", contact_lines()))
            for line in lines
            if line["remote_path"].startswith("Odoo_") and line["remote_path"].partition("|")[0].endswith("__c")
        }
        sent |= {f"{name}.{field}" for name in ("Account", "Contact") for field in ROLL_UPS}
        readable = self._granted("Retail_Sync_Viewer", "readable")
        self.assertEqual({field for field in readable if field.startswith(CUSTOMERS)}, sent)
        for name, lines in ERP.items():
            paths = {line["remote_path"] for line in lines() if line["remote_path"].endswith("__c")}
            self.assertLessEqual({f"{name}.{path}" for path in paths}, readable)
        self.assertEqual(self._granted("Retail_Sync_Viewer", "editable"), {f"Opportunity.{field}" for field in GIVEN})

    def test_fields_of_what_odoo_sends(self):
        for name, lines in (("Account", account_lines("billing")), ("Contact", contact_lines())):
            mapped = {line["remote_path"].partition("|")[0]: line for line in lines}
            external = {
                path: line for path, line in mapped.items() if path.startswith("Odoo_") and path.endswith("__c")
            }
            self.assertEqual(len(external.keys() - ROLL_UPS), 12)
            for path, line in external.items():
                root = self._read(f"objects/{name}/fields/{path}.field-meta.xml")
                self.assertEqual(root.findtext("m:fullName", namespaces=NAMESPACE), path)
                values = root.xpath("m:valueSet//m:value/m:fullName/text()", namespaces=NAMESPACE)
                known = (line.get("options") or {}).get("value_map") or {}
                self.assertEqual(values, [value for value in known if value != "*"])
                if values:
                    # A restricted value is refused on every record type that does not list it.
                    self.assertEqual(root.findtext("m:valueSet/m:restricted", namespaces=NAMESPACE), "false")

    def test_external_id_fields(self):
        for name in ("Account", "Contact", "Pricebook2", *ERP, *SHARED):
            root = self._read(f"objects/{name}/fields/Odoo_External_Id__c.field-meta.xml")
            values = {child.tag.split("}")[1]: child.text for child in root}
            self.assertEqual(values["fullName"], "Odoo_External_Id__c")
            self.assertEqual((values["type"], values["length"]), ("Text", "64"))
            for flag in ("externalId", "unique", "caseSensitive"):
                self.assertEqual(values[flag], "true", flag)
