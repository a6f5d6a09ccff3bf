"""The executors of all actions, by code. The files of the actions say what each does."""

from __future__ import annotations

from collections.abc import Mapping

from .adjust_loyalty import ADJUST
from .cancel_order import CANCEL
from .cancel_rest import REST
from .change_address import CHANGE
from .exchange import EXCHANGE_GOODS
from .refunds import REFUNDS
from .replace import REPLACE_GOODS
from .resend_invoice import RESEND
from .return_goods import RETURN_GOODS
from .work import Executor

__all__ = ["EXECUTORS"]

EXECUTORS: Mapping[str, Executor] = {
    executor.action: executor
    for executor in (
        CANCEL,
        REST,
        CHANGE,
        RETURN_GOODS,
        *REFUNDS,
        REPLACE_GOODS,
        EXCHANGE_GOODS,
        ADJUST,
        RESEND,
    )
}
