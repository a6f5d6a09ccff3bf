"""The engine's own entities are registered before any test of the domain runs."""

from retail_sync.domain.canonical import customer  # noqa: F401
