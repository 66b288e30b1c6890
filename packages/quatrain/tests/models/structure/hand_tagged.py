"""Verse tagged by hand, and small tables and models, for the tests of models."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pyarrow as pa

from quatrain.models import shape
from quatrain.models.shape import Bank, Shape, Structure
from quatrain.text.corpus import Form, Part
from quatrain.text.lines import Lines
from quatrain.text.sound import relations, sounds, sum_sets

GATE = Shape(("PRP", "VBD", "PRP$", "NN", "IN", "DT", "NN", "NN"), 10, ",")

# Two stanzas of Longfellow's "The Day Is Done" and two of Dickinson's "Because I could not stop for Death" (public
# domain), tagged by hand.
POEMS = [
    [
        """the/DT day/NN is/VBZ done/VBN and/CC the/DT darkness/NN
falls/VBZ from/IN the/DT wings/NNS of/IN night/NN ,
as/IN a/DT feather/NN is/VBZ wafted/VBN downward/RB
from/IN an/DT eagle/NN in/IN his/PRP$ flight/NN .""",
        """i/PRP see/VBP the/DT lights/NNS of/IN the/DT village/NN
gleam/VBP through/IN the/DT rain/NN and/CC the/DT mist/NN ,
and/CC a/DT feeling/NN of/IN sadness/NN comes/VBZ o'er/IN me/PRP
that/IN my/PRP$ soul/NN cannot/MD+RB resist/VB :""",
    ],
    [
        """because/IN i/PRP could/MD not/RB stop/VB for/IN death/NN -
he/PRP kindly/RB stopped/VBD for/IN me/PRP —
the/DT carriage/NN held/VBD but/CC just/RB ourselves/PRP -
and/CC immortality/NN .""",
        """we/PRP slowly/RB drove/VBD he/PRP knew/VBD no/DT haste/NN ,
and/CC i/PRP had/VBD put/VBN away/RB
my/PRP$ labor/NN and/CC my/PRP$ leisure/NN too/RB ,
for/IN his/PRP$ civility/NN .""",
    ],
]


def source(poems, part=Part.TRAIN):
    """A source of verse from hand-tagged poems, one document each."""
    pairs, words, lengths, close, document, gap = {}, [], [], [], [], []
    for number, stanzas in enumerate(poems):
        for stanza in stanzas:
            for place, line in enumerate(stanza.split("\n")):
                tokens = [token.rpartition("/") for token in line.split() if "/" in token]
                words += [pairs.setdefault((word, tag), len(pairs)) for word, _, tag in tokens]
                lengths.append(len(tokens))
                close.append(line.split()[-1] if "/" not in line.split()[-1] else "")
                document.append(number)
                gap.append(place == 0)
    kinds, n = sounds(pairs), len(lengths)
    words, offsets = np.array(words), np.concatenate([[0], np.cumsum(lengths)])
    document = np.array(document, np.int32)
    return Lines(
        form=Form.VERSE,
        kinds=kinds,
        documents=[str(number) for number in range(len(poems))],
        text=pa.chunked_array([pa.array([""] * n)]),
        words=words,
        offsets=offsets,
        document=document,
        part=np.full(n, list(Part).index(part), np.uint8),
        gap=np.array(gap),
        close=np.array(close, "U1"),
        strict=sum_sets(kinds.strict[words], offsets),
        sung=sum_sets(kinds.sung[words], offsets),
        relation=relations(kinds, words[offsets[1:] - 1], document),
        marks=np.zeros(n, np.uint8),
        plain=np.ones(n, bool),
        fresh=np.ones(n, bool),
    )


def loud(model):
    """An untrained model with scores as uneven as a trained one's."""
    keys = jax.random.split(jax.random.key(9), 3)
    noise = lambda key, like: jax.random.normal(key, like.shape) * 0.5
    model = eqx.tree_at(lambda m: (m.left, m.syllables, m.close, m.bias), model, (
        noise(keys[0], model.left), noise(keys[1], model.syllables), noise(keys[2], model.close),
        jnp.linspace(0.0, 1.0, len(model.bias)),
    ))  # fmt: skip
    return eqx.tree_at(lambda m: m.net.blocks[0].bias, model, noise(keys[0], model.net.blocks[0].bias))


def scores(model, symbols):
    """What the model says after each symbol of a sequence, compiled once for all lengths [symbols, symbols]."""
    fields = (np.pad(field, (0, 64 - len(symbols)))[None] for field in shape.reading(symbols))
    return np.asarray(_read(model, shape.Reads(*fields)))[0, : len(symbols)]


@eqx.filter_jit
def _read(model, reads):
    return model(reads)


def small(tags=("DT", "NN", "NNP", "VB"), ending=(0.0, 0.5, 0.5, 0.3)):
    """A table with few tags, so that every shape can be listed."""
    nothing = np.zeros(0, np.uint8)
    return Structure(("", *tags), np.array([0.0, *ending]), Bank(nothing, nothing, nothing, nothing))
