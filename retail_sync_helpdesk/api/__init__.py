"""The agent API, version 1: what a request and an answer look like, and which scope each operation needs.

Pure Python over FastAPI. No decision is made here, and no record is read: a ``Admission`` lets the caller in, and the
``Service`` that it gives answers. So the whole of the API is tested without Odoo, and published without a database.
"""
