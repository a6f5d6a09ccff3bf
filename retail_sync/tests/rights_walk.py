"""Walk every model, field and method of the addons as users with one group each, and say what each of them may do."""

from collections.abc import Callable
from typing import Any

from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import call_kw, get_public_method

from ..domain.security.rights_table import CALL, CREATE, READ, UNLINK, WRITE

ADDON = "retail_sync"
# Its roles are others: its own tests walk it.
SERVICE_DESK = "retail_sync_helpdesk"
# Set by the ORM, and by no person.
MAGIC = {"id", "display_name", "create_uid", "create_date", "write_uid", "write_date"}


Ours = Callable[[str | None], bool]


def is_ours(module: str | None) -> bool:
    return bool(module) and module != SERVICE_DESK and (module == ADDON or module.startswith(f"{ADDON}_"))


def our_models(env: Any, ours: Ours = is_ours) -> list[str]:
    """Return the names of the models that the addons made."""
    return sorted(name for name in env.registry if ours(env.registry[name]._original_module))


def touched_models(env: Any, ours: Ours = is_ours) -> list[str]:
    """Return the names of all models with fields or methods of the addons."""
    made = set(our_models(env, ours))
    return sorted(
        name for name in env.registry if name in made or our_fields(env, name, ours) or our_methods(env, name, ours)
    )


def our_fields(env: Any, name: str, ours: Ours = is_ours) -> list[str]:
    """Return the fields of a model that the addons declare; those of mix-ins of Odoo have Odoo's rights."""
    return sorted(
        field.name
        for field in env.registry[name]._fields.values()
        if any(map(ours, field._modules)) and not field.inherited and field.name not in MAGIC
    )


def our_methods(env: Any, name: str, ours: Ours = is_ours) -> list[str]:
    """Return the public methods of a model that the addons add and that a call over RPC reaches."""
    found, foreign = set(), set()
    for cls in env.registry[name].mro():
        module = vars(cls).get("_module")
        names = {member for member, value in vars(cls).items() if not member.startswith("_") and callable(value)}
        if ours(module):
            found |= names
        elif module or cls.__module__.startswith("odoo."):
            foreign |= names
    return sorted(member for member in found - foreign if _reachable(env[name], member))


def _reachable(model: Any, member: str) -> bool:
    try:
        get_public_method(model, member)
    except AccessError:
        return False
    return True


def _is_mix_in(env: Any, name: str) -> bool:
    """Return whether a model with records inherits an abstract one."""
    mix_in = env.registry[name]
    return any(issubclass(model, mix_in) and not model._abstract for model in env.registry.models.values())


class Walk:
    """What users with one group each may do. world: makes records to try it on, see `rights_world`.

    refuses: whether an answer of a method says no, where it does so without raising an error
    """

    def __init__(
        self,
        env: Any,
        users: dict[str, Any],
        world: Any,
        ours: Ours = is_ours,
        refuses: Callable[[Any], bool] = lambda answer: False,
    ) -> None:
        self.env, self.users, self.world, self.ours, self.refuses = env, users, world, ours, refuses
        self.found: dict[tuple[str, str, str], set[str]] = {}

    def measure(self, names: list[str]) -> dict[tuple[str, str, str], frozenset[str]]:
        """Return {(model, right, field or method): roles that have it}."""
        for name in names:
            for role, user in self.users.items():
                self._records(name, role, user)
                self._fields(name, role, user)
                self._calls(name, role, user)
        return {key: frozenset(roles) for key, roles in self.found.items()}

    def _note(self, name: str, right: str, member: str, role: str, allowed: bool) -> None:
        roles = self.found.setdefault((name, right, member), set())
        if allowed:
            roles.add(role)

    def _records(self, name: str, role: str, user: Any) -> None:
        """Note who may create and delete records of the addons' models at all."""
        if not self.ours(self.env.registry[name]._original_module):
            return
        model = self.env[name].with_user(user)
        for right in (CREATE, UNLINK):
            self._note(name, right, "", role, not model._abstract and model.has_access(right))

    def _fields(self, name: str, role: str, user: Any) -> None:
        model = self.env[name].with_user(user)
        if model._abstract:
            return
        reads, writes = model.has_access("read"), model.has_access("write")
        for member in our_fields(self.env, name, self.ours):
            field = model._fields[member]
            self._note(name, READ, member, role, reads and model._has_field_access(field, "read"))
            if field.store or field.inverse:
                self._note(name, WRITE, member, role, writes and self._writes(name, member, user))

    def _writes(self, name: str, member: str, user: Any) -> bool:
        """Return whether a user can write a field: as it stands, so that nothing but the right can refuse it."""
        record = self.world.record(name, user)
        field = record._fields[member]
        if field.type == "one2many":
            # An empty list of commands would write nothing, which needs no right.
            value: Any = [Command.create({})]
        else:
            value = field.convert_to_write(record.sudo()[member], record)
        return self._passes(lambda: record.write({member: value}))

    def _calls(self, name: str, role: str, user: Any) -> None:
        methods = our_methods(self.env, name, self.ours)
        if self.env[name]._abstract:
            # The buttons of a mix-in are tried on the models that have them. Other abstract models have no button.
            for member in () if _is_mix_in(self.env, name) else methods:
                allowed = not self.world.takes(name, member) or self._answers(name, member, user)
                self._note(name, CALL, member, role, allowed)
            return
        for member in methods:
            self._note(name, CALL, member, role, self._answers(name, member, user))

    def _answers(self, name: str, member: str, user: Any) -> bool:
        """Return whether a method answers a call of a user, as over RPC."""
        args = self.world.arguments(name, member)
        model = self.env[name].with_user(user)
        if not getattr(getattr(type(model), member), "_api_model", False):
            args = [self.world.record(name, user).ids, *args]

        def call() -> None:
            if self.refuses(call_kw(model, member, args, {})):
                raise AccessError(member)

        return self._passes(call)

    def _passes(self, attempt: Any) -> bool:
        """Return whether an attempt is allowed: what fails for another reason than the right was allowed."""
        self.env.flush_all()
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                attempt()
                raise Undone
        except AccessError:
            return False
        except Exception:
            return True
        finally:
            self.env.invalidate_all()


class Undone(Exception):
    """Ends an attempt that succeeded, so that it leaves nothing."""
