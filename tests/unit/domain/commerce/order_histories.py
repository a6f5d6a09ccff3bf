"""An order whose documents come about step by step, as Odoo makes them, for tests of what is said about it."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from retail_sync.domain.commerce.facts import (
    HoldFacts,
    InvoiceFacts,
    LineFacts,
    OrderFacts,
    TransactionFacts,
    TransferFacts,
)

START = datetime(2026, 3, 2, 9)
ORDERED = Decimal(5)
LINE = 11


class History:
    """Makes documents of one order with one line of five. Each step takes an hour."""

    def __init__(self):
        self.now = START
        self.serial = 100
        self.facts = OrderFacts(
            1,
            "S00001",
            created_at=START,
            ordered_at=START,
            changed_at=START,
            currency="EUR",
            total=Decimal(100),
            lines=(LineFacts(LINE, sku="A", ordered=ORDERED),),
        )

    @property
    def line(self):
        return self.facts.lines[0]

    def step(self, name, number):
        self.now += timedelta(hours=1)
        getattr(self, name)(number)

    def set(self, **values):
        self.facts = replace(self.facts, changed_at=self.now, **values)

    def set_line(self, **values):
        self.facts = replace(self.facts, lines=(replace(self.line, **values),))

    def new_id(self):
        self.serial += 1
        return self.serial

    def put(self, field, document):
        others = tuple(found for found in getattr(self.facts, field) if found.id != document.id)
        self.facts = replace(self.facts, **{field: tuple(sorted((*others, document), key=lambda item: item.id))})

    def open_transfer(self, role="out"):
        return next((item for item in self.facts.transfers if item.open and item.role == role), None)

    def pick_of(self, field, number, suits):
        found = [item for item in getattr(self.facts, field) if suits(item)]
        return found[number % len(found)] if found else None

    # -- steps: each takes a number that decides between variants

    def send(self, _number):
        if self.facts.state == "draft":
            self.set(state="sent")

    def confirm(self, number):
        if self.facts.state in ("draft", "sent"):
            promise = self.now + timedelta(hours=number) if number % 3 else None
            self.set(state="sale", ordered_at=self.now, promised_at=promise)
            rest = self.line.open
            if rest:
                demand = {LINE: rest}
                self.put("transfers", TransferFacts(self.new_id(), created_at=self.now, demand=demand))
                self.set_line(demand=rest)

    def reserve(self, number):
        if self.open_transfer():
            reserved = min(Decimal(number % 6), self.line.demand)
            self.set_line(reserved=reserved, short=self.line.demand - reserved)

    def ship(self, number):
        transfer = self.open_transfer()
        if transfer and transfer.demand:
            demand = transfer.demand[LINE]
            quantity = min(Decimal(1 + number % 5), demand)
            done = {LINE: quantity}
            self.put("transfers", replace(transfer, state="done", done_at=self.now, quantities=done, demand=done))
            rest = demand - quantity
            if rest:
                backorder = TransferFacts(
                    self.new_id(), created_at=self.now, demand={LINE: rest}, backorder_of=transfer.id
                )
                self.put("transfers", backorder)
            reserved = max(self.line.reserved - quantity, Decimal(0))
            self.set_line(shipped=self.line.shipped + quantity, demand=rest, reserved=reserved, short=Decimal(0))

    def drop_rest(self, _number):
        transfer = self.open_transfer()
        if transfer:
            self.put("transfers", replace(transfer, state="cancel"))
            self.set_line(demand=Decimal(0), reserved=Decimal(0), short=Decimal(0))

    def track(self, number):
        transfer = self.pick_of("transfers", number, lambda item: item.outgoing)
        if transfer:
            tracking = "" if number % 4 == 3 else f"1Z{number}"
            self.put("transfers", replace(transfer, tracking=tracking, changed_at=self.now))

    def report(self, number):
        transfer = self.pick_of("transfers", number, lambda item: item.outgoing and item.done)
        if transfer and transfer.delivery != "delivered":
            if number % 2:
                self.put("transfers", replace(transfer, delivery="delivered", delivered_at=self.now))
            else:
                self.put("transfers", replace(transfer, delivery="" if transfer.delivery else "incident"))

    def ask_return(self, number):
        shipped = self.pick_of("transfers", number, lambda item: item.outgoing and item.done)
        if shipped and not self.open_transfer("return"):
            back = TransferFacts(
                self.new_id(), role="return", created_at=self.now, return_of=(shipped.id,), demand={LINE: Decimal(1)}
            )
            self.put("transfers", back)

    def end_return(self, number):
        back = self.open_transfer("return")
        if back and number % 3:
            item = {LINE: Decimal(1)}
            self.put("transfers", replace(back, state="done", done_at=self.now, quantities=item))
            self.set_line(returned=self.line.returned + 1)
        elif back:
            self.put("transfers", replace(back, state="cancel"))

    def exchange(self, number):
        asked = any(item.role == "return" and item.state != "cancel" for item in self.facts.transfers)
        if asked and not self.open_transfer("exchange"):
            promise = self.now + timedelta(hours=number) if number % 2 else None
            demand = {LINE: Decimal(1)}
            self.put(
                "transfers",
                TransferFacts(self.new_id(), role="exchange", created_at=self.now, demand=demand, promised_at=promise),
            )

    def end_exchange(self, number):
        transfer = self.open_transfer("exchange")
        if transfer and number % 3:
            self.put("transfers", replace(transfer, state="done", done_at=self.now, quantities=transfer.demand))
            self.set_line(shipped=self.line.shipped + 1, replaced=self.line.replaced + 1)
        elif transfer:
            self.put("transfers", replace(transfer, state="cancel"))

    def bill(self, number):
        kind = "out_refund" if number % 4 == 0 else "out_invoice"
        total = Decimal(20)
        invoice = InvoiceFacts(
            self.new_id(),
            f"I{self.serial}",
            kind,
            "posted",
            invoiced_on=self.now.date(),
            created_at=self.now,
            currency="EUR",
            total=total,
            residual=total,
            quantities={LINE: Decimal(1)},
        )
        self.put("invoices", invoice)

    def reset(self, number):
        invoice = self.pick_of("invoices", number, lambda item: not item.paid_out)
        if invoice:
            states = {"posted": "draft", "draft": "posted"}
            total = invoice.total + 1 if invoice.posted and number % 2 else invoice.total
            self.put("invoices", replace(invoice, state=states[invoice.state], total=total, residual=total))

    def pay(self, number):
        invoice = self.pick_of("invoices", number, lambda item: item.posted)
        if invoice:
            paid = min(Decimal(10 * (number % 3)), invoice.total)
            if number % 3 == 2:
                paid = invoice.total
            state = "not_paid" if not paid else ("paid" if paid == invoice.total else "partial")
            changed = replace(
                invoice,
                paid_out=paid,
                residual=invoice.total - paid,
                payment_state=state,
                reconciled_on=self.now.date() if paid else None,
                reconciled_at=self.now if paid else None,
            )
            self.put("invoices", changed)

    def charge(self, number):
        state = ("error", "cancel", "done", "pending")[number % 4]
        refund = number % 8 > 3
        self.put(
            "transactions",
            TransactionFacts(
                self.new_id(), state=state, changed_at=self.now, amount=Decimal(20), currency="EUR", refund=refund
            ),
        )

    def hold(self, number):
        hold = HoldFacts(("account_block", "credit_hold")[number % 2], "Blocked", "res.partner", 7, since=self.now)
        keys = {item.key for item in self.facts.holds}
        rest = tuple(item for item in self.facts.holds if item.key != hold.key)
        self.set(holds=rest if hold.key in keys else (*rest, hold))

    def promise(self, number):
        if self.facts.state == "sale":
            self.set(promised_at=self.now + timedelta(hours=number) if number else None)

    def cut(self, number):
        if self.facts.state == "sale":
            ordered = max(self.line.fulfilled, Decimal(number % 7), Decimal(1))
            transfer = self.open_transfer()
            if transfer or ordered <= self.line.ordered:
                rest = max(ordered - self.line.fulfilled, Decimal(0)) if transfer else Decimal(0)
                if transfer:
                    state = "confirmed" if rest else "cancel"
                    self.put("transfers", replace(transfer, demand={LINE: rest}, state=state))
                reserved = min(self.line.reserved, rest)
                self.set_line(ordered=ordered, demand=rest, reserved=reserved, short=Decimal(0))

    def cancel(self, _number):
        if self.facts.state != "cancel":
            self.drop_rest(0)
            self.end_exchange(0)
            self.set(state="cancel")

    def redraft(self, _number):
        if self.facts.state == "cancel":
            self.set(state="draft")

    def wait(self, number):
        self.now += timedelta(hours=5 * number)


STEPS = sorted(
    name
    for name in vars(History)
    if not name.startswith("_")
    and name not in {"line", "step", "set", "set_line", "new_id", "put", "open_transfer", "pick_of"}
)
