"""Inference of what a document does not say: handlers, refusals and seed data for an API without code of its own."""

from mockserver.inference.answers import DocumentedAnswers
from mockserver.inference.refusals import DocumentedRefusals

__all__ = ["DocumentedAnswers", "DocumentedRefusals"]
