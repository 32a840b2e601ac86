"""What ends an attempt to infer something: not an error of the document, but the reason for an answer without state."""

from __future__ import annotations


class Stateless(Exception):
    """An operation, or all of a resource, is answered without state; the message says why."""
