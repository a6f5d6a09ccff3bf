"""Checklist items 25-28: addresses, system dates, describe, conditional access."""

from datetime import timedelta
from email.utils import format_datetime

from .support import EXTERNAL_ID, call, login, refused, stamp

PARTS = {"BillingStreet": "Via Roma 1\r\nint. 4", "BillingCity": "Udine", "BillingPostalCode": "33100"}


def test_item_25_compound_addresses(sim, sf):
    account = sf.Account.create({"Name": "A", "BillingCountry": "Italy", **PARTS})["id"]
    row = sf.Account.get(account)
    address = row["BillingAddress"]
    assert {"city", "country", "geocodeAccuracy", "latitude", "longitude", "postalCode", "state", "street"} <= set(
        address
    )
    assert (address["city"], address["country"], address["postalCode"]) == ("Udine", "Italy", "33100")
    assert address["street"] == row["BillingStreet"] == PARTS["BillingStreet"]
    assert address["state"] is None
    assert row["ShippingAddress"] is None
    with refused(400, "INVALID_FIELD_FOR_INSERT_UPDATE"):
        sf.Account.update(account, {"BillingAddress": {"city": "Trieste"}})
    assert sf.Account.update(account, {"BillingCity": "Trieste"}) == 204
    queried = sf.query("SELECT BillingAddress, BillingCity FROM Account")["records"][0]
    assert (queried["BillingAddress"]["city"], queried["BillingCity"]) == ("Trieste", "Trieste")


def test_item_25_code_fields_with_picklists(sim, sf):
    codes = {"BillingStateCode", "BillingCountryCode"}
    assert not codes & {field["name"] for field in sf.Account.describe()["fields"]}
    with refused(400, "INVALID_FIELD"):
        sf.Account.create({"Name": "A", "BillingCountryCode": "IT"})
    sim.config(state_country_picklists=True)
    assert codes <= {field["name"] for field in sf.Account.describe()["fields"]}
    account = sf.Account.create({"Name": "A", "BillingCountryCode": "IT", "BillingCity": "Udine"})["id"]
    row = sf.Account.get(account)
    assert (row["BillingCountry"], row["BillingCountryCode"]) == ("Italy", "IT")
    assert {"countryCode", "stateCode"} <= set(row["BillingAddress"])
    assert row["BillingAddress"]["countryCode"] == "IT"


def test_item_26_system_dates(sim):
    sim.freeze("2026-05-20T09:44:32Z")
    sf = login(sim)
    contact = sf.Contact.create({"LastName": "Rossi"})["id"]
    made = sf.Contact.get(contact)
    assert made["CreatedDate"] == made["SystemModstamp"] == made["LastModifiedDate"] == "2026-05-20T09:44:32.000+0000"
    sim.advance(5)
    sf.Contact.update(contact, {"Phone": "1"})
    changed = sf.Contact.get(contact)
    assert changed["CreatedDate"] == made["CreatedDate"]
    assert changed["SystemModstamp"] == changed["LastModifiedDate"] == "2026-05-20T09:44:37.000+0000"
    with refused(400, "INVALID_FIELD_FOR_INSERT_UPDATE"):
        sf.Contact.update(contact, {"SystemModstamp": "2020-01-01T00:00:00Z"})


def test_item_26_system_dates_never_go_back(sim, sf):
    contact = sf.Contact.create({"LastName": "Rossi"})["id"]
    seen = []
    for number in range(5):
        sf.Contact.update(contact, {"Phone": str(number)})
        seen.append(stamp(sf.Contact.get(contact)["SystemModstamp"]))
    assert seen == sorted(seen)
    (other,) = sim.seed("Contact", [{"LastName": "Later"}])
    assert stamp(sf.Contact.get(other)["SystemModstamp"]) >= seen[-1]
    sim.advance(2)
    sf.Contact.delete(other)
    gone = sf.query(f"SELECT SystemModstamp FROM Contact WHERE Id = '{other}'", include_deleted=True)["records"][0]
    assert stamp(gone["SystemModstamp"]) >= seen[-1] + timedelta(seconds=1)


FIELD_KEYS = set(
    "name label type soapType length byteLength precision scale digits nillable createable updateable custom "
    "externalId idLookup unique caseSensitive calculated calculatedFormula autoNumber defaultedOnCreate defaultValue "
    "filterable sortable groupable nameField namePointing restrictedPicklist dependentPicklist controllerName "
    "picklistValues referenceTo relationshipName relationshipOrder cascadeDelete restrictedDelete compoundFieldName "
    "permissionable deprecatedAndHidden encrypted htmlFormatted inlineHelpText".split()
)
OBJECT_KEYS = set(
    "name label keyPrefix custom createable updateable deletable queryable replicateable mergeable triggerable "
    "urls".split()
)
TYPES = set(
    "id string boolean int double currency percent date datetime time email phone url picklist multipicklist combobox "
    "reference textarea address location base64 encryptedstring anyType".split()
)
STANDARD = set(
    "Account Contact User RecordType Organization Individual Lead Opportunity OpportunityLineItem Product2 Pricebook2 "
    "PricebookEntry Order OrderItem Asset Case CaseComment Task Campaign".split()
)


def test_item_27_global_describe(sf):
    described = sf.describe()
    assert (described["encoding"], described["maxBatchSize"]) == ("UTF-8", 200)
    objects = {entry["name"]: entry for entry in described["sobjects"]}
    assert STANDARD <= set(objects)
    for entry in objects.values():
        assert OBJECT_KEYS <= set(entry), entry["name"]
        assert {"sobject", "describe", "rowTemplate"} <= set(entry["urls"])
        assert entry["urls"]["rowTemplate"].endswith("/{ID}")
    assert objects["Account"]["mergeable"] and objects["Contact"]["replicateable"]


def test_item_27_object_describe(sf):
    for name in sorted(STANDARD):
        described = getattr(sf, name).describe()
        assert described["name"] == name
        for field in described["fields"]:
            assert FIELD_KEYS <= set(field), f"{name}.{field['name']} lacks {FIELD_KEYS - set(field)}"
            assert field["type"] in TYPES
            if field["type"] == "reference":
                assert field["referenceTo"], f"{name}.{field['name']}"
            for value in field["picklistValues"]:
                assert {"active", "defaultValue", "label", "value", "validFor"} <= set(value)
        for child in described["childRelationships"]:
            assert {"childSObject", "field", "relationshipName", "cascadeDelete", "restrictedDelete"} <= set(child)
        assert isinstance(described["recordTypeInfos"], list)


def test_item_27_fields_as_the_contract_describes_them(sf):
    contact = {field["name"]: field for field in sf.Contact.describe()["fields"]}
    key = contact[EXTERNAL_ID]
    assert key["type"] == "string" and key["length"] == 64 and key["custom"]
    assert all(key[flag] for flag in ("externalId", "idLookup", "unique", "caseSensitive", "createable", "updateable"))
    assert contact["AccountId"]["referenceTo"] == ["Account"]
    assert contact["AccountId"]["relationshipName"] == "Account"
    assert contact["Id"]["type"] == "id" and not contact["Id"]["createable"]
    assert not contact["LastName"]["nillable"] and not contact["LastName"]["defaultedOnCreate"]
    assert contact["MailingAddress"]["type"] == "address" and not contact["MailingAddress"]["updateable"]
    assert contact["MailingCity"]["compoundFieldName"] == "MailingAddress"
    task = {field["name"]: field for field in sf.Task.describe()["fields"]}
    assert set(task["WhoId"]["referenceTo"]) == {"Contact", "Lead"}
    assert set(contact["OwnerId"]["referenceTo"]) >= {"User"}
    children = {child["relationshipName"]: child for child in sf.Account.describe()["childRelationships"]}
    assert (children["Contacts"]["childSObject"], children["Contacts"]["field"]) == ("Contact", "AccountId")
    must_send = {
        field["name"]
        for field in sf.Lead.describe()["fields"]
        if field["createable"] and not field["nillable"] and not field["defaultedOnCreate"]
    }
    assert {"LastName", "Company"} <= must_send


def test_item_27_field_level_security(sim, sf):
    account = sf.Account.create({"Name": "A", "Industry": "Retail", "Phone": "1"})["id"]
    sim.config(fls={"Account": {"hidden": ["Industry"], "readonly": ["Phone"]}})
    described = {field["name"]: field for field in sf.Account.describe()["fields"]}
    assert "Industry" not in described
    assert described["Phone"]["updateable"] is False and described["Phone"]["createable"] is False
    row = sf.Account.get(account)
    assert "Industry" not in row and row["Phone"] == "1"
    message = r"^Unable to create/update fields: Phone\. Please check the security settings of this field"
    with refused(400, "INVALID_FIELD_FOR_INSERT_UPDATE", match=message) as caught:
        sf.Account.update(account, {"Phone": "2"})
    assert caught[0].content[0]["fields"] == ["Phone"]


def test_item_27_describe_not_modified(sim, sf):
    future = {"If-Modified-Since": "Wed, 20 May 2099 00:00:00 GMT"}
    past = {"If-Modified-Since": "Wed, 20 May 2009 00:00:00 GMT"}
    with refused(304) as caught:
        sf.Contact.describe(headers=future)
    assert caught[0].content == ""
    assert sf.Contact.describe(headers=past)["name"] == "Contact"
    sim.advance(3600)
    since = format_datetime(stamp(_now(sim, sf)), usegmt=True)
    sim.advance(3600)
    with refused(304):
        sf.Contact.describe(headers={"If-Modified-Since": since})
    sim.schema("Contact", [{"name": "New__c", "type": "string", "length": 10}])
    changed = sf.Contact.describe(headers={"If-Modified-Since": since})
    assert "New__c" in {field["name"] for field in changed["fields"]}
    with refused(304):
        sf.Account.describe(headers={"If-Modified-Since": since})
    sim.config(state_country_picklists=True)
    assert sf.Account.describe(headers={"If-Modified-Since": since})["name"] == "Account", "it has new fields now"


def _now(sim, sf):
    """The simulator's time, as the API tells it."""
    marker = sf.Account.create({"Name": "clock"})["id"]
    return sf.Account.get(marker)["SystemModstamp"]


def test_item_28_etag_on_account_only(sim, sf):
    account = sf.Account.create({"Name": "A"})["id"]
    contact = sf.Contact.create({"LastName": "C"})["id"]
    first = call(sf, "GET", f"sobjects/Account/{account}")
    etag = first.headers["ETag"]
    with refused(304):
        sf.Account.get(account, headers={"If-None-Match": etag})
    assert sf.Account.update(account, {"Phone": "1"}, headers={"If-Match": etag}) == 204
    with refused(412):
        sf.Account.update(account, {"Phone": "2"}, headers={"If-Match": etag})
    assert sf.Account.get(account, headers={"If-None-Match": etag})["Phone"] == "1"
    assert "ETag" not in call(sf, "GET", f"sobjects/Contact/{contact}").headers
    assert sf.Contact.update(contact, {"Phone": "1"}, headers={"If-Match": etag}) == 204


def test_item_28_modified_since(sim, sf):
    account = sf.Account.create({"Name": "A"})["id"]
    sim.advance(60)
    before = format_datetime(stamp(sf.Account.get(account)["LastModifiedDate"]), usegmt=True)
    with refused(304):
        sf.Account.get(account, headers={"If-Modified-Since": before})
    assert sf.Account.update(account, {"Phone": "1"}, headers={"If-Unmodified-Since": before}) == 204
    with refused(412):
        sf.Account.update(account, {"Phone": "2"}, headers={"If-Unmodified-Since": before})
    with refused(400):
        sf.Account.update(account, {"Phone": "3"}, headers={"If-Unmodified-Since": "yesterday"})
    assert sf.Account.get(account, headers={"If-Modified-Since": before})["Phone"] == "1"
