"""Each refusal of the API sheet in its fault class."""

import copy
import pickle

import pytest
import requests

from retail_sync_salesforce.client import errors, replies
from retail_sync_salesforce.client.errors import ClientError

ROW = "/services/data/v62.0/sobjects/Contact/0035g00000BcDeFAAV"

# code, HTTP status, message, class: API sheet sections 1.4 and 6.2
SHEET = [
    ("INVALID_SESSION_ID", 401, "Session expired or invalid", "auth"),
    ("REQUEST_LIMIT_EXCEEDED", 403, "TotalRequests Limit exceeded.", "throttled"),
    ("SERVER_UNAVAILABLE", 503, "Server Unavailable", "transient"),
    ("UNKNOWN_EXCEPTION", 500, "An unexpected error occurred. 12345", "unknown"),
    ("APEX_ERROR", 500, "System.NullPointerException", "unknown"),
    ("UNABLE_TO_LOCK_ROW", 400, "unable to obtain exclusive access to this record", "transient"),
    ("QUERY_TIMEOUT", 400, "Your query request was running for too long.", "unknown"),
    ("INVALID_QUERY_LOCATOR", 400, "invalid query locator", "transient"),
    ("INVALID_REPLICATION_DATE", 400, "startDate before org replication enabled date", "contract"),
    ("EXCEEDED_ID_LIMIT", 400, "", "contract"),
    ("API_DISABLED_FOR_ORG", 403, "The REST API is not enabled for this Organization.", "contract"),
    ("API_CURRENTLY_DISABLED", 403, "", "contract"),
    ("INSUFFICIENT_ACCESS_OR_READONLY", 400, "insufficient access rights on object id", "contract"),
    ("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", 400, "", "contract"),
    ("INVALID_FIELD_FOR_INSERT_UPDATE", 400, "Unable to create/update fields: Name.", "contract"),
    ("INVALID_FIELD", 400, "No such column 'FullName' on entity 'Account'.", "contract"),
    ("INVALID_TYPE", 400, "sObject type 'X' is not supported", "contract"),
    ("MALFORMED_QUERY", 400, "unexpected token", "contract"),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", 400, "MyTrigger: execution of AfterUpdate", "contract"),
    ("CANNOT_EXECUTE_FLOW_TRIGGER", 400, "The flow failed: UNABLE_TO_LOCK_ROW, unable to obtain", "transient"),
    ("FIELD_CUSTOM_VALIDATION_EXCEPTION", 400, "VAT is missing", "business"),
    ("REQUIRED_FIELD_MISSING", 400, "Required fields are missing: [LastName]", "business"),
    ("STRING_TOO_LONG", 400, "Account Name: data value too large", "business"),
    ("INVALID_EMAIL_ADDRESS", 400, "Email: invalid email address: x", "business"),
    ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", 400, "", "business"),
    ("FIELD_INTEGRITY_EXCEPTION", 400, "There's a problem with this country", "business"),
    ("NUMBER_OUTSIDE_VALID_RANGE", 400, "", "business"),
    ("JSON_PARSER_ERROR", 400, "", "business"),
    ("CIRCULAR_DEPENDENCY", 400, "attempt to violate hierarchy constraints", "business"),
    ("INVALID_CROSS_REFERENCE_KEY", 400, "invalid cross reference id", "business"),
    (
        "INVALID_FIELD",
        400,
        "Foreign key external ID: 55 not found for field Odoo_Id__c in entity Account",
        "dependency",
    ),
    ("DUPLICATE_VALUE", 400, "duplicate value found", "duplicate"),
    ("DUPLICATES_DETECTED", 400, "Use one of these records?", "duplicate"),
    ("DUPLICATE_EXTERNAL_ID", 400, "", "duplicate"),
    ("ENTITY_IS_DELETED", 404, "entity is deleted", "gone"),
    ("DELETE_FAILED", 400, "Your attempt to delete X could not be completed", "business"),
    ("ENTITY_IS_LOCKED", 400, "the entity is locked for editing", "business"),
    ("STORAGE_LIMIT_EXCEEDED", 403, "storage limit exceeded", "contract"),
    ("LIMIT_EXCEEDED", 400, "", "contract"),
    ("FIELD_FILTER_VALIDATION_EXCEPTION", 400, "Value does not match filter criteria.", "business"),
    ("UNAVAILABLE_RECORDTYPE_EXCEPTION", 400, "", "business"),
    ("REQUEST_RUNNING_TOO_LONG", 400, "", "unknown"),
    ("FUNCTIONALITY_TEMPORARILY_UNAVAILABLE", 400, "", "transient"),
    ("TOO_MANY_APEX_REQUESTS", 400, "", "transient"),
    ("ORG_LOCKED", 403, "The org is locked", "auth"),
    ("ExceededQuota", 400, "ApiBatchItems Limit exceeded.", "throttled"),
    ("SOME_NEW_BUSINESS_CODE", 400, "", "business"),
    ("SOME_NEW_OUTAGE", 503, "", "transient"),
]


@pytest.mark.parametrize(("code", "status", "message", "kind"), SHEET)
def test_sheet(code, status, message, kind):
    error = replies.from_body(status, [{"errorCode": code, "message": message, "fields": ["A"]}])
    assert (error.kind, error.code, error.message) == (kind, code, message)
    assert (error.http_status, error.fields) == (status, ("A",))


def test_the_code_decides_and_not_the_status():
    assert errors.classify("UNABLE_TO_LOCK_ROW", status=404) == "transient"
    assert errors.classify("STRING_TOO_LONG", status=503) == "business"


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (502, None, "transient", "HTTP_502"),
        (503, None, "transient", "HTTP_503"),
        (504, None, "transient", "HTTP_504"),
        (500, None, "unknown", "HTTP_500"),
        (429, None, "throttled", "HTTP_429"),
        (401, None, "auth", "HTTP_401"),
        (410, None, "transient", "HTTP_410"),
        (406, None, "transient", "HTTP_406"),
        (420, None, "transient", "HTTP_420"),
        (404, None, "transient", "HTTP_404"),
        (403, None, "transient", "HTTP_403"),
        (414, None, "contract", "HTTP_414"),
        (412, None, "conflict", "HTTP_412"),
        (302, None, "contract", "HTTP_302"),
        (418, [], "transient", "HTTP_418"),
        (400, {}, "transient", "HTTP_400"),
        (400, ["odd"], "transient", "HTTP_400"),
    ],
)
def test_replies_without_a_code_go_by_status(status, body, kind, code):
    error = replies.from_body(status, body)
    assert (error.kind, error.code) == (kind, code)


def test_a_refusal_in_xml_has_its_code_and_message():
    """Calls that ask for CSV may be refused so; nothing of it is expanded."""
    text = (
        '<!DOCTYPE x [<!ENTITY a "b">]><Errors><Error><errorCode>SERVER_UNAVAILABLE</errorCode>'
        "<message>try &amp; wait &a;</message></Error></Errors>"
    )
    response = requests.Response()
    response.status_code, response._content = 503, text.encode()
    error = replies.from_response(response)
    assert (error.kind, error.code, error.message) == ("transient", "SERVER_UNAVAILABLE", "try & wait &a;")


@pytest.mark.parametrize(
    ("path", "message", "kind"),
    [
        (ROW, "The requested resource does not exist", "gone"),
        (ROW, "Provided external ID field does not exist or is not accessible: 0035g00000BcDeFAAV", "gone"),
        (
            "/services/data/v62.0/sobjects/Contact/Foo__c/1",
            "Provided external ID field … is not accessible: Foo__c",
            "contract",
        ),
        ("/services/data/v62.0/sobjects/Foo__c/describe", "The requested resource does not exist", "contract"),
        ("/services/data/v62.0/sobjects/Foo__c/deleted/", "The requested resource does not exist", "contract"),
        ("/services/data/v62.0/nonsense", "The requested resource does not exist", "contract"),
    ],
)
def test_not_found_tells_a_missing_record_from_a_missing_object(path, message, kind):
    assert replies.from_body(404, [{"errorCode": "NOT_FOUND", "message": message}], path=path).kind == kind


def test_waits_of_limits():
    daily = replies.from_body(
        403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]
    )
    busy = replies.from_body(
        403,
        [
            {
                "errorCode": "REQUEST_LIMIT_EXCEEDED",
                "message": "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
            }
        ],
    )
    error = replies.from_body(403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "x"}], retry_after=7)
    assert daily.retry_after >= 900
    assert 30 <= busy.retry_after <= 60
    assert error.retry_after == 7


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": "Wed, 20 May 2026 09:45:32 GMT", "Date": "Wed, 20 May 2026 09:44:32 GMT"}, 60),
        ({"Retry-After": "Wed, 20 May 2026 09:00:00 GMT", "Date": "Wed, 20 May 2026 09:44:32 GMT"}, 0),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after(headers, seconds):
    assert replies.retry_after(headers) == seconds


def test_the_entry_that_explains_comes_before_the_ones_rolled_back():
    error = replies.from_body(
        400,
        [
            {"errorCode": "PROCESSING_HALTED", "message": "rolled back"},
            {"statusCode": "STRING_TOO_LONG", "message": "too long", "fields": ["Name"]},
        ],
    )
    assert (error.kind, error.code, error.fields) == ("business", "STRING_TOO_LONG", ("Name",))


def test_a_unique_clash_names_the_other_record():
    error = replies.from_body(
        400,
        [
            {
                "errorCode": "DUPLICATE_VALUE",
                "message": "duplicate value found: Odoo_Id__c duplicates value on record with id: 0015g00000AbCdE",
            }
        ],
    )
    assert error.record_ids == ("0015g00000AbCdEAAV",)


@pytest.mark.parametrize("key", ["duplicateResut", "duplicateResult"])
def test_duplicate_rules_name_their_candidates(key):
    record = {"record": {"Id": "0035g00000BcDeFAAV"}}
    entry = {
        key: {"matchResults": [{"matchRecords": [record, record, {"record": None}]}]},
        "errorCode": "DUPLICATES_DETECTED",
        "message": "Use one of these records?",
    }
    assert replies.from_body(400, [entry]).record_ids == ("0035g00000BcDeFAAV",)


def test_several_matches_of_an_external_id():
    paths = [f"/services/data/v62.0/sobjects/Account/{i}" for i in ("0015g00000AbCdEAAV", "001D000000ISUr3")]
    error = replies.from_body(300, paths)
    assert (error.kind, error.record_ids) == ("duplicate", ("0015g00000AbCdEAAV", "001D000000ISUr3IAH"))


def test_a_gateway_that_gave_up_on_a_write_leaves_its_outcome_open():
    assert replies.from_body(504, None, idempotent=True).kind == "transient"
    assert replies.from_body(504, None, idempotent=False).kind == "unknown"


class _Refused(requests.exceptions.ConnectionError):
    def __str__(self):
        return "HTTPSConnectionPool: with url: /query?q=Rossi (Caused by NewConnectionError('refused'))"


@pytest.mark.parametrize(
    ("exc", "code", "kind", "kind_of_write"),
    [
        (requests.exceptions.ConnectTimeout("q=Rossi"), "CONNECT_TIMEOUT", "transient", "transient"),
        (requests.exceptions.ReadTimeout("q=Rossi"), "READ_TIMEOUT", "transient", "unknown"),
        (requests.exceptions.ChunkedEncodingError("q=Rossi"), "CONNECTION_BROKEN", "transient", "unknown"),
        (requests.exceptions.ConnectionError("q=Rossi"), "CONNECTION_BROKEN", "transient", "unknown"),
        (_Refused(), "CONNECTION_REFUSED", "transient", "transient"),
        (
            requests.exceptions.ConnectionError("Name or service not known"),
            "NAME_NOT_RESOLVED",
            "transient",
            "transient",
        ),
        (requests.exceptions.ProxyError("q=Rossi"), "PROXY_ERROR", "transient", "unknown"),
        (requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED"), "TLS_CERTIFICATE", "contract", "contract"),
        (requests.exceptions.SSLError("EOF occurred"), "CONNECTION_BROKEN", "transient", "unknown"),
        (requests.exceptions.InvalidSchema("q=Rossi"), "BAD_URL", "contract", "contract"),
        (OSError("q=Rossi"), "CONNECTION_BROKEN", "transient", "unknown"),
    ],
)
def test_calls_without_an_answer(exc, code, kind, kind_of_write):
    error = replies.from_exception(exc, "acme.my.salesforce.com")
    assert (error.kind, error.code, error.http_status) == (kind, code, None)
    assert replies.from_exception(exc, "acme.my.salesforce.com", idempotent=False).kind == kind_of_write
    assert "Rossi" not in str(error), "the library's text holds the query's values"


@pytest.mark.parametrize(
    "text",
    [
        "session 00D5g000004XyzA!AQ0AQ.abc_DEF is gone",
        "client_secret=AQ0AQ.abc_DEF&x=1",
        '{"access_token": "AQ0AQ.abc_DEF"}',
        "Authorization: Bearer AQ0AQ.abc_DEF",
    ],
)
def test_secrets_leave_no_trace(text):
    error = ClientError("unknown", "X", text, body_excerpt=text)
    assert "AQ0AQ" not in str(error) + repr(error) + error.body_excerpt


def test_the_repr_quotes_nothing_of_the_customer():
    error = ClientError("business", "STRING_TOO_LONG", "Name: Rossi", body_excerpt="Rossi")
    assert "Rossi" not in repr(error)
    assert "Rossi" in str(error)


def test_an_excerpt_is_short():
    assert len(replies.from_body(400, [{"message": "x" * 5000}]).body_excerpt) == errors.EXCERPT_LENGTH


def test_errors_can_be_copied():
    error = ClientError("duplicate", "DUPLICATE_VALUE", "m", ["F"], 400, 3.0, "b", ["0015g00000AbCdEAAV"])
    for copied in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert vars(copied) == vars(error)


def test_an_unknown_kind_is_a_mistake_of_ours():
    with pytest.raises(ValueError):
        ClientError("bad", "X")
