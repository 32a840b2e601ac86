"""What a document does not say itself: handlers, refusals and seed data for an API that nobody wrote code for."""

from mockserver.inference.answers import DocumentedAnswers
from mockserver.inference.refusals import DocumentedRefusals

__all__ = ["DocumentedAnswers", "DocumentedRefusals"]
