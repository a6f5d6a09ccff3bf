from .requests import test_audit_of_actions
from .money import test_billed_again
from .money import test_credit_notes
from .money import test_refund_rights
from .access import test_keys
from .access import test_caps
from .access import test_texts
from .goods_back import test_return_life
