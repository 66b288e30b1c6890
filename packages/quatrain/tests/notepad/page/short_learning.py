"""A training as the notepad runs it, with few steps: `python short_learning.py FOLDER NAME BASE`."""

from __future__ import annotations

import os
import sys

from quatrain import yours
from quatrain.errors import QuatrainError
from quatrain.models import adapting
from quatrain.notepad import learning

if __name__ == "__main__":
    os.nice = lambda step: step  # somebody waits
    adapting.STEPS, yours.REHEARSED = (4, 4), 60
    try:
        learning.main(*sys.argv[1:4])
    except QuatrainError as error:
        print(error, flush=True)
        sys.exit(2)
