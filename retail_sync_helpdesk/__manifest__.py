{
    "name": "Retail Sync: Helpdesk",
    "summary": "Tickets in step with a ticket desk, and an agent API that can be trusted with orders and money",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Retail Sync",
    "license": "AGPL-3",
    "depends": ["retail_sync", "helpdesk_mgmt", "helpdesk_type", "rma_sale", "loyalty", "fastapi"],
    "external_dependencies": {"python": ["requests", "fastapi"]},
    "data": [
        "security/groups.xml",
        "security/ir.model.access.csv",
        "security/rules_requests.xml",
        "security/rules_money.xml",
        "data/cron_requests.xml",
        "data/money.xml",
        "views/menus.xml",
    ],
    "application": True,
    # Read by the test of rights and by setup/rights.
    "oca_data_manual": ["security/rights.csv"],
}
