"""Checks of ours, beside Schemathesis' own: what one answer cannot show, a second request can.

Each is a factory that is given a Prober and returns a Schemathesis check, kept for one run only.
"""
