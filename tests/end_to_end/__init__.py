"""The whole thing: real Odoo, queue_job's own runner and workers, and the Salesforce simulator over HTTPS."""
