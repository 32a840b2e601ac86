"""How often a server looks for garbage."""

from __future__ import annotations

import subprocess
import sys

from mockserver.garbage import YOUNG

SETTLED = """
import gc
from mockserver.garbage import settle
settle()
print(gc.get_freeze_count() > 1000, *gc.get_threshold())
"""


def test_a_server_looks_for_garbage_among_what_is_new_and_not_often() -> None:
    """What was loaded before is left alone, and the older generations are looked at as ever."""
    done = subprocess.run([sys.executable, "-c", SETTLED], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["True", str(YOUNG), "10", "10"]
