from datetime import timedelta

from odoo import Command, fields
from odoo.tests import TransactionCase, new_test_user

STAFF = "sales_team.group_sale_salesman_all_leads"


class BlockCase(TransactionCase):
    """A company with books of its own, a customer with a contact, and one user per right."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.partner_id.tz = "Europe/Rome"
        cls.today = cls.company._retail_sync_today()
        cls.users = {
            "seller": new_test_user(cls.env, "seller", groups=STAFF),
            "blocker": new_test_user(cls.env, "blocker", groups="retail_sync.group_account_block"),
            "boss": new_test_user(
                cls.env, "boss", groups=f"{STAFF},retail_sync.group_account_block_override", name="Big Boss"
            ),
            "auditor": new_test_user(cls.env, "an_auditor", groups="retail_sync.group_auditor"),
            "portal": new_test_user(cls.env, "a_customer", groups="base.group_portal"),
        }
        cls.product = cls.env["product.product"].create({"name": "Chair", "type": "service", "list_price": 100})
        cls.firm, cls.other = cls.env["res.partner"].create(
            [{"name": "Rossi Srl", "is_company": True}, {"name": "Bianchi Spa", "is_company": True}]
        )
        cls.contact = cls.env["res.partner"].create({"name": "Ada Rossi", "parent_id": cls.firm.id})
        cls.receivable, cls.income = cls.env["account.account"].create(
            [
                {"name": "Test debtors", "code": "TST100", "account_type": "asset_receivable", "reconcile": True},
                {"name": "Test sales", "code": "TST200", "account_type": "income"},
            ]
        )
        cls.journal = cls.env["account.journal"].create({"name": "Test", "code": "TSTJ", "type": "general"})

    def as_user(self, name, record):
        return record.with_user(self.users[name])

    def order(self, partner=None, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": (partner or self.firm).id,
                "order_line": [Command.create({"product_id": self.product.id, "product_uom_qty": 1})],
                **values,
            }
        )

    def owes(self, partner, amount, due_in=10, post=True):
        """Book a receivable of amount that falls due in so many days (a payment when negative); return its line."""
        move = self.env["account.move"].create(
            {
                "journal_id": self.journal.id,
                "date": self.today - timedelta(days=60),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.receivable.id,
                            "partner_id": partner.id,
                            "balance": amount,
                            "date_maturity": self.today + timedelta(days=due_in),
                        }
                    ),
                    Command.create({"account_id": self.income.id, "balance": -amount}),
                ],
            }
        )
        if post:
            move.action_post()
        return move.line_ids.filtered(lambda line: line.account_id == self.receivable)

    def block(self, partner=None, reason="Unpaid invoices", until=False):
        self.as_user("blocker", partner or self.firm)._block_account(reason, until)

    def notes(self, record):
        return " ".join(record.message_ids.mapped("body"))

    def changes(self):
        """Return the intents that were raised, as {partner id: set of names}."""
        self.env.flush_all()
        found = {}
        for change in self.env["retail.sync.change"].search([("model", "=", "res.partner"), ("op", "=", "C")]):
            found.setdefault(change.res_id, set()).update(change.names.split(","))
        return found

    def queries(self, run):
        """Return how many queries run() takes, from an empty cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        run()
        return self.env.cr.sql_log_count - before

    def days(self, number):
        return fields.Date.to_string(self.today + timedelta(days=number))
