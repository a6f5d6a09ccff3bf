"""Identity resolution: is this record one of those we have? Fellegi-Sunter weights, named vetoes, one decision.

Pure functions over plain data. The way through: ``read_record`` -> ``prepare`` -> ``blocking_keys`` (the caller looks
candidates up) -> ``decide``. ``learn`` makes weights without labels, ``decide.clustering`` groups scored pairs.
"""
