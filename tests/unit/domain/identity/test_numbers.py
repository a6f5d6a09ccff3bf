"""Tax and registry numbers in one spelling."""

from retail_sync.domain.identity.normalise.registry_numbers import read_vat


def test_a_country_in_front_of_a_tax_id_is_no_part_of_it_wherever_the_record_is():
    """Seen: two records of one British company, one without an address, were taken for two by "different" tax IDs."""
    assert read_vat("GB437905235", "GB") == read_vat("GB437905235") == read_vat("437905235", "GB") == "437905235"
    assert read_vat("ZZ437905235") == "ZZ437905235", "no country's"
