from .requests import test_audit_of_actions
