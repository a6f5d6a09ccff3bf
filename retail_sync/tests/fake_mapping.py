"""Streams and mapping lines of the fake platform."""

FIRM, PERSON = "Firm", "Person"
# Owns what belongs to no user of the platform.
PLATFORM_TEAM = "team@crm.example"


def drop_team(incoming):
    """The team stands for the salesperson that was agreed on, or for none."""
    main = incoming.parts.get("main") or {}
    if main.get("owner") == PLATFORM_TEAM:
        incoming.as_agreed["main"] = {"owner": main.pop("owner")}


def given_to_team(record, fields, strangers):
    """Return fields in which the team owns what has no salesperson, or one who is no user of the platform."""
    main = record.sent.get("main") or {}
    if not strangers or "owner" not in main or (main["owner"] and main["owner"] not in strangers):
        return fields
    record.stand_ins["main"] = ["owner"]
    rest = {name: value for name, value in fields.items() if name != "owner"}
    return rest if (record.remote or {}).get("owner") == PLATFORM_TEAM else {**rest, "owner": PLATFORM_TEAM}


def field_mapping(field, path, transform=False, part="main", **values):
    return {"canonical_field": field, "remote_path": path, "transform": transform, "part": part, **values}


def address_lines(prefix, part):
    return [
        field_mapping("street", f"{prefix}street", "line", part),
        field_mapping("city", f"{prefix}city", "line", part),
        field_mapping("zip", f"{prefix}zip", "line", part),
        field_mapping("country", f"{prefix}country", "country", part),
    ]


def common_lines():
    return [
        field_mapping("phone", "phone", "phone_e164"),
        field_mapping("email", "email", "email"),
        field_mapping("email_opt_out", "no_mail", "bool"),
        *address_lines("", "main"),
    ]


STREAMS = [
    {
        "name": "Firms",
        "remote_object": FIRM,
        "entity": "customer",
        "sequence": 10,
        "lines": [
            field_mapping("kind", "=company"),
            field_mapping("name", "name", "line", required=True),
            field_mapping("vat", "vat", "vat"),
            field_mapping("customer_number", "number", "line"),
            field_mapping("website", "website", "url"),
            field_mapping("parent", "parent", "ref", options={"object": FIRM}),
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
            field_mapping("kind", "=person"),
            field_mapping("name", "name", "line", required=True),
            field_mapping("job_title", "title", "line"),
            field_mapping("parent", "firm", "ref", options={"object": FIRM}),
            *common_lines(),
        ],
    },
]
