"""What is known about words beyond their sound: pictures, worn-out rhymes, fields of meaning, synonyms.

    pictures.concreteness("gate", "NN")          how much of a picture a word is, 0 to 1
    cliches.cliche("love", "above")              how worn out a rhyme is, 0 to 1
    fields.field(["rain", "iron"])               which words belong to the field of some others, 0 to 1
    fields.likeness(line, context)               how alike two stretches of text are in meaning
    synonyms.synonyms("walked", "VBD")           other words for one, inflected alike, by meaning

The tables are shipped (`data/`), made by `python -m quatrain.senses.making` from WordNet 3.1 (its licence is in
`data/LICENSES.txt`) and from counts in public-domain verse and novels.
"""
