"""Light start: asking for a pronunciation loads no array library and no tagger."""

import subprocess
import sys


def test_the_notepad_side_loads_no_heavy_library():
    code = (
        "import sys; from quatrain.text import rhyme, stress, syllables, sheets, diction; rhyme.rhymes('gate'); "
        "syllables.of_line(\"o'er the blorfing hills\"); heavy = ('numpy', 'pyarrow', 'spacy', 'jax', 'rich'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
