"""Odoo's command line for the tests of single files: without the bundles of the web client.

Odoo makes all bundles before the first test with an HTTP request, which takes longer than most files of tests. A
request that reaches no page of the web client needs none.
"""

import odoo.cli
from odoo.service import server

_preload = server.preload_registries


def _preload_without_bundles(*arguments: object) -> object:
    from odoo.tests.suite import OdooSuite  # it reads the configuration, which is complete only now

    OdooSuite.has_http_case = lambda _suite: False
    return _preload(*arguments)


if __name__ == "__main__":
    server.preload_registries = _preload_without_bundles
    odoo.cli.main()
