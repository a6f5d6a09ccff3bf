"""Words that policies, reasons and approval rules share."""

METHODS = [
    ("original", "The way it was paid"),
    ("bank", "Bank transfer"),
    ("gift_card", "Gift card"),
    ("credit", "Credit for the next order"),
]
SHIPPING = [
    ("never", "Never"),
    ("full_only", "With the last goods of the order"),
    ("always", "Always"),
]
# Whom an approval rule is about.
ACTORS = [("both", "Persons and machines"), ("machines", "Machines only"), ("persons", "Persons only")]
WINDOWS = [
    ("policy", "As the policy says"),
    ("days", "Within a number of days"),
    ("never", "No return without a defect"),
]
WARRANTIES = [("policy", "As the policy says"), ("days", "Within a number of days")]
