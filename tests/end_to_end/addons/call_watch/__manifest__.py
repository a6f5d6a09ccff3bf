{
    "name": "Call watch",
    "summary": "Refuses calls to the platform that a job makes while one of its transactions is open",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "depends": ["retail_sync_salesforce"],
    "installable": True,
}
