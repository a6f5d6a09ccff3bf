"""Clients of ticket desks: pure Python over requests; knows nothing of Odoo.

The modules of this folder name no desk: what is particular to one is in its own folder. All functions raise
`errors.ClientError`, and nothing else, for whatever the remote side or the network does; a wrong argument is a
ValueError or TypeError. No call waits or repeats on its own account, except that a token which has ended is renewed
once: when to try again is the engine's decision.
"""
