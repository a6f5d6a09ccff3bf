"""The words that are replaced, what to say instead, and where the old word is right all the same.

Patterns are case-insensitive regular expressions. Identifiers are compared word by word: ``backend_id`` and
``BackendId`` read "backend id".
"""

from dataclasses import dataclass

UI = "user interface"
DOC = "docstring"
COMMENT = "comment"
NAME = "identifier"
TECHNICAL = "model, table or XML id"
README = "readme"
SCOPES = (UI, DOC, COMMENT, NAME, TECHNICAL, README)
PROSE = (UI, DOC, COMMENT, README)
EVERYWHERE = (*PROSE, NAME)


@dataclass(frozen=True)
class Rule:
    """A word to replace. whole: only where it is the whole text, as a label or the name of a variable."""

    old: str
    say: str
    scopes: tuple[str, ...] = EVERYWHERE
    whole: bool = False


@dataclass(frozen=True)
class Allowed:
    """Where a word may stand: files by a glob, the word, and for a single phrase a pattern of the text around it."""

    files: str
    word: str
    reason: str
    text: str = ""


def _technical(old: str, say: str, alone: bool = False) -> Rule:
    """Return the rule for a model, its table and its XML ids; alone: names that only begin with it are other models."""
    name = old.replace(".", "[._]")
    end = r"(?![._]?[a-z])" if alone else r"(?![a-z])"
    return Rule(rf"\b(?:model_)?retail[._]sync[._]{name}{end}", say, (TECHNICAL,))


RULES: tuple[Rule, ...] = (
    # Nouns
    Rule(r"backends?", "connection"),
    Rule(r"flows?", "stream"),
    Rule(r"map lines?", "field mapping"),
    Rule(r"(?<!retry )(?<!security )polic(?:y|ies)", "ownership rule"),
    Rule(r"bindings?", "link"),
    Rule(r"second (?:ids?|records?)", "secondary link", PROSE),
    Rule(r"alias(?:es)?", "secondary link"),
    Rule(r"twins?", "secondary link"),
    Rule(r"who is this\??", "review", PROSE),
    Rule(r"questions?", "review"),
    Rule(r"to decide", "reviews", (UI,), whole=True),
    Rule(r"may be", "suggested match", (UI,), whole=True),
    Rule(r"not the same", "non-match", (UI,)),
    Rule(r"apart", "non-match", (NAME,)),
    Rule(r"told apart|keeps? apart", "non-match", PROSE),
    Rule(r"merge step", "reconcile"),
    Rule(r"survivors", "survivorship", (NAME,), whole=True),
    Rule(r"to send", "outbox", (UI,), whole=True),
    Rule(r"out (?:records|new)", "delivery", (NAME,), whole=True),
    Rule(r"settle[sd]?|settling", "apply_results for answers; else what it does"),
    Rule(r"unconfirmed", "write intent"),
    Rule(r"tombstones?|bur(?:y|ies|ied)|fates?", "remote deletion"),
    Rule(r"late links?|late parents?", "deferred parent"),
    Rule(r"rereaders?|look(?:s|ed)? after", "refresh"),
    Rule(r"gates?", "call guard"),
    Rule(r"wakes?|absorbs?|soon", "job trigger", (NAME,)),
    Rule(r"own|own transaction", "separate_transaction, tx", (NAME,), whole=True),
    Rule(r"slots?", "part"),
    # States and verbs
    Rule(r"in step", "in sync", PROSE),
    Rule(r"needs a person", "needs attention", PROSE),
    Rule(r"out of sight", "not visible remotely", PROSE),
    Rule(r"taken|taken in|went through", "accepted, created, unchanged", (UI,), whole=True),
    Rule(r"solved|held|given up", "done, waiting for, failed", (UI,), whole=True),
    Rule(r"decide|decide…|all are second records", "review", (UI,), whole=True),
    Rule(r"insist(?:s|ed)?", "create anyway"),
    Rule(r"sync now", "retry or send now", (UI,)),
    Rule(r"read afresh", "refresh from the platform", PROSE),
    Rule(r"asked for changes", "last polled", (UI,)),
    Rule(r"all well|remarks", "passed, warnings", (UI,), whole=True),
    Rule(r"mend(?:s|ed|ing)?", "fix, repair"),
    Rule(r"told", "reported, received"),
    Rule(r"(?:by|of) itself", "automatically", PROSE),
    Rule(r"as said above|make separate again", "undo", PROSE),
    Rule(r"somebody|nobody", "name the actor", PROSE),
    Rule(r"put off|take up again", "postpone, reopen", (UI,), whole=True),
    # Writing rules
    Rule(r"one|some|another|mine|theirs|said", "name the thing", (NAME,), whole=True),
    Rule(r"see there", "give the reason", PROSE),
    # Models and tables
    _technical("backend", "retail.sync.connection"),
    _technical("flow", "retail.sync.stream"),
    _technical("policy", "retail.sync.ownership.rule"),
    _technical("binding", "retail.sync.link"),
    _technical("identity.apart", "retail.sync.non.match"),
    _technical("identity.model", "retail.sync.match.model"),
    _technical("identity.decision", "retail.sync.match.decision"),
    _technical("duplicate", "retail.sync.duplicate.group", alone=True),
    _technical("unconfirmed", "retail.sync.write.intent"),
    _technical("seen", "retail.sync.load.snapshot"),
    _technical("gate", "retail.sync.call.guard"),
    _technical("wake", "job_trigger"),
    _technical("own", "separate_transaction"),
    _technical("tombstones", "remote_deletions"),
    _technical("rereader", "refresh"),
    _technical("settle", "apply_results"),
    _technical("late.links", "deferred_parents"),
)

ALLOWED: tuple[Allowed, ...] = (
    Allowed("setup/lib/structure/*", r".*", "The table of the words and what reads it."),
    Allowed("docs/*", r".*", "The table of the words in the architecture page names what it replaces.", r"\|.*\|"),
    Allowed("CHANGELOG.md", r".*", "Says what was renamed."),
    Allowed("*", r"backends?", "Names of the cryptography and packaging libraries.", r"(?:default|build).backend"),
    Allowed("tests/chaos/*", r"backends?", "PostgreSQL's word for a server process.", r"(?i)postgres"),
    Allowed("tests/chaos/reaper.py", r"backends?", "PostgreSQL's word for a server process."),
    Allowed("*", r"flows?", "Salesforce's own automation tool.", r"(?i)flow or (?:a )?trigger"),
    Allowed("retail_sync_salesforce/readme/*", r"flows?", "Salesforce's own automation tool.", r"\bFlows?\b"),
    Allowed("retail_sync_salesforce/sfdx/*", r"flows?", "Names of settings in Salesforce.", r"\bFlows?\b"),
    Allowed("tests/simulators/salesforce/*", r"flows?", "Salesforce's own automation tool.", r"\bFlows?\b"),
    Allowed("retail_sync_salesforce/readme/*", r"policies", "The name of a page in Salesforce.", r"\bPolicies\b"),
    Allowed("retail_sync_salesforce/sfdx/*", r"policies", "The name of a page in Salesforce.", r"\bPolicies\b"),
    Allowed("retail_sync_salesforce/sfdx/*", r"alias", "An argument of Salesforce's command line.", r"<alias>"),
    Allowed("tests/simulators/salesforce/soql*.py", r"alias(?:es)?", "A clause of the query language."),
    Allowed("tests/*", r"wakes?", "Threads that wait are woken; no job is meant."),
    Allowed("*", r"twins?", "Persons born together.", r"(?i)sister|brother|parents|household|mother|letter|look-alike"),
    Allowed("retail_sync/domain/identity/*", r"twins?", "Persons born together: evidence about names and birth dates."),
    Allowed("retail_sync/domain/*countries.py", r"alias(?:es)?", "Other names of a country."),
    Allowed(
        "*",
        r"polic(?:y|ies)",
        "Settings of a stream: create, delete, export, intake and unlink policy. Codes are stored.",
        r"(?:create|delete|export|intake|unlink) polic",
    ),
    Allowed("retail_sync_helpdesk/*", r"(?:.*retail.sync.)?polic(?:y|ies).*", "What a shop promises its customers."),
    Allowed("docs/rights.md", r"policy", "What a shop promises its customers.", r"`retail\.sync\.policy[.a-z]*`"),
    Allowed("tests/benchmarks/helpdesk_*", r"(?:.*retail.sync.)?polic(?:y|ies).*", "What a shop promises."),
    Allowed("retail_sync_helpdesk/models/ticket/*", r"solved", "A status of tickets, as desks name it."),
    Allowed("docs/architecture.md", r"policy", "The room of what a shop promises its customers.", r"P\[policy\]"),
    Allowed("tests/unit/helpdesk_domain/*", r"polic(?:y|ies)", "What a shop promises its customers."),
    Allowed("*", r"apart", "A distance between two dates.", r"generations.apart"),
    Allowed("*", r"questions?", "A phrase of plain English.", r"(?i)in question|without question"),
    Allowed("*", r"slots", "Python's attribute of classes.", r"^slots$"),
    Allowed(
        "*", r"slots?", "queue_job's word for the capacity of a channel.", r"(?i)jobs?\b.*\bslots?\b|lane\b.*\bslots\b"
    ),
    Allowed(
        "retail_sync/domain/canonical/entity_rules.py",
        r"policy",
        "A code of the entities' rules, named after a setting.",
    ),
    Allowed(
        "retail_sync_salesforce/models/adapter/read/notifications.py", r"flows?", "Salesforce's own automation tool."
    ),
    Allowed(
        "tests/benchmarks/addons/naive_connector/*", r"bindings?", "The word of the connectors it is written like."
    ),
    Allowed(
        "tests/simulators/retailer/*", r"twins?|late parent", "Names of the generated cases, which tests select by."
    ),
    Allowed("tests/unit/domain/identity/*", r"twins?", "Persons born together."),
    Allowed("tests/contract/test_soql.py", r"alias(?:es)?", "A clause of the query language."),
    Allowed(
        "retail_sync_salesforce/client/poll_cursor.py", r"settled", "A key of stored cursors.", r"seen; settled; at:"
    ),
    Allowed("tests/unit/setup_lib/test_structure.py", r"retail[._]sync.*", "Names that the measure must find."),
)
