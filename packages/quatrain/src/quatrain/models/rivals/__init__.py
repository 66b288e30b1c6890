"""The rivals: what the two models have to be better than, trained on the same verse or looked up in it.

    characters   a character LSTM that has read the line before (V0)
    plain        a word-level transformer, left to right, without shape or masks (V2); it also judges fluency
    joint        one transformer that writes the shape of a line and then its words: wishes are conditions, not masks
    retrieval    real lines of the training text that keep the wishes
    sifting      any of them, asked for many lines of which those that keep the wishes come first

Each is called with a draft, wishes and a seed, and gives lines, the best first (`asking.py`). Beneath them:

    symbols      what the word-level ones read and write
    packing      sequences of whole lines
    language     the model of the word-level ones; `recurrent` that of the character LSTM
    speaking     the word-level model on arrays, for answers without JAX
"""
