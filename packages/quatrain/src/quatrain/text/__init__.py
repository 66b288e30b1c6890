"""The text layer: from what somebody wrote to words with tags, syllables, stress and rhyme.

Nothing here is loaded until it is asked for; the lexicon of pronunciations opens in milliseconds, the tagger only when
a corpus is built.
"""
