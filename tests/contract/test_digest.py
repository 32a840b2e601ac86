"""HTTP Digest credentials, held against the examples of RFC 7616 and RFC 2617."""

from __future__ import annotations

import pytest

from mockserver.contract.digest import DigestCredential
from tests.patience import bounded

RFC_7616 = (
    'username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm={algorithm}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, '
    'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="{response}", '
    'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
RFC_2617 = (
    'username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", '
    'response="670fd8c2df070c60b045671b8b24ff02"'
)
MD5 = RFC_7616.format(algorithm="MD5", response="8ca523f5e9506fed4657c9700eebdbec")
SHA_256 = RFC_7616.format(
    algorithm="SHA-256", response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
)


@pytest.mark.parametrize(
    ("text", "password"), [(MD5, "Circle of Life"), (SHA_256, "Circle of Life"), (RFC_2617, "Circle Of Life")]
)
def test_a_password_proves_itself(text: str, password: str) -> None:
    """With it and the method the response comes out, with others it does not."""
    credential = DigestCredential.read(text)

    assert credential == "Mufasa"
    assert credential.proves(password, "GET")
    assert not credential.proves(password, "POST")
    assert not credential.proves("circle of life", "GET")


@pytest.mark.parametrize("change", [("qop=auth", "qop=auth-int"), ("SHA-256", "MD4"), ("SHA-256", "SHA-256-sess")])
def test_what_cannot_be_computed_proves_nothing(change: tuple[str, str]) -> None:
    """Qualities and algorithms that nobody was offered, and a response made by another one."""
    credential = DigestCredential.read(SHA_256.replace(*change))

    assert credential is not None
    assert not credential.proves("Circle of Life", "GET")


@pytest.mark.parametrize("text", ["", 'realm="x"', 'username=""', "username", 'username="a\\'])
def test_who_is_not_named_is_nobody(text: str) -> None:
    """Whatever else is said."""
    assert DigestCredential.read(text) is None


def test_a_name_may_hold_quotes() -> None:
    """Behind backslashes."""
    assert DigestCredential.read('username="a\\"b\\\\"') == 'a"b\\'


def test_a_long_word_is_read_once() -> None:
    """It comes from anybody, and is read on the event loop: twice the letters must not take four times as long."""

    with bounded():
        assert DigestCredential.read("a" * 200_000) is None
