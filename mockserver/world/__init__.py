"""What a request can change: collections, clock, identifiers. Independent of HTTP and OpenAPI."""

from mockserver.world.clock import Clock
from mockserver.world.ids import Ids
from mockserver.world.store import Collection, Duplicate, Index, Record
from mockserver.world.table import Table
from mockserver.world.worlds import DEFAULT, Snapshot, World

__all__ = ["DEFAULT", "Clock", "Collection", "Duplicate", "Ids", "Index", "Record", "Snapshot", "Table", "World"]
