"""Salesforce client: pure Python over simple-salesforce and requests; knows nothing of Odoo.

Functions take an open `session.SalesforceSession` first. All of them raise `errors.ClientError`, and nothing else, for
whatever the remote side or the network does; a wrong argument is a ValueError or TypeError.
"""
