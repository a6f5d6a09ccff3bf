"""The unit in which Odoo counts weights: kilograms, or pounds by a setting of the database."""

from odoo.api import Environment

KILOGRAM = "uom.product_uom_kgm"


def kilograms(env: Environment) -> float:
    """Return how many kilograms one of Odoo's unit of weight has."""
    unit = env["product.template"]._get_weight_uom_id_from_ir_config_parameter()
    kilogram = env.ref(KILOGRAM)
    return 1.0 if unit == kilogram else unit._compute_quantity(1.0, kilogram, round=False)
