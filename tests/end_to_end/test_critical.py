"""What Odoo decides about a customer: block, credit, amounts. It shows in Salesforce whatever else is going on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from setup.lib.rpc import RpcError

from .equality import differences, last_entry, proof


@pytest.fixture
def firm(both, shelf):
    """A fresh family; credit and all are equal at the end."""
    yield shelf.take()
    both.quiet()
    assert [*proof(both), *differences(both, ours=True)] == []


def invoice(both, partner, amount, due):
    """Post a customer invoice; its id."""
    values = {
        "move_type": "out_invoice",
        "partner_id": partner,
        "invoice_date": str(date.today() - timedelta(days=60)),
        "invoice_date_due": str(due),
        "invoice_payment_term_id": False,
        "invoice_line_ids": [(0, 0, {"name": "Goods", "price_unit": amount, "tax_ids": [(5,)]})],
    }
    move = both.stack.rpc("account.move", "create", [values])
    both.stack.rpc("account.move", "action_post", [move])
    return move


def test_block_with_reason_and_end_and_lifted_again(both, firm):
    until = str(date.today() + timedelta(days=30))
    both.write(firm.firm, account_block=True, account_block_reason="Cheque bounced", account_block_until=until)
    shown = {"Odoo_Account_Blocked__c": True, "Odoo_Block_Reason__c": "Cheque bounced", "Odoo_Blocked_Until__c": until}
    for key in (firm.account, firm.contact, firm.other):
        both.arrives(key, **shown, Odoo_Credit_State__c="Hold")
    order = both.stack.rpc("sale.order", "create", [{"partner_id": firm.person}])
    with pytest.raises(RpcError):
        both.stack.rpc("sale.order", "action_confirm", [order])
    both.write(firm.firm, account_block=False)
    for key in (firm.account, firm.contact, firm.other):
        both.arrives(key, Odoo_Account_Blocked__c=False, Odoo_Block_Reason__c=None, Odoo_Credit_State__c="OK")
    both.stack.rpc("sale.order", "action_confirm", [order])


def test_typed_over_in_salesforce_is_put_right(both, firm):
    """What Odoo decides is not for sale staff to edit over there."""
    both.write(firm.firm, account_block=True, account_block_reason="Late payer")
    both.arrives(firm.account, Odoo_Account_Blocked__c=True)
    both.wait_idle()
    both.simulator.edit("Account", firm.account, {"Odoo_Account_Blocked__c": False, "Odoo_Credit_State__c": "OK"})
    both.poll()
    both.arrives(firm.account, Odoo_Account_Blocked__c=True, Odoo_Credit_State__c="Hold")
    assert both.partner(firm.account)["account_block"] is True


def test_overdue_invoice_puts_on_hold(both, firm):
    move = invoice(both, firm.person, 120.5, date.today() - timedelta(days=10))
    amounts = {"Odoo_Amount_Due__c": 120.5, "Odoo_Overdue_Amount__c": 120.5}
    for key in (firm.account, firm.contact, firm.other):
        both.arrives(key, **amounts, Odoo_Credit_State__c="Hold")
    both.stack.rpc("account.move", "button_draft", [move])
    for key in (firm.account, firm.contact, firm.other):
        both.arrives(key, Odoo_Amount_Due__c=0.0, Odoo_Overdue_Amount__c=0.0, Odoo_Credit_State__c="OK")


def test_credit_limit(both, firm):
    company = both.query("SELECT id FROM res_company ORDER BY id LIMIT 1")[0]["id"]
    both.stack.rpc("res.company", "write", [[company], {"account_use_credit_limit": True}])
    try:
        both.write(firm.firm, credit_limit=1000)
        # "OK" says no more than the blank that the account has: it is not sent.
        both.arrives(firm.account, Odoo_Credit_Limit__c=1000.0)
        invoice(both, firm.firm, 950, date.today() + timedelta(days=30))
        both.arrives(firm.contact, Odoo_Amount_Due__c=950.0, Odoo_Credit_State__c="Near limit")
        invoice(both, firm.firm, 100, date.today() + timedelta(days=30))
        both.arrives(firm.account, Odoo_Amount_Due__c=1050.0, Odoo_Credit_State__c="Hold")
        assert not both.record(firm.account).get("Odoo_Overdue_Amount__c")
    finally:
        both.stack.rpc("res.company", "write", [[company], {"account_use_credit_limit": False}])
    both.arrives(firm.account, Odoo_Credit_Limit__c=None, Odoo_Credit_State__c="OK")


def test_terms_tax_class_and_vat(both, firm):
    [term] = both.stack.rpc("account.payment.term", "create", [[{"name": "45 days net"}]])
    [position] = both.stack.rpc("account.fiscal.position", "create", [[{"name": "Intra-EU"}]])
    both.write(firm.firm, property_payment_term_id=term, property_account_position_id=position, vat="IT12345670017")
    shown = {"Odoo_Payment_Terms__c": "45 days net", "Odoo_Tax_Class__c": "Intra-EU"}
    both.arrives(firm.account, **shown, Odoo_VAT_Number__c="IT12345670017")
    both.arrives(firm.contact, **shown)
    assert both.record(firm.account)["Odoo_VAT_Status__c"] in ("Valid", "Unchecked")


def test_hold_passes_a_load(both, firm):
    """Both workers are busy reading everything anew: the block of a customer does not wait for the end of it."""
    simulator = both.simulator
    both.tune(page_size=5)
    simulator.config(latency_ms=200, page_size_cap=5)
    since = last_entry(both)
    try:
        both.call("start_first_load")
        both.stack.wait_for(lambda: both.query("SELECT 1 FROM queue_job WHERE state = 'started'"), interval=0.02)
        both.write(firm.firm, account_block=True, account_block_reason="Fraud")
        both.arrives(firm.account, Odoo_Account_Blocked__c=True)
        loading = [run for run in both.runs() if run["kind"] == "initial" and run["state"] in ("pending", "running")]
    finally:
        simulator.config(latency_ms=0, page_size_cap=2000)
        both.tune(page_size=500)
    assert loading, "the load was over before the block arrived: nothing was tried"
    assert any(entry["id"] == firm.account for entry in simulator.journal(since=since, user="integration"))
    both.wait_loaded()
