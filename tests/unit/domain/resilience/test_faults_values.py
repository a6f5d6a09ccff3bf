from retail_sync.domain.resilience.faults import FaultError
from retail_sync.domain.security.masking import HIDDEN


def test_a_fault_without_the_values_of_its_record_keeps_all_else():
    fault = FaultError("business", "TOO_LONG", "too large: Anna Rossi", fields=["Name"], http_status=400, detail="Anna")
    found = fault.without(["Anna Rossi", {"city": "Asti"}])
    assert (found.message, found.detail) == (f"too large: {HIDDEN}", HIDDEN)
    assert (found.code, found.fields, found.http_status) == ("TOO_LONG", ("Name",), 400)


def test_a_fault_that_quotes_nothing_stays_itself():
    fault = FaultError("business", "TOO_LONG", "too large")
    assert fault.without(["Anna Rossi"]) is fault
