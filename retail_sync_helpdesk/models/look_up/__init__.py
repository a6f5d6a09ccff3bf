"""Answers of look-ups: customers, orders, money, stock, tickets."""
