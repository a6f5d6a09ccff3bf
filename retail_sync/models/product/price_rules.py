"""Rules of pricelists for a page of products: read once, and found by the product that they are about."""

from collections import defaultdict
from typing import Any, Self

from odoo import models

# In the context while the prices of a page are computed: the PageRules of all pricelists that are asked.
PAGE_RULES = "retail_sync_page_rules"


class PageRules:
    """The rules of one pricelist for the products of a page, in the order in which Odoo tries them."""

    def __init__(self, rules: models.BaseModel) -> None:
        self.rules = rules
        self._place = {rule_id: place for place, rule_id in enumerate(rules.ids)}
        self._of: dict[tuple[str, int], list[int]] = defaultdict(list)
        self._common: list[int] = []
        for rule in rules:
            if rule.product_id:
                self._of["product", rule.product_id.id].append(rule.id)
            elif rule.product_tmpl_id:
                self._of["template", rule.product_tmpl_id.id].append(rule.id)
            else:
                self._common.append(rule.id)

    def of(self, product: models.BaseModel) -> models.BaseModel:
        """Return the rules that may be about a product; those of categories and of all products always may."""
        named = [
            *self._of.get(("product", product.id), ()),
            *self._of.get(("template", product.product_tmpl_id.id), ()),
        ]
        return self.rules.browse(sorted([*named, *self._common], key=self._place.__getitem__))


class Page:
    """The products of a page, and what was read of the pricelists that are asked for them."""

    def __init__(self, products: models.BaseModel) -> None:
        self.products = products
        self.rules: dict[Any, PageRules] = {}


class ProductPricelist(models.Model):
    """Prices of a page of products cost one search of rules per pricelist, those that rules start from included."""

    _name = "product.pricelist"
    _inherit = ["product.pricelist", "retail.sync.source.mixin"]

    def _get_applicable_rules(self, products: models.BaseModel, date: Any, **kwargs: Any) -> Self:
        page = self.env.context.get(PAGE_RULES)
        if not page or products._name != "product.product" or len(products) != 1:
            return super()._get_applicable_rules(products, date, **kwargs)
        held = (self.id, date)
        if held not in page.rules:
            page.rules[held] = PageRules(super()._get_applicable_rules(page.products, date, **kwargs))
        return page.rules[held].of(products)
