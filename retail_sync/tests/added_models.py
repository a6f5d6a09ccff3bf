from odoo.orm.model_classes import add_to_registry


def add_models(case, parent, *definitions):
    """Add model classes that extend the model ``parent`` to the registry, for the time of a test class."""
    registry = case.registry
    children = registry[parent]._inherit_children
    names = [definition._name for definition in definitions]
    for definition in definitions:
        add_to_registry(registry, definition)
    _set_up(case, names)

    def remove():
        for name in names:
            children.discard(name)
            del registry.models[name]
        _set_up(case, [])

    case.addClassCleanup(remove)


def _set_up(case, names):
    """Set up what these models touch.

    It is no change that other servers must hear of: else Odoo sets up each of its models anew at the end of the class,
    which takes as long as a dozen tests.
    """
    invalidated = case.registry.registry_invalidated
    case.registry._setup_models__(case.env.cr, names)
    case.registry.registry_invalidated = invalidated
