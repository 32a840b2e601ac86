"""Checks in addition to those of Schemathesis: they send further requests, as one response does not show the failure.

Each is made for one run, with a Prober, and gives a Schemathesis check.
"""
