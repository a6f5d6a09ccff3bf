"""The executors of all actions, by code. The files of the actions say what each does."""

from __future__ import annotations

from collections.abc import Mapping

from .adjust_loyalty import ADJUST
from .cancel_order import CANCEL
from .cancel_rest import REST
from .change_address import CHANGE
from .refunds import REFUNDS
from .resend_invoice import RESEND
from .work import Executor

__all__ = ["EXECUTORS"]

EXECUTORS: Mapping[str, Executor] = {
    executor.action: executor
    for executor in (
        CANCEL,
        REST,
        CHANGE,
        *REFUNDS,
        ADJUST,
        RESEND,
    )
}
