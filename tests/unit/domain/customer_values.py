"""Reconciliation of a customer's values, as most tests of it want it."""

from functools import partial

from retail_sync.domain.canonical.customer import CUSTOMER
from retail_sync.domain.reconcile import stale_reads, three_way

SPECS = CUSTOMER.merge_specs()
merge = partial(three_way.merge, specs=SPECS)
tells_otherwise = partial(stale_reads.tells_otherwise, specs=SPECS)
base_with_ours = partial(stale_reads.base_with_ours, specs=SPECS)
