"""The servers of one test run: one per set of APIs and way with credentials, made when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any

from mockserver import MockServer, catalog
from mockserver.api import Api
from mockserver.control.plane import mount
from mockserver.errors import StartError
from mockserver.mock.fixtures import Source, sources_of
from mockserver.mock.mock import Mock
from mockserver.settings import arguments, mounts_for

LOOPBACK = "127.0.0.1"
OWN = ("apis", "auth", "seed", "fixtures", "strict")
"""What a marker can say."""

ELSEWHERE = frozenset(
    {"apis", "auth", "host", "port", "ssl_certfile", "ssl_keyfile", "control", "control_token", "shutdown_timeout"}
)
"""Arguments of a MockServer that have a place of their own here, or none in tests, which run on loopback."""


@dataclass(frozen=True)
class Settings:
    """What a test wants served.

    apis: names of shipped ones or documents, all shipped ones if none. auth: `strict` or `any`. seed: of the ids; that
    of the server if None. strict: names that are not documented break the contract. server: other arguments of its
    MockServer.
    """

    apis: tuple[str, ...] = ()
    auth: str = "strict"
    seed: int | None = None
    fixtures: tuple[Source, ...] = ()
    strict: bool = False
    server: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def configured(cls, option: Callable[[str], Any], folder: Path, project: Mapping[str, Any]) -> Settings:
        """The settings of pytest's ini file, given what it says of an option such as `mock_apis`, None for nothing.

        Paths of documents lead on from `folder`. `project` has the arguments of a MockServer for what pytest's file
        says nothing of.
        """
        apis, auth, seed = option("mock_apis"), option("mock_auth"), option("mock_seed")
        settings = cls.read(apis or (), auth or "strict", seed or "0", option("mock_fixtures") or ())
        return replace(
            settings,
            apis=tuple(catalog.below(folder, each) for each in settings.apis) if apis else project.get("apis") or (),
            auth=settings.auth if auth else project.get("auth", "strict"),
            seed=settings.seed if seed else None,
            strict=bool(option("mock_strict")),
            server=tuple((name, value) for name, value in project.items() if name not in ELSEWHERE),
        )

    @classmethod
    def read(cls, apis: Sequence[str], auth: str, seed: str, fixtures: Sequence[Path]) -> Settings:
        """The same from the values; APIs may be parted by commas, too. StartError for what cannot be."""
        names = tuple(name for each in apis for name in each.split(",") if name)
        for name in names:
            if name not in catalog.names() and not catalog.is_document(name):
                raise StartError(
                    f"mock_apis names no API with {name!r}; expected any of {', '.join(catalog.names())}, "
                    "or the path of an OpenAPI document."
                )
        if auth not in ("strict", "any"):
            raise StartError(f"mock_auth must be strict or any, got {auth!r}.")
        if not seed.removeprefix("-").isdecimal():
            raise StartError(f"mock_seed must be a whole number, got {seed!r}.")
        return cls(names, auth, int(seed), tuple(fixtures))

    def loaded(self) -> list[Api]:
        """The APIs, read as the servers read them."""
        return catalog.load_apis(self.apis, **arguments(dict(self.server), catalog.load_apis))

    def changed(self, marks: Mapping[str, Any], folder: Path, names: Sequence[Any] = ()) -> Settings:
        """These settings but for the arguments of a marker, `names` being of APIs; paths lead on from `folder`."""
        if names:
            if "apis" in marks:
                raise StartError("the marker `mock` takes names of APIs once: as arguments or as apis=[…], not both.")
            marks = {**marks, "apis": names}
        unknown = set(marks) - set(OWN)
        if unknown:
            raise StartError(
                f"the marker `mock` takes apis, auth, seed, fixtures and strict, not {', '.join(sorted(unknown))}."
            )
        if not isinstance(marks.get("strict", False), bool):
            raise StartError(f"the marker `mock` takes strict=True or strict=False, got {marks['strict']!r}.")
        changes = dict(marks)
        if "apis" in marks:
            changes["apis"] = tuple(catalog.below(folder, each) for each in _names(marks["apis"]))
        if "fixtures" in marks:
            changes["fixtures"] = tuple(_from(folder, source) for source in sources_of(marks["fixtures"]))
        return replace(self, **changes)


def _names(apis: Any) -> tuple[str, ...]:
    if isinstance(apis, str):
        return (apis,)
    if not isinstance(apis, Iterable):
        raise StartError(f"the marker `mock` takes names of APIs, such as 'crm', got {apis!r}.")
    return tuple(name for each in apis for name in _names(each))


def _from(folder: Path, source: Source) -> Source:
    return source if isinstance(source, Mapping) else folder / source


class ServerOnDemand(MockServer):
    """A server that listens from when its URL is first asked for: tests that never do open no socket.

    In this process it is there at once, control plane and all.
    """

    def __init__(
        self,
        apis: Iterable[str] | None = None,
        *,
        auth: str = "strict",
        other: Callable[[tuple[str, ...]], MockServer] | None = None,
        strict: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(apis, auth=auth, **options)
        self._other = other
        self._strict = strict
        self._starting = Lock()
        mount(self.app, LOOPBACK, LOOPBACK)

    def mock(
        self,
        name: str = "mock",
        *,
        apis: str | Iterable[str] | None = None,
        seed: int | None = None,
        fixtures: Source | Sequence[Source] | None = None,
        strict: bool | None = None,
    ) -> Mock:
        """As of any server, but with any APIs, and as strict as pytest's ini file says unless told otherwise."""
        names = None if apis is None else _names(apis)
        strict = self._strict if strict is None else strict
        if names is None or self._other is None or set(names) == set(self.apis):
            return super().mock(name, seed=seed, fixtures=fixtures, strict=strict)
        return self._other(names).mock(name, seed=seed, fixtures=fixtures, strict=strict)

    @property
    def url(self) -> str:
        with self._starting:
            if not self.running:
                self.start()
        return super().url


class Servers:
    """Servers by what they serve; `made` is told of each. Stops them all at the end of its `with` block."""

    def __init__(self, settings: Settings, made: Callable[[MockServer], None] | None = None) -> None:
        self.settings = settings
        self._made = made or (lambda _: None)
        self._servers: dict[tuple[tuple[str, ...], str], MockServer] = {}

    def server(self, settings: Settings) -> MockServer:
        """The server for those settings; seed and fixtures are a matter of its worlds."""
        key = settings.apis, settings.auth
        if key not in self._servers:
            options = dict(settings.server)
            if "mounts" in options:
                options["mounts"] = mounts_for(options["mounts"], settings.apis)
            server = self._servers[key] = ServerOnDemand(
                settings.apis or None,
                auth=settings.auth,
                other=lambda apis: self.server(replace(settings, apis=apis)),
                strict=self.settings.strict,
                **options,
            )
            self._made(server)
        return self._servers[key]

    def mock(self, name: str, settings: Settings) -> Mock:
        """A mock for one test on the server that fits."""
        server = self.server(settings)
        return server.mock(name, seed=settings.seed, fixtures=settings.fixtures, strict=settings.strict)

    def __enter__(self) -> Servers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers.values():
            server.stop()
