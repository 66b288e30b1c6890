"""From a line to its words, the way a singer counts them: don't, o'er, gonna and moon-lit are one word each.

A line is cut into *tokens* (words and marks, as written). A token that is a word has a *key*: lower case, straight
apostrophes, what lexicon and vocabulary know it by. For the tagger, which was trained on newspapers, a word may be
several *pieces* (don't -> do n't) or a plainer spelling (heav'n -> heaven); its tag is then composite (`VBP+RB`).
"""

from __future__ import annotations

import functools
import re
import unicodedata

from . import spelling
from .lexicon import lexicon
from .lists import listed

VERSION = "words-1"
"""Changes whenever the same text may give other tokens or pieces: every tag must then be made again."""

_HEADLESS = (
    "tis|twas|twere|twill|twould|twixt|neath|gainst|mid|midst|mong|mongst|round|way|fore|tween|bout|cross|fraid|scape|"
    "cause|cos|coz|cuz|em|im|er|til|till|n|en|ere|most|nother|nuff|plain|spite|stead|tween|ware|tain't|taint|twont|twouldn't"
)
_TAILLESS = "o|th|wi|an|tho|thro|altho|a|i|ol|lil|t|d|fu|gi|mo|ha|hae|awa|ca|wa|sma"
_L = r"[^\W\d_]"
_TOKEN = re.compile(
    rf"\d+(?:,\d+)*(?:\.\d+)?(?:st|nd|rd|th|s)?(?![^\W_])"  # a number
    rf"|'n'(?!{_L})|'(?:{_HEADLESS})\b(?:'?-'?{_L}+)*"  # a word without its head, as 'twas
    rf"|(?:\b(?:{_TAILLESS})'(?!{_L})|{_L}+(?:'?-'?{_L}+|'{_L}+)*(?:(?<=in)')?)(?:-{_L}+)*"  # any other word
    r"|\.{2,}|…|-{2,}|[—–]|&|\S",
    re.IGNORECASE,
)
_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "“": '"', "”": '"', "‟": '"', "„": '"'})

ABBREVIATIONS = frozenset(
    listed("mr mrs ms messrs dr st esq rev hon capt col gen lieut prof sir jr sr vs etc viz vol no")
)
"""Words whose full stop ends no sentence."""

_SPLIT = {
    "can't": "ca n't", "won't": "wo n't", "shan't": "sha n't", "ain't": "ai n't", "cannot": "can not", "'tis": "it is",
    "'twas": "it was", "'twere": "it were", "'twill": "it will", "'twould": "it would", "tain't": "it ai n't",
    "'tain't": "it ai n't", "gonna": "going to", "wanna": "want to", "gotta": "got to", "hafta": "have to",
    "oughta": "ought to", "lemme": "let me", "gimme": "give me", "dunno": "do n't know", "d'you": "do you",
    "d'ye": "do you", "y'all": "you all", "whatcha": "what you", "gotcha": "got you", "shoulda": "should have",
    "coulda": "could have", "woulda": "would have", "musta": "must have", "kinda": "kind of", "sorta": "sort of",
    "outta": "out of", "lotta": "lot of", "tryna": "trying to", "finna": "going to", "imma": "i 'm going to",
    "let's": "let 's", "i'm": "i 'm", "o'clock": "o'clock", "ma'am": "madam", "t'other": "the other",
}  # fmt: skip
_PLAIN = {
    "o'er": "over", "e'er": "ever", "ne'er": "never", "e'en": "even", "ev'n": "even", "whate'er": "whatever",
    "whene'er": "whenever", "where'er": "wherever", "howe'er": "however", "whoe'er": "whoever", "ta'en": "taken",
    "'em": "them", "'im": "him", "'er": "her", "o'": "of", "th'": "the", "i'": "in", "wi'": "with", "an'": "and",
    "'n'": "and", "'n": "and", "a'": "all", "t'": "to", "ha'": "have", "tho'": "though", "tho": "though",
    "altho'": "although", "thro'": "through", "thro": "through", "thru": "through", "'neath": "beneath",
    "'gainst": "against", "'mid": "amid", "'midst": "amidst", "'mong": "among", "'mongst": "amongst",
    "'round": "around",
    "'way": "away", "'fore": "before", "'tween": "between", "'twixt": "between", "betwixt": "between", "'bout": "about",
    "'cross": "across", "'scape": "escape", "'cause": "because", "cuz": "because", "coz": "because", "'cos": "because",
    "cause'": "because", "'til": "until", "'till": "until", "til": "until", "ol'": "old", "lil'": "little", "&": "and",
    "ere": "before", "oft": "often", "thou": "you", "thee": "you", "ye": "you", "thy": "your", "thine": "yours",
    "hath": "has", "doth": "does", "hast": "have", "dost": "do", "art": "art", "wilt": "will", "shalt": "shall",
    "canst": "can", "mayst": "may", "wouldst": "would", "couldst": "could", "shouldst": "should", "didst": "did",
    "hadst": "had", "wert": "were", "saith": "says", "quoth": "said", "yon": "that", "ya": "you", "yer": "your",
}  # fmt: skip
_TODAY = {"&": "and", "to-day": "today", "to-night": "tonight", "to-morrow": "tomorrow", "good-bye": "goodbye"}
_NO_PLURALS = frozenset(
    listed("as is was his this us thus yes has does alas perhaps always 'tis its hers ours yours theirs")
)
_HOSTS = frozenset(
    listed("i you he she it we they who there that what how where why when this thou ye these those here")
)
_ENDINGS = ("n't", "'ll", "'ve", "'re", "'m", "'s")


def plain(text: str) -> str:
    """Text with composed accents and straight quotes and apostrophes."""
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).translate(_QUOTES)


def tokens(line: str) -> list[str]:
    """Words and marks of a line, in order, with straight apostrophes and otherwise as written."""
    found = _TOKEN.findall(plain(line))
    return _possessives(found) if "'" in found else found


def words(line: str) -> list[str]:
    """The keys of the words of a line."""
    return [key(token) for token in tokens(line) if is_word(token)]


def is_word(token: str) -> bool:
    """Whether a token is a word (a number is one too, and so is `&`), not a mark."""
    return token[0].isalnum() or token == "&" or (len(token) > 1 and token[1].isalpha())


def key(token: str) -> str:
    """What a word is known by: lower case, straight apostrophes; `&` is `and`, to-day is today."""
    word = token.lower()
    return _TODAY.get(word, word)


@functools.lru_cache(maxsize=1 << 18)
def pieces(word: str) -> tuple[str, ...]:
    """What the tagger gets for a word (a key): itself, a plainer spelling, or its parts.

    Capitals are the tagger's business, not this function's.
    """
    if word in _SPLIT:
        return tuple(_SPLIT[word].split())
    if word in _PLAIN:
        return (_PLAIN[word],)
    if "'" not in word:
        return (word,)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return (*pieces(word[: -len(ending)]), ending)
    if word.endswith("s'"):
        return (word[:-1], "'")
    if word.endswith("in'"):
        return (word[:-1] + "g",)
    if word.endswith("'d"):
        host = word[:-2]
        return (host, "'d") if host in _HOSTS else (_past(host),)
    if word.startswith("th'") and len(word) > 5:
        return ("the", *pieces(word[3:]))
    whole = spelling.restored(word, lexicon().readings)
    return (whole or word.strip("'") or word,)


def _past(host: str) -> str:
    """The usual spelling of a past form written with 'd: turn'd, lov'd, cried (cry'd)."""
    known = lexicon().readings
    spellings = (host + "ed", host + "d", host[:-1] + "ied")
    return next((spelling for spelling in spellings if known(spelling)), host + "ed")


def _possessives(found: list[str]) -> list[str]:
    """Join `'` to a plural before it (the birds' song), unless it may close a quotation."""
    joined: list[str] = []
    quoted = False
    for place, token in enumerate(found):
        last = joined[-1] if joined else ""
        plural = last[-1:].lower() == "s" and last[0].isalpha() and last.lower() not in _NO_PLURALS
        if token == "'" and plural and not quoted and place + 1 < len(found) and is_word(found[place + 1]):
            joined[-1] = last + "'"
            continue
        quoted = (token == "'") != quoted
        joined.append(token)
    return joined
