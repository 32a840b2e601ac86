"""Forms as browsers, Rails, PHP and Stripe's clients write them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.codecs.written import FORM, codec, read, refused


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", {}),
        ("name=a+b%26c&size=3", {"name": "a b&c", "size": 3}),
        ("name=7", {"name": "7"}),
        ("name=", {"name": ""}),
        ("size=three", {"size": "three"}),
        ("active=true&price=2.50", {"active": True, "price": 2.5}),
        ("tags=a", {"tags": ["a"]}),
        ("tags={}", {"tags": ["{}"]}),
        ("tags=a&tags=b", {"tags": ["a", "b"]}),
        ("tags[]=a&tags[]=b", {"tags": ["a", "b"]}),
        ("sizes[0]=1&sizes[1]=2", {"sizes": [1, 2]}),
        ("sizes[1]=2&sizes[0]=1", {"sizes": [1, 2]}),
        ("address[city]=Ulm&address[floor]=2", {"address": {"city": "Ulm", "floor": 2}}),
        ("address%5Bcity%5D=Ulm", {"address": {"city": "Ulm"}}),
        ("lines[0][sku]=x&lines[0][count]=1&lines[1][sku]=y", {"lines": [{"sku": "x", "count": 1}, {"sku": "y"}]}),
        ("lines[][sku]=x&lines[][count]=1&lines[][sku]=y", {"lines": [{"sku": "x", "count": 1}, {"sku": "y"}]}),
        ("metadata[order]=12", {"metadata": {"order": "12"}}),
        ('address={"city":"Ulm"}', {"address": {"city": "Ulm"}}),
        ("files[]=a", {"files[]": ["a"]}),
        ("anything=5&unknown=6", {"anything": "5", "unknown": "6"}),
        ("a]=1&[b]=2&c[=3", {"a]": "1", "[b]": "2", "c[": "3"}),
    ],
)
def test_a_form_is_read_in_the_types_of_its_schema(text: str, value: Any) -> None:
    """What does not read as its type stays text, which the validator then names."""
    assert read(codec(FORM), text) == value


@pytest.mark.parametrize(
    ("encoding", "text", "value"),
    [
        ({"style": "form", "explode": False}, "sizes=1,2", [1, 2]),
        ({"style": "pipeDelimited", "explode": False}, "sizes=1|2", [1, 2]),
        ({"style": "spaceDelimited"}, "sizes=1+2", [1, 2]),
        ({"style": "form", "explode": False}, "sizes=", []),
        ({"contentType": "application/json"}, "sizes=[1,2]", [1, 2]),
        ({"contentType": "application/json"}, "sizes=[1,", "[1,"),
    ],
)
def test_an_encoding_says_how_a_property_is_written(encoding: Any, text: str, value: Any) -> None:
    """Style and explode, or another media type within."""
    assert read(codec(FORM, encoding={"sizes": encoding}), text) == {"sizes": value}


def test_a_form_may_come_in_another_charset() -> None:
    """As its content type says."""
    assert read(codec(FORM), "name=%E9", f"{FORM}; charset=iso-8859-1") == {"name": "é"}


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        (b"name=%FF", "encoding"),
        (b"name=\xff", "encoding"),
        ("&".join(f"a{at}=1" for at in range(10_001)), "form"),
        ("a" + "[b]" * 200 + "=1", "depth"),
        ("name=1&name[a]=2", "form"),
        ("name=1&name[]=2", "form"),
    ],
)
def test_what_is_no_form_is_refused(text: bytes | str, keyword: str) -> None:
    """Wrong percent-encoding, too many fields, too deep, or two fields in one place."""
    assert refused(codec(FORM), text).keyword == keyword
