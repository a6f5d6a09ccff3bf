{
    "name": "Poison",
    "summary": "Fails over records whose name has a word, as an addon with a fault does",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "depends": ["retail_sync_salesforce"],
    "installable": True,
}
