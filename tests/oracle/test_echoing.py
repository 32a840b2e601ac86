"""Documents of every kind are read as stock Connexion reads them, but for listed differences."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle.echoing import FOLDER, compared, listed, main


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_requests_are_read_as_stock_connexion_reads_them(path: Path) -> None:
    """Parameters in every place, arrays, alternatives: the handlers are given the same, or both refuse."""
    found = compared(path, examples=1)

    assert found.asked.total() >= 100
    unlisted = "\n".join(str(each) for each in found.disagreements if listed(each) is None)
    assert not unlisted, unlisted


def test_what_stock_connexion_cannot_load_is_told(tmp_path: Path) -> None:
    """Such a document is not compared."""
    file = tmp_path / "new.yaml"
    file.write_text(
        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: a\n"
        "      responses: {'200': {description: ''}}\n      parameters:\n"
        "      - {name: a, in: query, schema: {type: [integer, 'null']}}\n"
    )
    told: list[str] = []
    main([str(file), str(tmp_path / "none.yaml")], told.append)

    assert len(told) >= 2
    assert told[-1].startswith("none.yaml: not compared: DocumentError")
