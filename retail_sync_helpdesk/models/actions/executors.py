"""The executors of all actions, by code. The files of the actions say what each does."""

from __future__ import annotations

from collections.abc import Mapping

from .work import Executor

__all__ = ["EXECUTORS"]

EXECUTORS: Mapping[str, Executor] = {executor.action: executor for executor in ()}
