"""What is in stock, and what else would do."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from .base import Answer, Id, Part, Quantity


class WarehouseStock(Part):
    """The stock of a product in a warehouse. ``free``: not reserved. ``incoming``: expected by ``expected_on``."""

    warehouse_id: Id
    warehouse: str
    free: Quantity
    incoming: Quantity = "0"
    expected_on: date | None = None


class Alternative(Part):
    """Another product that may do. ``why``: successor, same_template, same_category."""

    product_id: Id
    sku: str
    name: str
    why: str
    free: Quantity


class ProductStock(Part):
    """A product with its stock in each warehouse that this key may see."""

    sku: str
    product_id: Id | None = Field(None, description="null: no product has this SKU.")
    name: str = ""
    kept: bool = Field(False, description="Whether stock is kept of it at all.")
    unit: str = ""
    warehouses: tuple[WarehouseStock, ...] = ()
    alternatives: tuple[Alternative, ...] = ()


class Stock(Answer):
    """The stock of the products that were asked for, in the same order."""

    items: tuple[ProductStock, ...]
