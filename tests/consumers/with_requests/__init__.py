"""Saved searches of a CRM, over requests."""
