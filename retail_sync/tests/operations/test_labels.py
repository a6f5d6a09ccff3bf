"""Labels of screens: in the writing of the product, not made from the name of a column."""

from lxml import etree

from odoo.tests import TransactionCase, tagged

# Their labels are icons or code of Odoo's own.
_HIDDEN = ("invisible", "column_invisible")


@tagged("post_install", "-at_install")
class TestLabels(TransactionCase):
    maxDiff = None  # each line is a label to word

    def _shown(self):
        """Yield (view, model, field name) of each field that a view of the suite shows under its own label."""
        views = self.env["ir.ui.view"].search([("type", "in", ["form", "list", "search"])])
        own_views = views.filtered(lambda view: (view.xml_id or "").startswith("retail_sync"))
        for view in own_views.filtered("model"):
            if view.model not in self.env:
                continue
            for node in etree.fromstring(view.arch).iter("field"):
                always_hidden = any(node.get(name) in ("1", "True") for name in _HIDDEN)
                above = {parent.tag for parent in node.iterancestors()}
                labelled = "field" not in above and bool(above & {"group", "list", "search"})
                spoken_for = node.get("string") or node.get("nolabel") or node.get("position")
                if labelled and not (spoken_for or always_hidden):
                    yield view, self.env[view.model], node.get("name")

    def test_no_label_is_made_from_the_name_of_a_column(self):
        """'replayed_on' was shown as "Replayed On": title case that no other label has."""
        shown, wrong = 0, set()
        for view, model, name in self._shown():
            field = model._fields.get(name)
            if field is None or not (field._module or "").startswith("retail_sync"):
                continue
            shown += 1
            words = name.removesuffix("_ids").removesuffix("_id").split("_")
            if len(words) > 1 and field.string == " ".join(words).title():
                wrong.add(f"{view.xml_id}: {model._name}.{name} is labelled {field.string!r}")
        self.assertGreater(shown, 100, "the views were not read")
        self.assertEqual(sorted(wrong), [])
