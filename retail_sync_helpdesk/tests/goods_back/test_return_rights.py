from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .return_case import ReturnCase

GROUPS = {
    "agent": "retail_sync_helpdesk.group_agent",
    "supervisor": "retail_sync_helpdesk.group_supervisor",
    "finance": "retail_sync_helpdesk.group_refund_finance",
    "stock": "stock.group_stock_user",
    "outsider": "base.group_user",
}
# Method -> who may call it.
MAY = {
    "action_cancel": {"agent", "supervisor"},
    "action_label": {"agent", "supervisor"},
    "action_expect_again": {"agent", "supervisor"},
    "action_close": {"supervisor"},
    "action_inspect": {"supervisor", "stock"},
}


@tagged("post_install", "-at_install")
class TestReturnRights(ReturnCase):
    """One user of each group, on the screens and over RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            name: new_test_user(cls.env, f"return_{name}", groups=f"base.group_user,{group}")
            for name, group in GROUPS.items()
        }

    def test_each_group_calls_what_it_may(self):
        header = self.returned(self.sold(), 1)
        for method, allowed in MAY.items():
            for name, user in self.users.items():
                with self.subTest(method=method, user=name):
                    try:
                        with self.env.cr.savepoint():
                            getattr(header.with_user(user), method)()
                            self.env.flush_all()
                            self.assertIn(name, allowed)
                            # Every user meets the return as it was.
                            raise UserError("undo")  # pylint: disable=translation-required
                    except AccessError:
                        self.assertNotIn(name, allowed)
                    except UserError:
                        self.assertIn(name, allowed)

    def test_values_are_written_by_no_user(self):
        header = self.returned(self.sold(), 1)
        self.receive(header)
        inspection = self.inspect(header, ("used", 1, "keep"))
        for record in (header, header.line_ids, inspection):
            for name, user in self.users.items():
                with self.subTest(model=record._name, user=name), self.assertRaises(AccessError):
                    record.with_user(user).write({"quantity" if "quantity" in record else "reason": 5})
                with self.subTest(model=record._name, user=name), self.assertRaises(AccessError):
                    record.with_user(user).unlink()

    def test_the_parts_are_changed_by_the_return_alone(self):
        header = self.returned(self.sold(), 1)
        manager = new_test_user(self.env, "return_rma", groups="base.group_user,rma.rma_group_manager")
        part = header.rma_ids.with_user(manager)
        for vals in ({"state": "refunded"}, {"sync_return_line_id": False}, {"product_uom_qty": 3}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                part.write(vals)
        with self.assertRaises(AccessError):
            part.action_cancel()
        with self.assertRaises(AccessError):
            part.copy({"sync_return_line_id": header.line_ids.id})
        self.receipt(header).with_user(self.users["stock"]).button_validate()
        self.assertEqual(header.state, "received")

    def test_who_may_read_opens_the_form(self):
        header = self.returned(self.sold(), 1)
        for name in ("agent", "supervisor", "finance", "stock"):
            with self.subTest(user=name):
                form = Form(header.with_user(self.users[name]))
                self.assertEqual(form.state, "expected")
        with self.assertRaises(AccessError):
            header.with_user(self.users["outsider"]).read(["name"])

    def test_a_stock_user_inspects_with_the_dialog(self):
        header = self.returned(self.sold(), 2)
        self.receive(header)
        user = self.users["stock"]
        action = header.with_user(user).action_inspect()
        wizard = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        photo = self.env["ir.attachment"].with_user(user).create({"name": "box.png", "raw": b"1"})
        with Form(wizard) as form:
            with form.line_ids.edit(0) as line:
                line.quantity = 1
            with form.line_ids.new() as line:
                line.line_id = header.line_ids.with_user(user)
                line.quantity = 1
                line.result = "damaged"
                self.assertEqual(line.disposition, "scrap")
                line.note = "Torn"
        wizard.line_ids[1].attachment_ids = photo
        wizard.action_confirm()
        self.assertEqual(header.state, "inspected")
        found = header.inspection_ids
        self.assertEqual(found.user_id, user)
        self.assertEqual(found.mapped("note"), [False, "Torn"])
        self.assertEqual(found.attachment_ids, photo)
        photo.with_user(self.users["agent"]).check_access("read")

    def test_a_dialog_takes_no_file_of_others(self):
        header = self.returned(self.sold(), 1)
        self.receive(header)
        secret = self.env["ir.attachment"].create({"name": "contract.pdf", "raw": b"1"})
        user = self.users["stock"]
        action = header.with_user(user).action_inspect()
        wizard = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        wizard.line_ids.sudo().attachment_ids = secret
        self.env.flush_all()
        self.env.invalidate_all()
        wizard.action_confirm()
        self.assertFalse(header.inspection_ids.attachment_ids)
        with self.assertRaises(AccessError):
            header.inspection_ids.with_user(user).sudo()._take_photos(secret.ids)
        self.assertFalse(secret.res_model)

    def test_another_company_sees_nothing(self):
        header = self.returned(self.sold(), 1)
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            "return_other",
            groups="retail_sync_helpdesk.group_supervisor",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.assertFalse(self.env["retail.sync.return"].with_user(user).search([("id", "=", header.id)]))
        with self.assertRaises(AccessError):
            header.with_user(user).action_cancel()
