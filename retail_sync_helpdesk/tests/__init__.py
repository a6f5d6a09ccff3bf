from .requests import test_audit_of_actions
from .money import test_refund_rights
from .access import test_keys
from .access import test_caps
from .access import test_texts
