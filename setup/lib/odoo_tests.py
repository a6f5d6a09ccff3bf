"""Odoo's command line for tests: with the bundles of the web client that the tests need, and no others.

Odoo makes all bundles before the first test with an HTTP request, unit tests' and reports' among them: longer than most
files of tests take. A request that no browser makes fetches none, and a tour fetches the few that are named here.
"""

import odoo.cli
from odoo.service import server

_SCRIPTS = {"web.assets_web", "web.assets_tests"}
_STYLES = {"web.assets_web", "web.assets_web_print"}

_preload = server.preload_registries


def _preload_with_few_bundles(*arguments: object) -> object:
    # They read the configuration, which is complete only now.
    from odoo.tests.suite import OdooSuite

    from odoo.addons.base.models.ir_qweb import IrQweb

    OdooSuite.has_http_case = lambda suite: any("browser" in getattr(test, "test_tags", ()) for test in suite)
    IrQweb._get_bundles_to_pregenarate = lambda _model: (set(_SCRIPTS), set(_STYLES))
    return _preload(*arguments)


if __name__ == "__main__":
    server.preload_registries = _preload_with_few_bundles
    odoo.cli.main()
