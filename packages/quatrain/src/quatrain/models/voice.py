"""A voice: everything that one way of writing needs, in one folder of plain arrays.

    card.json          what it is: data, licence, hours, measures
    lexis.npz          words, tags, counts; rare words, which are added on loading (`rare`)
    vocabulary.npz     weights of the vocabulary model
    structure.npz      weights and table of the structure model
    plain.npz          the plain model, judge of fluency
    copies.npz         lines of the training text, to be known again

`base` is shipped with the package; a songwriter's own voices stand in her data folder, each whole, so that deleting the
folder deletes everything.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..decode.copies import Copies
from ..decode.network import Network
from ..errors import BadModel, BadSetting, StorageError, UnknownName
from . import rare, storage
from .lexis import Lexis
from .rivals.plain import Plain
from .shape import Structure
from .twin import Twin

FORMAT = 1
BASE = "base"
SHIPPED = Path(__file__).parent.parent / "voices"
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


@dataclass(frozen=True)
class Voice:
    """One way of writing.

    Attributes:
        name: of the voice.
        card: what is known about it.
        lexis: its words.
        vocabulary: which words fill a shape.
        table: symbols and attested shapes of the structure model.
        structure: which shape comes next.
        plain: how fluent a line is.
        copies: lines that must not be written again.
        source: the kind of text it writes (`models.vocabulary`).
        weights: of the trained models, by part and name, for training on.
    """

    name: str
    card: dict[str, Any]
    lexis: Lexis
    vocabulary: Network
    table: Structure
    structure: Twin
    plain: Plain
    copies: Copies
    source: int
    weights: dict[str, dict[str, np.ndarray]]

    @classmethod
    def load(cls, voice: str | Path = BASE) -> Voice:
        """A voice by name, or from a folder.

        Raises:
            UnknownName: no such voice.
            BadModel: damaged, or of another version.
        """
        folder = voice if isinstance(voice, Path) else folder_of(voice)
        try:
            card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BadModel(f"The voice in '{folder}' has no readable card. Install or train it again.") from error
        if card.get("format") != FORMAT:
            raise BadModel(f"The voice in '{folder}' is of another version of quatrain. Train it again.")
        parts = {name: storage.read(folder / f"{name}.npz") for name in PARTS}
        return cls.of(folder.name, card, parts)

    @classmethod
    def of(cls, name: str, card: dict[str, Any], parts: Mapping[str, Mapping[str, np.ndarray]]) -> Voice:
        """A voice from its arrays.

        Raises:
            BadModel: something is missing.
        """
        try:
            lexis = Lexis.of_arrays(parts["lexis"])
            if "rare_words" in parts["lexis"]:
                lexis, vocabulary = rare.widened(lexis, parts["vocabulary"], parts["lexis"])
                parts = {**parts, "lexis": lexis.arrays(), "vocabulary": vocabulary}
            return cls(
                name=name,
                card=card,
                lexis=lexis,
                vocabulary=Network.of(parts["vocabulary"]),
                table=Structure.of_arrays(parts["structure"]),
                structure=Twin.of(parts["structure"]),
                plain=Plain.of_arrays(parts["plain"]),
                copies=Copies.of_arrays(parts["copies"]),
                source=int(card.get("source", 0)),
                weights={part: dict(arrays) for part, arrays in parts.items()},
            )
        except KeyError as error:
            raise BadModel(f"The voice '{name}' has no {error}. Install or train it again.") from error

    def save(self, folder: Path) -> None:
        """Write the voice whole or not at all.

        Raises:
            StorageError: the folder cannot be written.
        """
        save(folder, self.card, self.weights)


PARTS = ("lexis", "vocabulary", "structure", "plain", "copies")


def save(folder: Path, card: Mapping[str, Any], parts: Mapping[str, Mapping[str, np.ndarray]]) -> None:
    """Write a voice; what was there is replaced when all of it is written.

    Raises:
        StorageError: it cannot be written.
    """
    draft = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    for part in PARTS:
        storage.write(draft / f"{part}.npz", parts[part])
    text = json.dumps({"format": FORMAT, **card}, indent=2, ensure_ascii=False) + "\n"
    try:
        (draft / "card.json").write_text(text, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    except OSError as error:
        raise StorageError(f"'{folder}' cannot be written: {error.strerror or error}.") from error


def own_folder() -> Path:
    """Where a songwriter's own voices stand."""
    import platformdirs

    return Path(platformdirs.user_data_dir("quatrain")) / "voices"


def names() -> list[str]:
    """All voices, the shipped ones first."""
    found = [folder.name for place in (SHIPPED, own_folder()) if place.is_dir() for folder in sorted(place.iterdir())
             if (folder / "card.json").exists() and not folder.name.startswith(".")]  # fmt: skip
    return list(dict.fromkeys(found))


def folder_of(name: str) -> Path:
    """The folder of a voice.

    Raises:
        UnknownName: there is none of that name.
    """
    for place in (SHIPPED, own_folder()):
        if set(name) <= _NAME and name and (place / name / "card.json").exists():
            return place / name
    raise UnknownName("voice", name, names(), "Train one: quatrain train MY_SONGS/ --voice NAME.")


def new_folder(name: str) -> Path:
    """Where a voice of that name is to be written.

    Raises:
        BadSetting: it is no name for a voice, or a shipped one's.
    """
    if not name or not set(name) <= _NAME:
        raise BadSetting(f"'{name}' is no name for a voice. Use small letters, digits, - and _.")
    if (SHIPPED / name / "card.json").exists():
        raise BadSetting(f"The voice '{name}' comes with quatrain and is not written over. Choose another name.")
    return own_folder() / name


def work_folder(name: str, mark: str) -> Path:
    """Where a training of a voice keeps what it has done; that of another text, which was never ended, is removed.

    Args:
        name: of the voice.
        mark: of everything that the training depends on.
    """
    folder = new_folder(name).with_name(f".{name}.{mark}")
    for other in _begun(name):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return folder


def delete(name: str) -> None:
    """Delete a songwriter's voice for good, and what trainings of it that were never ended have left.

    Raises:
        UnknownName: there is none of that name.
        BadSetting: it comes with quatrain.
        StorageError: it cannot be deleted.
    """
    begun = _begun(name)
    folder = own_folder() / name if begun and not (SHIPPED / name).exists() else folder_of(name)
    if folder.parent == SHIPPED:
        raise BadSetting(f"The voice '{name}' comes with quatrain and is not deleted.")
    for one in (*begun, folder):
        try:
            if one.exists():
                shutil.rmtree(one)
        except OSError as error:
            raise StorageError(f"'{one}' cannot be deleted: {error.strerror or error}.") from error


def _begun(name: str) -> list[Path]:
    """Folders of trainings of a voice that were not ended."""
    return sorted(own_folder().glob(f".{name}.*")) if name and set(name) <= _NAME else []
