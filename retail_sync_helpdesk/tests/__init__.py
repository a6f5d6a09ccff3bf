from .requests import test_audit_of_actions
from .money import test_refund_rights
