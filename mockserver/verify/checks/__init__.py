"""Checks in addition to those of Schemathesis. Most send further requests, as one response does not show the failure.

Each is created for one run, with a Prober, and has a Schemathesis check.
"""
