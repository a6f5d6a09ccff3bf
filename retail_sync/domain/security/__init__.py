"""Masking, webhook signatures, event notices."""
