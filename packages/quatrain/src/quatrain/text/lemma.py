"""Which words are forms of one word: a rhyme of run with runs, or of was with were, is no rhyme.

A word can be a form of several (found is also the past of find), so there is a *set* of lemmas, and two words count as
one when their sets meet. Better too strict than too lax: nobody misses the rhyme that was not offered.
"""

from __future__ import annotations

import functools

from . import phones as ph
from .lexicon import lexicon
from .spelling import stems

_IRREGULAR = """
be am is are was were been being art wast wert; have has had having hath hast; do does did done doing doth dost; go
goes went gone goeth goest; say says said saith; get gets got gotten; make made; know knew known; think thought; take
took taken; see saw seen; come came; find found; give gave given; tell told; feel felt; leave left; mean meant; keep
kept; begin began begun; show shown; hear heard; run ran; hold held; bring brought; write wrote written writ; sit sat;
stand stood; lose lost; pay paid; meet met; lead led; grow grew grown; lie lay lain; lay laid; speak spoke spoken;
rise rose risen; drive drove driven; buy bought; wear wore worn; choose chose chosen; seek sought; throw threw thrown;
catch caught; deal dealt; win won; forget forgot forgotten; fall fell fallen; send sent; build built; understand
understood; draw drew drawn; break broke broken; spend spent; rise rose; fly flew flown; fight fought; sing sang sung;
ring rang rung; spring sprang sprung; sink sank sunk; drink drank drunk; swim swam swum; shrink shrank shrunk; stink
stank stunk; slink slunk; swing swung; cling clung; fling flung; sting stung; string strung; wring wrung; hang hung;
dig dug; stick stuck; strike struck stricken; spin spun; sleep slept; weep wept; creep crept; sweep swept; leap leapt;
dream dreamt; burn burnt; learn learnt; spell spelt; smell smelt; kneel knelt; bend bent; lend lent; rend rent; bind
bound; wind wound; grind ground; bleed bled; breed bred; feed fed; speed sped; flee fled; slide slid; hide hid hidden;
bite bit bitten; ride rode ridden; stride strode stridden; smite smote smitten; shine shone; shake shook shaken; wake
woke woken; awake awoke; stand stood; steal stole stolen; freeze froze frozen; weave wove woven; bear bore borne born;
swear swore sworn; tear tore torn; shear shorn; blow blew blown; mow mown; sow sown; sew sewn; hew hewn; saw sawn; eat
ate eaten; forgive forgave forgiven; forsake forsook forsaken; bid bade bidden; teach taught; beseech besought; shoot
shot; sell sold; swell swollen; dwell dwelt; spill spilt; melt molten; light lit; stave stove; heave hove; cleave
clove cleft cloven; tread trod trodden; thrive throve; strive strove striven; arise arose arisen; become became;
overcome overcame; withdraw withdrew withdrawn; slay slew slain; man men; woman women; child children; foot feet;
tooth teeth; goose geese; mouse mice; louse lice; ox oxen; brother brethren; die dice; penny pence; leaf leaves; life
lives; wife wives; knife knives; wolf wolves; half halves; self selves; shelf shelves; thief thieves; loaf loaves;
calf calves; sheaf sheaves; elf elves; hoof hooves; good better best; bad worse worst; far farther further; i me my
mine myself; you your yours yourself; he him his himself; she her hers herself; it its itself; we us our ours
ourselves; they them their theirs themselves; thou thee thy thine thyself; who whom whose; will would; shall should;
die dying; lie lying; tie tying; vie vying; can could; may might
"""


def _forms() -> dict[str, set[str]]:
    """For every irregular form the words that it may be a form of."""
    forms: dict[str, set[str]] = {}
    for family in _IRREGULAR.split(";"):
        first, *rest = family.split()
        for form in (first, *rest):
            forms.setdefault(form, set()).add(first)
    return forms


_PREFIXES = frozenset(["con", "com", "dis", "mis", "sub", "pre", "pro", "per", "for", "non", "tele", "trans", "inter"])
COMMON = 6
"""Parts of a compound are at least so common: mor and ning are none."""
_FORMS = _forms()
IRREGULAR = frozenset(_FORMS)
"""Forms that do not follow the spelling of their word; each word's own among them."""
_ENDINGS = ("'s", "s'", "s", "es", "ed", "ing", "in'", "'d", "d", "eth", "est", "'st", "st", "n't")


@functools.lru_cache(maxsize=1 << 17)
def lemmas(word: str) -> frozenset[str]:
    """Every word (lower case) that a word may be a form of; itself always.

    >>> sorted(lemmas("wolves")), sorted(lemmas("running"))
    (['wolf', 'wolves'], ['run', 'running'])
    """
    found = {word} | _FORMS.get(word, set())
    for ending in _ENDINGS:
        if word.endswith(ending) and not (ending == "s" and word.endswith("ss")):
            for stem in stems(word, ending):
                if len(stem) > 2 and stem in lexicon():
                    found |= {stem} | _FORMS.get(stem, set())
    found |= _tails(word)
    return frozenset(found)


def _tails(word: str) -> set[str]:
    """What a compound ends with: arms of firearms, tree of apple-tree; a rhyme with that is the word with itself."""
    known, found = lexicon(), set()
    if "-" in word:
        found.add(word.rpartition("-")[2])
    for cut in range(3, len(word) - 2):
        head, tail = word[:cut], word[cut:]
        least = min(known.common(head), known.common(tail))
        if head not in _PREFIXES and least >= COMMON and not known.is_name(tail):
            ends = [(whole, ph.flat(part)) for whole in known.readings(word) for part in known.readings(tail)]
            if any(ph.flat(whole).endswith(part) and ph.stress(whole[-len(part) :]).strip("0") for whole, part in ends):
                found |= {tail} | _FORMS.get(tail, set())
    return found - {""}


def same(first: str, second: str) -> bool:
    """Whether two words may be forms of one word."""
    return not lemmas(first).isdisjoint(lemmas(second))
