"""Policies, reasons and approval rules as records with versions."""
