"""Forms of one word, by hand."""


def words(lexis, kinds):
    return {lexis.words[word] for word in lexis.kind_word[kinds]}


def test_forms_of_one_word_are_relatives(lexis, stems, kind):
    assert words(lexis, stems.relatives(kind("run", "NN"))) == {"run", "runs", "ran"}
    assert words(lexis, stems.relatives(kind("rivers", "NNS"))) == {"river", "rivers"}
    assert words(lexis, stems.relatives(kind("knight", "NN"))) == {"knight"}
    assert kind("run", "VB") in stems.relatives(kind("run", "NN")).tolist()


def test_forms_of_any_word_are_found(lexis, stems):
    assert words(lexis, stems.forms(["running", "starry"])) == {"run", "runs", "ran"}
    assert len(stems.forms(["xylophone"])) == 0 == len(stems.forms([]))


def test_grammar_carries_no_picture(lexis, stems, kind):
    assert stems.picture[[kind("gate", "NN"), kind("ran", "VBD"), kind("slowly", "RB")]].all()
    assert not stems.picture[[kind("the", "DT"), kind("in", "IN"), kind("i", "PRP")]].any()
