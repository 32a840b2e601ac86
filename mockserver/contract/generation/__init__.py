"""A schema becomes a believable valid value, seeded: same seed, same value."""

from mockserver.contract.generation.draft import Style
from mockserver.contract.generation.generator import Generator, NoValueError
from mockserver.contract.generation.pruning import Judge

__all__ = ["Generator", "Judge", "NoValueError", "Style"]
