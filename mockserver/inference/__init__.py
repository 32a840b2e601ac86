"""Inference of what a document does not say: handlers, refusals and seed data for an API without code of its own.

`Inference` makes the responses of one contract. Its stages are modules whose results are plain data: `resources`,
`representation`, `keys`, `roles`, `paging` and `filters`, `seeds`; `plans` combines them, `handlers` act. Corrections
come in as `Declared` (see `declared`), one stage at a time.
"""

from mockserver.inference.answers import DocumentedAnswers
from mockserver.inference.declared import Declarations, Declared
from mockserver.inference.options import InferenceOptions, inference_options
from mockserver.inference.planning import Plan
from mockserver.inference.plans import Inference
from mockserver.inference.refusals import DocumentedRefusals

__all__ = [
    "Declarations",
    "Declared",
    "DocumentedAnswers",
    "DocumentedRefusals",
    "Inference",
    "InferenceOptions",
    "Plan",
    "inference_options",
]
