from .requests import test_audit_of_actions
from .money import test_billed_again
from .money import test_credit_notes
from .money import test_pay_out
from .money import test_refund_rights
from .money import test_refunds
from .access import test_keys
from .access import test_caps
from .access import test_texts
from .access import test_key_concurrency
from .access import test_key_screens
from .goods_back import test_return_life
from .ticket import test_ticket_values
from .endpoint import test_admission
from .endpoint import test_documents
from .endpoint import test_errors
from .look_up import test_order
from .look_up import test_reach
from .look_up import test_customers
from .look_up import test_lists
from .look_up import test_money
from .look_up import test_stock
<<<<<<< HEAD
from .ticket import test_tickets_in
from .ticket import test_tickets_out
from .ticket import test_comments
from .ticket import test_documents
from .ticket import test_milestone_notes
=======
from .actions import test_goods_actions
>>>>>>> cd459365 (wip2)
