"""The model shipped: broad assumptions about customer records, to be refined by each retailer's own data.

m: of records of one customer that both have the field, how many agree in this way. u: the same of two customers.
"""

from .model import Model

_PERSON = {
    "given": {
        **{"exact": (0.78, 0.005), "variant": (0.06, 0.002), "close": (0.08, 0.003), "part": (0.02, 0.001)},
        **{"initial": (0.03, 0.04), "similar": (0.01, 0.01), "different": (0.02, 0.939)},
    },
    "family": {
        **{"exact": (0.82, 0.002), "variant": (0.03, 0.0008), "close": (0.09, 0.002), "part": (0.02, 0.001)},
        **{"initial": (0.005, 0.02), "similar": (0.01, 0.005), "different": (0.025, 0.969)},
    },
    "street": {
        **{"exact": (0.72, 0.0002), "close": (0.10, 0.0002), "part": (0.04, 0.0005), "similar": (0.02, 0.005)},
        **{"different": (0.12, 0.994)},
    },
    "street2": {
        **{"exact": (0.65, 0.004), "close": (0.15, 0.002), "part": (0.05, 0.002), "similar": (0.03, 0.02)},
        **{"different": (0.12, 0.972)},
    },
    "locality": {
        **{"both": (0.68, 0.0008), "zip": (0.03, 0.0008), "zip_close": (0.10, 0.0015), "city": (0.06, 0.01)},
        **{"city_only": (0.03, 0.01), "close": (0.02, 0.006), "different": (0.08, 0.97)},
    },
    "email": {
        **{"exact": (0.72, 0.00005), "shared": (0.09, 0.0005), "close": (0.08, 0.00005), "local": (0.02, 0.0005)},
        **{"similar": (0.01, 0.005), "domain": (0.02, 0.005), "different": (0.06, 0.989)},
    },
    "phone": {"exact": (0.80, 0.0003), "close": (0.03, 0.0005), "different": (0.17, 0.9992)},
    "birthdate": {
        **{"exact": (0.92, 0.00006), "close": (0.06, 0.002), "different": (0.01, 0.4), "generation": (0.01, 0.598)},
    },
    "number": {"exact": (0.94, 0.00001), "close": (0.05, 0.00002), "different": (0.01, 0.99997)},
    "company": {
        **{"exact": (0.70, 0.002), "variant": (0.08, 0.0005), "close": (0.08, 0.001), "part": (0.04, 0.002)},
        **{"sister": (0.01, 0.002), "similar": (0.02, 0.01), "different": (0.07, 0.982)},
    },
}
_COMPANY = {
    "name": {
        **{"exact": (0.74, 0.0005), "variant": (0.05, 0.0002), "close": (0.12, 0.0005), "part": (0.05, 0.003)},
        **{"sister": (0.005, 0.002), "similar": (0.02, 0.01), "different": (0.015, 0.984)},
    },
    "form": {"exact": (0.95, 0.35), "different": (0.05, 0.65)},
    "street": _PERSON["street"],
    "street2": _PERSON["street2"],
    "locality": _PERSON["locality"],
    "email": {
        **{"exact": (0.70, 0.00005), "shared": (0.76, 0.0005), "close": (0.06, 0.0001), "local": (0.02, 0.001)},
        **{"similar": (0.06, 0.002), "domain": (0.08, 0.001), "different": (0.06, 0.995)},
    },
    "phone": {"exact": (0.80, 0.0006), "close": (0.03, 0.0005), "different": (0.17, 0.999)},
    "domain": {"exact": (0.93, 0.0008), "close": (0.03, 0.0003), "different": (0.04, 0.999)},
    "number": {"exact": (0.93, 0.0003), "close": (0.05, 0.00005), "different": (0.02, 0.9996)},
}

DEFAULT_MODEL = Model(
    version="default-1",
    probabilities={"person": _PERSON, "company": _COMPANY},
    prior={"person": 0.0002, "company": 0.0002},
    review=-600,
)
