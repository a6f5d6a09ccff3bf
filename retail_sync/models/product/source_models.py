"""Models behind the values of products, prices and stock: what changes in them has the router come at once."""

from odoo import models


class ProductCategory(models.Model):
    _name = "product.category"
    _inherit = ["product.category", "retail.sync.source.mixin"]


class ProductAttributeValue(models.Model):
    _name = "product.attribute.value"
    _inherit = ["product.attribute.value", "retail.sync.source.mixin"]


class ProductTemplateAttributeValue(models.Model):
    _name = "product.template.attribute.value"
    _inherit = ["product.template.attribute.value", "retail.sync.source.mixin"]


class UomUom(models.Model):
    _name = "uom.uom"
    _inherit = ["uom.uom", "retail.sync.source.mixin"]


class ProductPricelistItem(models.Model):
    _name = "product.pricelist.item"
    _inherit = ["product.pricelist.item", "retail.sync.source.mixin"]


class ResCurrencyRate(models.Model):
    _name = "res.currency.rate"
    _inherit = ["res.currency.rate", "retail.sync.source.mixin"]


class StockQuant(models.Model):
    _name = "stock.quant"
    _inherit = ["stock.quant", "retail.sync.source.mixin"]


class StockMove(models.Model):
    _name = "stock.move"
    _inherit = ["stock.move", "retail.sync.source.mixin"]


class StockWarehouse(models.Model):
    _name = "stock.warehouse"
    _inherit = ["stock.warehouse", "retail.sync.source.mixin"]
