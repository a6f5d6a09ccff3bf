"""Streams and mapping lines of the fake platform."""

FIRM, PERSON = "Firm", "Person"


def map_line(field, path, transform=False, part="main", **values):
    return {"canonical_field": field, "remote_path": path, "transform": transform, "part": part, **values}


def address_lines(prefix, part):
    return [
        map_line("street", f"{prefix}street", "line", part),
        map_line("city", f"{prefix}city", "line", part),
        map_line("zip", f"{prefix}zip", "line", part),
        map_line("country", f"{prefix}country", "country", part),
    ]


def common_lines():
    return [
        map_line("phone", "phone", "phone_e164"),
        map_line("email", "email", "email"),
        map_line("email_opt_out", "no_mail", "bool"),
        *address_lines("", "main"),
    ]


STREAMS = [
    {
        "name": "Firms",
        "remote_object": FIRM,
        "entity": "customer",
        "sequence": 10,
        "lines": [
            map_line("kind", "=company"),
            map_line("name", "name", "line", required=True),
            map_line("vat", "vat", "vat"),
            map_line("customer_number", "number", "line"),
            map_line("website", "website", "url"),
            map_line("parent", "parent", "ref", options={"object": FIRM}),
            *common_lines(),
            *address_lines("ship_", "delivery"),
        ],
    },
    {
        "name": "Persons",
        "remote_object": PERSON,
        "entity": "customer",
        "sequence": 20,
        "lines": [
            map_line("kind", "=person"),
            map_line("name", "name", "line", required=True),
            map_line("job_title", "title", "line"),
            map_line("parent", "firm", "ref", options={"object": FIRM}),
            *common_lines(),
        ],
    },
]
