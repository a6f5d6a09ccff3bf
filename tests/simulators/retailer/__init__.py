"""A made-up retailer: the demo's own Salesforce org export, with the dirt that real customer data has.

The generator is deterministic (a seed gives the same bytes on every machine) and needs no package. What it writes is
an sObject-tree export folder (a plan file and JSON files of at most 200 records) and ``manifest.json``, which names
every trap it set and the records it set it on, so that a test knows what must become of each.
"""

from .export import write_export
from .retailer import Export, generate

__all__ = ["Export", "generate", "write_export"]
