"""A catalogue of 100,000 products goes to Salesforce: products, two prices each; then 2 % of the prices change."""

from __future__ import annotations

import time

from setup.lib.bench import BenchContext
from tests.end_to_end import commerce
from tests.end_to_end.two_way import BothWays

from .loads import connected

MOVING = "('pending', 'sending')"
CHANGED_SHARE = 50  # one of so many: 2 %


def run(ctx: BenchContext) -> dict:
    """Products come by one statement of plain SQL, as an import does; two jobs at a time."""
    count = ctx.size(100_000)
    with connected(ctx, "bench_catalogue", 5, 5, jobs=2, kind=BothWays) as connection:
        connection.load()
        commerce.begin(connection)
        pricelist = _publish_pricelist(connection)
        connection.quiet(timeout=600)
        simulator = connection.simulator
        simulator.reset_counters()
        prices_before = _prices(connection)
        ctx.say(f"creating {count:,} products")
        _copy_product(connection, count)
        seconds, computed = _until_rest(connection, count * 2 + prices_before)
        first = simulator.counters()
        _demand(connection, "Product2", count)
        _demand(connection, "PricebookEntry", count * 2)
        simulator.reset_counters()
        ctx.say("changing 2 % of the sales prices")
        changed = connection.stack.sql(
            "UPDATE product_template SET list_price = list_price + 1 WHERE id %% %s = 0 RETURNING id", (CHANGED_SHARE,)
        )
        seconds_changed, _computed = _until_rest(connection, 0)
        second = simulator.counters()
        simulator.reset_counters()
        ctx.say("a rule of the pricelist changes, and gives the same prices")
        connection.stack.sql(
            "UPDATE product_pricelist_item SET min_quantity = 1 WHERE pricelist_id = %s RETURNING id", (pricelist,)
        )
        seconds_same, _computed = _until_rest(connection, 0)
        third = simulator.counters()
        share = second["writes"] / max(1, _prices(connection))
        if left := connection.messages("open"):
            raise RuntimeError(f"{len(left)} records were refused, first: {left[0]['fault_message']}")
    return {
        "metrics": {
            "products": count,
            "prices": count * 2,
            "seconds": round(seconds, 1),
            "records/s": round(3 * count / seconds),
            "prices computed in (s)": round(computed, 1),
            "api_calls": first["calls"],
            "templates changed": len(changed),
            "calls for 2 %": second["calls"],
            "seconds for 2 %": round(seconds_changed, 1),
            "seconds for a rule that changes nothing": round(seconds_same, 1),
        },
        "bars": [
            {"name": "API calls a record", "value": round(first["calls"] / (3 * count), 5), "op": "<=", "bar": 0.01},
            {"name": "share of the prices sent for 2 %", "value": round(share, 4), "op": "<=", "bar": 0.021},
            {"name": "prices sent for a rule that changes nothing", "value": third["writes"], "op": "<=", "bar": 0},
        ],
    }


def _publish_pricelist(connection: BothWays) -> int:
    """Publish a pricelist of 10 % less on the stream of prices; return its id."""
    rpc = connection.stack.rpc
    rule = {"applied_on": "3_global", "compute_price": "percentage", "percent_price": 10}
    [pricelist] = rpc("product.pricelist", "create", [[{"name": "Shops", "item_ids": [(0, 0, rule)]}]])
    connection.tune("PricebookEntry", price_pricelist_ids=[(6, 0, [pricelist])])
    return pricelist


def _copy_product(connection: BothWays, count: int) -> None:
    """Make so many products like one that is made first, each with a SKU, by one statement."""
    rpc = connection.stack.rpc
    [model] = rpc("product.product", "create", [[{"name": "Shirt", "default_code": "SKU", "list_price": 20.0}]])
    columns = {
        table: [
            row["column_name"]
            for row in connection.query(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'"
                " AND is_generated = 'NEVER'",
                table,
            )
        ]
        for table in ("product_template", "product_product")
    }
    changed = {"product_tmpl_id": "made.id", "default_code": "'SKU-' || made.id"}
    template = ", ".join(columns["product_template"])
    product = ", ".join(columns["product_product"])
    values = ", ".join(changed.get(name, f"product.{name}") for name in columns["product_product"])
    connection.stack.sql(
        f"WITH made AS (INSERT INTO product_template ({template}) SELECT {template} FROM product_template,"
        " generate_series(2, %s) WHERE id = (SELECT product_tmpl_id FROM product_product WHERE id = %s) RETURNING id)"
        f" INSERT INTO product_product ({product}) SELECT {values} FROM product_product product, made"
        " WHERE product.id = %s RETURNING id",
        (count, model, model),
    )


def _until_rest(connection: BothWays, prices: int) -> tuple[float, float]:
    """Wait until nothing moves; return the seconds until then, and those until so many prices were computed."""
    started = time.perf_counter()
    computed = 0.0
    connection.sweep()

    def done() -> bool:
        nonlocal computed
        if prices and not computed and _prices(connection) >= prices:
            computed = time.perf_counter() - started
        [(left,)] = connection.stack.sql(
            "SELECT (SELECT count(*) FROM retail_sync_change) + (SELECT count(*) FROM retail_sync_stale)"
            f" + (SELECT count(*) FROM retail_sync_message WHERE direction = 'out' AND state IN {MOVING})"
        )
        return not left

    connection.stack.wait_for(done, timeout=3600, interval=0.2)
    return time.perf_counter() - started, computed


def _prices(connection: BothWays) -> int:
    [(found,)] = connection.stack.sql("SELECT count(*) FROM retail_sync_price WHERE active")
    return found


def _demand(connection: BothWays, remote_object: str, count: int) -> None:
    """Demand that the org has at least so many records of an object."""
    found = len([record for record in connection.simulator.records(remote_object) if record.get("Odoo_External_Id__c")])
    if found < count:
        raise RuntimeError(f"{remote_object}: {found} of {count} records are there")
