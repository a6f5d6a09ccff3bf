from odoo.tests import TransactionCase, tagged

from ..runtime.environment import as_company, as_user, of_connection, with_context


@tagged("post_install", "-at_install")
class TestEnvironment(TransactionCase):
    """Environments of modules of functions are those that recordsets would have."""

    def test_another_user_has_no_superuser_rights(self):
        user = self.env.ref("base.user_admin")
        env = as_user(self.env(su=True), user)
        self.assertEqual((env.user, env.su), (user, False))
        self.assertIs(env, self.env["res.partner"].sudo().with_user(user).env)

    def test_no_user_changes_nothing(self):
        same = as_user(self.env, None)
        self.assertEqual((same.uid, same.su), (self.env.uid, self.env.su))

    def test_a_company_comes_first(self):
        company = self.env["res.company"].create({"name": "Second"})
        env = as_company(self.env(su=True), company)
        self.assertEqual(env.company, company)
        self.assertEqual(env.context["allowed_company_ids"][0], company.id)
        self.assertIs(env, self.env["res.partner"].sudo().with_company(company).env)

    def test_of_a_connection_without_a_company_that_of_its_user(self):
        company = self.env["res.company"].create({"name": "Second"})
        connection = self.env["retail.sync.connection"].new({"user_id": self.env.ref("base.user_admin").id})
        env = of_connection(self.env, connection)
        self.assertEqual((env.user, env.su), (connection.user_id._origin, True))
        self.assertEqual(env.company, connection.user_id._origin.company_id)
        connection.company_id = company
        self.assertEqual(of_connection(self.env, connection).company, company)

    def test_context_is_added_or_replaced(self):
        env = with_context(self.env, lang="fr_FR")
        self.assertEqual((env.context["lang"], with_context(env, {"tz": "UTC"}).context.get("lang")), ("fr_FR", None))
