"""A shop with one order, as Odoo and a payment provider keep it, for tests of refunds whatever comes in between."""

from dataclasses import replace
from decimal import Decimal

from retail_sync_helpdesk.domain.currency import ZERO, Currency
from retail_sync_helpdesk.domain.service.amounts import offer
from retail_sync_helpdesk.domain.service.money_facts import (
    BilledLine,
    Credit,
    CreditLine,
    Invoice,
    MoneyFacts,
    Payment,
    Refund,
    Request,
)
from retail_sync_helpdesk.domain.service.money_out import Answer, Attempt, Intent, Step, key_of, next_step
from retail_sync_helpdesk.domain.service.policy import Policy, ShippingRefund

D = Decimal
EUR = Currency("EUR")
POLICY = Policy(
    1,
    restocking_percent=D(10),
    shipping_refund=ShippingRefund.always,
    goodwill_percent=D(20),
)
BILLED = (
    BilledLine(101, 1, 11, quantity=D(3), total=D("59.99"), untaxed=D("50.41")),
    BilledLine(102, 1, 12, quantity=D(9), total=D("0.72"), untaxed=D("0.63")),
    BilledLine(103, 1, 13, "reward", total=D("-5.00"), untaxed=D("-4.20")),
    BilledLine(201, 2, 11, quantity=D(2), total=D("40.00"), untaxed=D("33.61")),
    BilledLine(202, 2, 14, "shipping", total=D("4.90"), untaxed=D("4.12")),
)
# The first invoice has four cents more than its lines: nine lines of 0.07 with 21 %, rounded once.
INVOICES = (Invoice(1, "INV/1", D("55.75")), Invoice(2, "INV/2", D("44.90")))
TOTAL = D("100.65")


def facts(paid=TOTAL, **changes):
    """An order that was billed twice and paid by one transaction; what is not paid is open on the later invoice."""
    rest = TOTAL - paid
    second = min(rest, INVOICES[1].total)
    invoices = (replace(INVOICES[0], residual=rest - second), replace(INVOICES[1], residual=second))
    payments = (Payment(1, paid),) if paid else ()
    return replace(MoneyFacts(EUR, TOTAL, invoices=invoices, billed=BILLED, payments=payments), **changes)


def credits_of(found, first_id, request="", state="posted", debts=None):
    """The credit notes of an offer, cleared against open debts when they are posted."""
    notes = []
    for invoice_id in sorted({part.invoice_id for part in found.parts}):
        parts = [part for part in found.parts if part.invoice_id == invoice_id]
        total = sum((part.total for part in parts), ZERO)
        lines = tuple(
            CreditLine(part.billed_id, part.quantity, part.total, part.kept) for part in parts if part.billed_id
        )
        offset = min(total, debts[invoice_id]) if debts and state == "posted" else ZERO
        goodwill = sum((part.total for part in parts if part.kind == "goodwill"), ZERO)
        note_id = first_id + len(notes) if first_id else 0
        notes.append(Credit(note_id, state, invoice_id, total, offset, goodwill, lines, request))
    return tuple(notes)


def after(before, claim, policy=POLICY):
    """The facts after a claim was carried out, and its offer."""
    found = offer(before, claim, policy)
    debts = {invoice.id: invoice.residual for invoice in before.invoices}
    notes = credits_of(found, 1000 + len(before.credits), debts=debts)
    return posted(before, notes), found


def posted(before, notes):
    """The facts with some more posted notes."""
    cleared = {}
    for note in notes:
        cleared[note.invoice_id] = cleared.get(note.invoice_id, ZERO) + note.offset
    invoices = tuple(replace(inv, residual=inv.residual - cleared.get(inv.id, ZERO)) for inv in before.invoices)
    return replace(before, credits=(*before.credits, *notes), invoices=invoices, version=before.version + 1)


class Shop:
    """Refunds in two phases, with a provider that may fail, and workers that may be killed after any step."""

    def __init__(self, paid, provider):
        self.facts = facts(paid)
        self.paid = paid
        self.provider = provider
        self.intents, self.attempts = {}, {}
        # What the provider has done: {key: answer}; and what it has paid out, call by call.
        self.known, self.payouts = {}, []
        self.serial = 100

    def new_id(self):
        self.serial += 1
        return self.serial

    def now(self):
        """The facts as they are committed."""
        refunds = []
        for (uuid, number), attempt in self.attempts.items():
            intent = self.intents[uuid]
            refunds.append(Refund(number, intent.amount, attempt.state, attempt.post_processed, self.note_of(uuid)))
        return replace(self.facts, refunds=tuple(refunds))

    def note_of(self, uuid):
        return int(uuid.partition(":")[2])

    def commit(self, found, version, request=""):
        """First phase. False: another change came first, as the update of the version makes PostgreSQL say."""
        if version != self.facts.version:
            return False
        debts = {invoice.id: invoice.residual for invoice in self.facts.invoices}
        notes = credits_of(found, self.new_id(), request, debts=debts)
        self.serial += len(notes)
        self.post(notes)
        return True

    def post(self, notes):
        self.facts = posted(self.facts, notes)
        for note in notes:
            if note.total > note.offset:
                uuid = f"u:{note.id}"
                self.intents[uuid] = Intent(uuid, note.total - note.offset, paid=self.paid or None)

    def approve(self, found, version):
        if version != self.facts.version:
            return False
        request = Request(f"r{self.new_id()}", credits=credits_of(found, 0, state="draft"))
        self.facts = replace(self.facts, requests=(*self.facts.requests, request), version=version + 1)
        return True

    def step(self, uuid, fails, killed):
        """One step of the job. killed: after the effect outside, before anything is stored."""
        intent = self.intents[uuid]
        attempt = self.attempts.get((uuid, intent.attempt))
        step = next_step(intent, attempt, self.provider)
        if step is Step.look_up:
            step = next_step(intent, attempt, self.provider, self.known.get(key_of(intent), Answer.not_found))
        if step is Step.send:
            self._send(intent, attempt, fails, killed)
        elif step is Step.manual and not intent.manual:
            self.intents[uuid] = replace(intent, manual=True)
        elif not killed:
            self._store(intent, attempt, step)
        return step

    def _send(self, intent, attempt, fails, killed):
        key = key_of(intent)
        if not (self.provider.keeps_keys and key in self.known):
            self.known[key] = Answer.failed if fails else Answer.done
            if not fails:
                self.payouts.append((intent.uuid, intent.amount))
        # The worker that has called is gone, or has stored the answer: no later one is fresh.
        state = "draft" if killed else {Answer.failed: "error", Answer.done: "done"}[self.known[key]]
        self._put(intent, replace(attempt, state=state, fresh=False, retryable=state == "error"))

    def _store(self, intent, attempt, step):
        if step is Step.create:
            self._put(intent, Attempt(fresh=True))
        elif step is Step.store_done:
            self._put(intent, replace(attempt, state="done"))
        elif step is Step.store_failed:
            self._put(intent, replace(attempt, state="error", retryable=True))
        elif step is Step.post_process:
            self._put(intent, replace(attempt, post_processed=True))
        elif step is Step.reconcile:
            self._put(intent, replace(attempt, reconciled=True))
        elif step is Step.again:
            self.intents[intent.uuid] = replace(intent, attempt=intent.attempt + 1)

    def forget_who_is_fresh(self):
        """Every worker is killed: what they had just created is no longer known to be unsent."""
        self.attempts = {key: replace(attempt, fresh=False) for key, attempt in self.attempts.items()}

    def _put(self, intent, attempt):
        self.attempts[intent.uuid, intent.attempt] = attempt
