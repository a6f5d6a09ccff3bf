from lxml import etree

from odoo.tests import HttpCase, TransactionCase, tagged

from ..common import FakePlatformMixin

LANGUAGES = ("de_DE", "fr_FR")


def activate(env, lang):
    """Install a language with the texts of the addons."""
    env["res.lang"]._activate_lang(lang)
    env["ir.module.module"].search(
        [("name", "=like", "retail\\_sync%"), ("state", "=", "installed")]
    )._update_translations([lang])


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """A screen shows no English label to a reader of another language: what is shipped is complete."""

    def labels(self, lang):
        """Return {text} of menus, actions, views and fields of the addons in a language."""
        env = self.env(context={"lang": lang})
        ours = [("module", "=like", "retail\\_sync%")]
        found = set()
        for model, field in (("ir.ui.menu", "name"), ("ir.actions.act_window", "name")):
            ids = self.env["ir.model.data"].search([*ours, ("model", "=", model)]).mapped("res_id")
            found |= set(env[model].browse(ids).mapped(field))
        for name in (name for name in self.env if name.startswith("retail.sync.")):
            if not self.env[name]._abstract:
                found |= {field["string"] for field in env[name].fields_get(attributes=["string"]).values()}
        return found

    def test_labels_are_translated(self):
        english = self.labels("en_US")
        for lang in LANGUAGES:
            activate(self.env, lang)
            translated = self.labels(lang)
            with self.subTest(lang=lang):
                self.assertGreater(len(translated - english), 0.8 * len(english))

    def test_views_speak_the_language(self):
        view = self.env.ref("retail_sync.view_link_form")
        for lang, word in (("de_DE", "In Odoo öffnen"), ("fr_FR", "Ouvrir dans Odoo")):
            activate(self.env, lang)
            arch = self.env["retail.sync.link"].with_context(lang=lang).get_view(view.id, "form")["arch"]
            self.assertIn(word, etree.fromstring(arch).xpath("//button/@string"))


@tagged("post_install", "-at_install", "browser")
class TestScreensInOtherLanguages(FakePlatformMixin, HttpCase):
    """The main screens open in German and French, empty and with records, without a console error."""

    def test_main_screens(self):
        self.platform.put("Firm", "F1", name="Rossi Srl", phone="no number")
        self.platform.put("Firm", "F2", name="")
        self.first_load(self.make_connection())
        for lang in LANGUAGES:
            activate(self.env, lang)
            login = f"operator_{lang[:2]}"
            self.make_user(login, "group_operator", lang=lang)
            self.start_tour("/odoo/retail-sync", "retail_sync_all_screens", login=login, timeout=120)
