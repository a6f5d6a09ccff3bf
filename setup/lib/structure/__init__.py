"""Measures the structure of the checkout: folders, rooms and the calls between them, words.

Standard library only, so that a fresh clone can be measured before anything is installed.
"""
