"""Sounds declared as data, and what builds them."""
