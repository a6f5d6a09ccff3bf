"""The sentences of the rules. They say what is so, and what can be done where that is not plain."""

from odoo.api import Environment

__all__ = ["sentences"]


def sentences(env: Environment) -> dict[str, str]:
    """Return {code of a rule: its sentence, with the values of the rule as %(name)s}."""
    return {
        **_of_orders(env),
        **_of_goods(env),
        **_of_money(env),
        **_of_policies(env),
        **_of_notices(env),
        **_of_rights(env),
        **_of_approvals(env),
    }


def _of_orders(env: Environment) -> dict[str, str]:
    return {
        "action_unknown": env._("There is no action %(action)s."),
        "order_not_confirmed": env._("The order is not confirmed."),
        "order_cancelled": env._("The order is cancelled already."),
        "nothing_chosen": env._("No line is chosen. Choose lines and quantities."),
        "line_unknown": env._("The order has no such line: %(line)s."),
        "quantity_not_positive": env._("%(line)s: the quantity is not above 0."),
        "quantity_too_large": env._("%(line)s: %(asked)s was asked for, at most %(most)s is possible."),
        "goods_left": env._("Goods have left with %(shipment)s. Cancel the rest, or announce a return."),
        "goods_all_left": env._("All goods have left. Announce a return instead."),
        "invoice_posted": env._("The order is billed with %(invoice)s. Cancel the rest, which credits it."),
        "nothing_open": env._("Nothing is left to be delivered."),
        "address_not_served": env._(
            "%(carrier)s does not deliver to this address. Choose another address, or another delivery method on the "
            "order."
        ),
        "label_made": env._("%(shipment)s has a parcel label already: %(tracking)s."),
    }


def _of_goods(env: Environment) -> dict[str, str]:
    return {
        "not_goods": env._("%(line)s: this is no article that is shipped."),
        "not_delivered": env._("%(line)s: it is not delivered yet."),
        "all_returned": env._("%(line)s: everything has come back already."),
        "return_expected": env._("%(line)s: a return of %(quantity)s is on its way already."),
        "all_replaced": env._("%(line)s: everything was replaced already."),
        "already_refunded": env._("%(line)s: it was paid back already."),
        "out_of_stock": env._("%(line)s: only %(available)s is in stock."),
    }


def _of_money(env: Environment) -> dict[str, str]:
    return {
        "nothing_invoiced": env._("Nothing of the order is billed yet."),
        "line_not_invoiced": env._("%(line)s: it is not billed yet."),
        "line_all_credited": env._("%(line)s: all that was billed is credited already."),
        "nothing_left_to_credit": env._("Of %(invoiced)s that was billed, %(credited)s is credited: nothing is left."),
        "nothing_left_to_pay_back": env._(
            "Of %(paid)s that was paid, %(refunded)s was paid back and %(pending)s is on its way: nothing is left."
        ),
        "amount_not_positive": env._("The amount is not above 0."),
        "amount_not_exact": env._("%(amount)s cannot be paid: the smallest unit is %(unit)s."),
        "amount_too_large": env._("%(asked)s was asked for, at most %(most)s is possible."),
        "no_shipping_paid": env._("The customer has paid no shipping costs."),
        "shipping_all_credited": env._("The shipping costs are credited already."),
        "refund_in_doubt": env._(
            "It is not known yet whether the refund %(refund)s has left. Finance finds that out first."
        ),
        "payment_not_booked": env._(
            "A payment of %(invoice)s waits for the bank, and %(open)s of it is open in the books. Match the payment "
            "with the bank statement first, or refund up to what no payment covers."
        ),
        "shared_invoice_open": env._(
            "%(invoice)s bills several orders, and %(open)s of it is open: Odoo would take a credit note off the debt "
            "of all of them. Wait until it is paid, or credit it in Accounting."
        ),
        "points_too_few": env._("The card has %(balance)s points: %(points)s cannot be taken."),
    }


def _of_policies(env: Environment) -> dict[str, str]:
    return {
        "no_policy": env._("No policy applies to this order."),
        "goods_not_back": env._("%(line)s: the goods are not back yet; at most %(most)s may be paid back."),
        "window_over": env._("%(line)s: the return window of %(days)s days ended on %(ended)s."),
        "warranty_over": env._("%(line)s: the warranty of %(days)s days ended on %(ended)s."),
        "delivery_date_unknown": env._("%(line)s: it is not known when it was handed over."),
        "category_not_returnable": env._("%(line)s: goods of the category %(category)s do not come back."),
        "shipping_not_refunded": env._("The policy pays no shipping costs back here."),
        "shipping_above_cap": env._("Shipping costs: %(asked)s was asked for, the policy allows %(most)s."),
        "goodwill_not_allowed": env._("The policy allows no goodwill."),
        "goodwill_above_cap": env._(
            "Goodwill: %(asked)s was asked for, the policy allows %(most)s and %(given)s was given already."
        ),
        "refunds_of_customer": env._(
            "The customer got %(count)s refunds in %(days)s days; the policy allows %(most)s."
        ),
        "refund_amount_of_customer": env._(
            "The customer gets %(amount)s back in %(days)s days; the policy allows %(most)s."
        ),
        "order_printed": env._("The warehouse has printed %(shipment)s already."),
        "order_picked": env._("The warehouse has picked %(shipment)s already."),
        "tax_changes": env._("The taxes would change from %(before)s to %(after)s."),
        "country_changes": env._("The country would change from %(before)s to %(after)s."),
        "customer_held": env._("The customer is on hold: %(hold)s."),
        "price_lowered": env._("%(line)s: %(amount)s of its price was paid back already."),
        "fee_waived": env._("The policy keeps a restocking fee of %(amount)s, which is not to be kept here."),
        "approval_needed": env._("This needs an approval: %(approval)s."),
    }


def _of_notices(env: Environment) -> dict[str, str]:
    return {
        "purchase_orders_stay": env._("Purchase orders stay as they are: %(purchases)s. Talk to the supplier."),
        "payment_released": env._("The reserved payment of %(amount)s is released; no money moves."),
        "undelivered_credited": env._("%(amount)s for goods that were not delivered is credited."),
        "prepaid_back": env._("%(amount)s was paid and will not be billed: it is paid back."),
        "down_payment_stays": env._(
            "%(amount)s of a down payment is more than what is left of the order. The last invoice takes it off, or it "
            "is credited with the down payment's invoice."
        ),
        "no_money_moves": env._("No money moves: the credit note lowers the debt of %(debt)s."),
        "billed_again": env._("Odoo offers what is credited for billing again. Do not bill it."),
        "sent_before": env._("Goods were sent again before: %(shipments)s."),
    }


def _of_rights(env: Environment) -> dict[str, str]:
    return {
        "order_locked": env._("The order is locked. A person with the right to do so unlocks it."),
        "company_not_allowed": env._("The order belongs to another company: %(company)s."),
        "scope_missing": env._("The scope is missing: %(scope)s."),
        "read_only": env._("Here one may look up only."),
        "verification_missing": env._("The customer must be verified first: %(methods)s."),
        "verification_too_old": env._("The customer was verified more than %(minutes)s minutes ago. Verify again."),
        "machine_not_allowed": env._(
            "The policy does not let machines do this: %(action)s. Hand the case to a person."
        ),
        "machine_cap_single": env._("Cap %(cap)s: one action gives away %(most)s at most, this one %(amount)s."),
        "machine_cap_count": env._("Cap %(cap)s: %(most)s actions are done. The next one is possible from %(until)s."),
        "machine_cap_amount": env._(
            "Cap %(cap)s: %(spent)s of %(most)s is given away, and %(amount)s would come on top."
        ),
    }


def _of_approvals(env: Environment) -> dict[str, str]:
    return {
        "own_request": env._("Another person decides on a request than the one who stands behind it."),
        "not_in_group": env._("Members of another group decide on this: %(group)s."),
        "machines_do_not_approve": env._("Machines approve nothing."),
        "request_not_waiting": env._("The request does not wait any more: %(state)s."),
        "request_expired": env._("The request waited too long. It has to be made anew."),
        "facts_changed": env._("The order has changed since the request. It has to be made anew."),
        "override_not_allowed": env._("Setting rules aside is a right of its own, which is missing here."),
        "override_without_reason": env._("A rule is set aside with a reason. Enter why."),
    }
