"""Refunds whose workers are killed, and a payment provider whose ledger outlives them."""
