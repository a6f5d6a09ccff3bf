"""The folder `sfdx` as it stands: its objects, fields and permission sets, and the maps that need them."""

import importlib
import sys
import types
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from .metadata_schema import NAMESPACE

PROJECT = Path(__file__).resolve().parents[2] / "retail_sync_salesforce" / "sfdx"
MAPPING = PROJECT.parent / "mapping"
DEPLOYED = ("force-app", "sales-orders")


def read(path):
    """The root of an XML file."""
    return ElementTree.parse(path).getroot()


def text(element, path):
    """What stands in an element below, named without the namespace."""
    return element.findtext("/".join(f"{NAMESPACE}{part}" for part in path.split("/"))) or ""


def texts(element, name):
    """What stands in all elements of a name, at whatever depth."""
    return [entry.text or "" for entry in element.iter(f"{NAMESPACE}{name}")]


@cache
def components(pattern):
    """{path: root} of the main directories' files that match a pattern such as ``objects/*/fields/*.xml``."""
    return {
        path: read(path)
        for directory in DEPLOYED
        for path in sorted((PROJECT / directory / "main" / "default").glob(pattern))
    }


@cache
def fields():
    """{object: {field: its root}} of the custom fields."""
    found = {}
    for path, root in components("objects/*/fields/*.xml").items():
        found.setdefault(path.parent.parent.name, {})[text(root, "fullName")] = root
    return found


@cache
def permissions(pattern):
    """{"Object.Field": whether it is editable} of all permission sets whose name matches a pattern."""
    found = {}
    for root in components(f"permissionsets/{pattern}.permissionset-meta.xml").values():
        for entry in root.iter(f"{NAMESPACE}fieldPermissions"):
            found[text(entry, "field")] = text(entry, "editable") == "true"
    return found


@cache
def commerce(module="commerce_lines"):
    """The module with the mapping lines of orders and what follows them, without the addon around it."""
    name = "retail_sync_salesforce_mapping"
    package = types.ModuleType(name)
    package.__path__ = [str(MAPPING)]
    sys.modules.setdefault(name, package)
    return importlib.import_module(f"{name}.{module}")


def mapped():
    """[(object, mapping line)] of orders and what follows them."""
    module = commerce()
    objects = {
        module.ORDER_OBJECT: module.order_lines, module.SHIPMENT_OBJECT: module.shipment_lines,
        module.INVOICE_OBJECT: module.invoice_lines, module.PAYMENT_OBJECT: module.payment_lines,
        module.RETURN_OBJECT: module.return_lines, module.STOCK_OBJECT: module.stock_lines,
        "Product2": module.product_lines, "PricebookEntry": module.price_lines, "Case": module.case_lines,
        "Opportunity": commerce("intake_lines").opportunity_lines,
        "Order": lambda: commerce("intake_lines").sales_order_lines() + commerce("mirror_lines").mirror_lines(),
    }  # fmt: skip
    return [(name, line) for name, lines in objects.items() for line in lines()]
