"""Names for games and contract spaces: an open table from a name to whatever makes one.

Names and summaries are plain text, so listing them loads no array library. A name is one of

- a registered one (`cleanup`), shipped or added with `add`, or by an installed package through the entry points
  `accord.games` and `accord.contracts`;
- `path/to/file.py:Name`, a class, function or value in a file;
- `package.module:Name`, the same in an importable module.
"""

from __future__ import annotations

import dataclasses
import importlib
import importlib.metadata
import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from .errors import BadGame, UnknownName
from .settings import override


@dataclasses.dataclass(frozen=True)
class Entry:
    """One line of the table."""

    name: str
    target: str
    """Where to find the maker, as `module:attribute`; nothing is imported until `make`."""

    summary: str
    """One line for people."""

    spaces: tuple[str, ...] = ()
    """For a game: names of the contract spaces written for it, the usual one first."""

class Registry:
    """A table of entries of one kind."""

    def __init__(self, kind: str, *, shipped: str, group: str, interface: str, remedy: str) -> None:
        """Describe a table; nothing is loaded yet.

        Args:
            kind: what the entries are, for messages.
            shipped: module whose `ENTRIES` are there from the start.
            group: entry points of installed packages to add.
            interface: class that everything made here must have, as `module:attribute`.
            remedy: last sentence of the message on an unknown name.
        """
        self.kind, self.shipped, self.group = kind, shipped, group
        self.interface, self.remedy = interface, remedy
        self._entries: dict[str, Entry] = {}
        self._filled = False

    def add(self, entry: Entry) -> None:
        """Put an entry in the table; a name is taken once."""
        self._fill()
        if entry.name in self._entries:
            taken = self._entries[entry.name].target
            raise BadGame(f"The {self.kind} '{entry.name}' exists already ({taken}). Choose another name.")
        self._entries[entry.name] = entry

    def names(self) -> tuple[str, ...]:
        """Every registered name, in the order of registration."""
        self._fill()
        return tuple(self._entries)

    def entries(self) -> tuple[Entry, ...]:
        """Every line of the table."""
        self._fill()
        return tuple(self._entries.values())

    def __getitem__(self, name: str) -> Entry:
        """The entry of a name; for `file.py:Name`, an entry made up on the spot."""
        self._fill()
        if name in self._entries:
            return self._entries[name]
        if ":" in name:
            return Entry(name, name, "")
        raise UnknownName(self.kind, name, self._entries, self.remedy)

    def make(self, name: str, settings: Iterable[str] = ()) -> Any:
        """What a name stands for, with `key=value` settings applied to its fields.

        Raises:
            UnknownName: no such name, file, attribute or field.
            BadSetting: a value that does not fit its field.
            BadGame: the name stands for something of another kind.
        """
        entry = self[name]
        maker = _found(entry.target, self.kind)
        interface = _found(self.interface, "interface")
        made = maker if isinstance(maker, interface) or not callable(maker) else maker()
        if not isinstance(made, interface):
            raise BadGame(
                f"'{name}' gives a {type(made).__name__}, expected a {self.kind}. "
                f"Name a subclass of {interface.__name__}, or a function that makes one."
            )
        return override(made, settings)

    def _fill(self) -> None:
        if self._filled:
            return
        self._filled = True
        for entry in importlib.import_module(self.shipped).ENTRIES:
            self._entries[entry.name] = entry
        for point in importlib.metadata.entry_points(group=self.group):
            summary = f"from the package {point.dist.name}" if point.dist else ""
            self._entries.setdefault(point.name, Entry(point.name, point.value, summary))


def _found(target: str, kind: str) -> Any:
    """What `module:attribute` or `path/to/file.py:attribute` names."""
    place, _, attribute = target.rpartition(":")
    module = _from_file(Path(place), kind) if place.endswith(".py") else _from_module(place, kind)
    try:
        return getattr(module, attribute)
    except AttributeError:
        own = [name for name, value in vars(module).items() if getattr(value, "__module__", None) == module.__name__]
        raise UnknownName(f"{kind} in {place}", attribute, own, "It must be defined in that file.") from None


def _from_module(place: str, kind: str) -> ModuleType:
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name is None or not (place == error.name or place.startswith(error.name + ".")):
            raise  # the module is there; something that it imports is not
        remedy = "Is it installed, or do you mean path/to/file.py:Name?"
        raise UnknownName(f"module of a {kind}", place, (), remedy) from None


def _from_file(path: Path, kind: str) -> ModuleType:
    """A Python file as a module, loaded once."""
    if not path.is_file():
        near = [str(other) for other in path.parent.glob("*.py")] if path.parent.is_dir() else []
        raise UnknownName(f"file of a {kind}", str(path), near, "Give the path from the current folder.")
    name = f"accord_file_{path.resolve().as_posix().replace('/', '_').removesuffix('.py')}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None  # holds for every path that ends in .py
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise BadGame(f"{path} fails while it is imported: {type(error).__name__}: {error}. Mend the file.") from error
    return module


GAMES = Registry(
    "game",
    shipped="accord.games.catalog",
    group="accord.games",
    interface="accord.core.game:AbstractGame",
    remedy="List all with: accord games",
)
"""Every game that has a name."""

SPACES = Registry(
    "contract space",
    shipped="accord.contracts.library.catalog",
    group="accord.contracts",
    interface="accord.contracts.space:AbstractContractSpace",
    remedy="List all with: accord games",
)
"""Every contract space that has a name."""
