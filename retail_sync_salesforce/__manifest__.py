{
    "name": "Retail Sync: Salesforce",
    "summary": "Keep Salesforce accounts, person accounts and contacts in sync with customers in Odoo",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Retail Sync",
    "license": "LGPL-3",
    "depends": ["retail_sync"],
    "external_dependencies": {"python": ["requests", "simple_salesforce", "PyJWT"]},
    "data": [
        "data/fault_rules_sign_in.xml",
        "data/fault_rules_outage.xml",
        "data/fault_rules_schema.xml",
        "data/fault_rules_records.xml",
        "data/fault_rules_writes.xml",
        "data/fault_rules_commerce.xml",
        "views/connection_views.xml",
        "views/setup_views.xml",
    ],
    "application": True,
    # Read by the test of rights and by setup/rights.
    "oca_data_manual": ["security/rights.csv"],
}
