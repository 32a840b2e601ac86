"""A page as Chromium lays it out: at desktop and phone width, light and dark."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--hide-scrollbars"),
)
SCHEMES = {"light": 1, "dark": 0}
"""Chromium's numbers of the colour schemes."""

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and "CI" not in os.environ, reason="needs Chromium: Debian's package chromium"
)
"""For a test that opens the browser."""

PROBE = """
<script>
document.querySelectorAll("details").forEach(each => { each.open = true; });
%s
const page = document.documentElement;
const sticksOut = each => each.getBoundingClientRect().right > innerWidth + 1 && !each.closest(".scroll, pre");
page.dataset.probe = JSON.stringify({
  overflow: page.scrollWidth - innerWidth,
  wide: [...document.querySelectorAll("header *, main *")].filter(sticksOut).length,
  scrolling: [...document.querySelectorAll(".scroll")].filter(each => each.scrollWidth > each.clientWidth).length,
  ground: getComputedStyle(document.body).backgroundColor,
  ink: getComputedStyle(document.body).color,
  %s
});
</script>
"""


def in_every_look(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test, which takes `width` and `scheme`, at each width in each colour scheme; where there is a browser."""
    for mark in (
        needs_chromium,
        pytest.mark.parametrize("width", [1280, 390]),
        pytest.mark.parametrize("scheme", SCHEMES),
    ):
        test = mark(test)
    return test


def laid_out(
    page: str, folder: Path, width: int, scheme: str, *, first: str = "", tells: str = ""
) -> tuple[str, dict[str, Any]]:
    """The page once its scripts have run, and what a probe found: nothing may stick out, the colours be the scheme's.

    first: what the probe does before; tells: more members of what it finds.
    """
    path = folder / "index.html"
    path.write_text(page.replace("</body>", f"{PROBE % (first, tells)}</body>"), encoding="utf-8")
    assert CHROMIUM is not None
    look = (f"--window-size={width},900", f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}")
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={folder / 'profile'}", *look, "--dump-dom", path.as_uri()]
    text = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    found = re.search(r'data-probe="([^"]*)"', text)
    assert found is not None
    probe = json.loads(html.unescape(found[1]))
    assert (probe["overflow"], probe["wide"], probe["scrolling"]) == (0, 0, 0)
    ground, ink = (sum(map(int, re.findall(r"\d+", probe[part]))) for part in ("ground", "ink"))
    assert (ground > ink) is (scheme == "light")
    return text, probe
