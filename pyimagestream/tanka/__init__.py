"""Tanka's conventions: a project laid out for Tanka works here unchanged."""
