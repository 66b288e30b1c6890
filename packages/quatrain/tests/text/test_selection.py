"""Windows of verse that are taken, and those that are left."""

from quatrain.text import selection

# From Longfellow, Keats and Gower (public domain), and a preface of our own.
MODERN = ["The day is done, and the darkness", "Falls from the wings of Night,", "As a feather is wafted downward",
          "From an eagle in his flight.", "I see the lights of the village", "Gleam through the rain and the mist,",
          "And a feeling of sadness comes o'er me", "That my soul cannot resist:"]  # fmt: skip
MIDDLE = ["And thus ther weren manye ded,", "Here hevedes stondende on the gate,", "For lacke of ansuere in the wise,",
          "The remenant that weren wise", "Eschuieden to make assay.", "Til it befell upon a day"]  # fmt: skip
PREFACE = ["this edition follows the text of the second, with corrections of the obvious misprints and"] * 8


def test_windows_are_judged_by_what_they_are():
    modern = selection.judge(MODERN)
    assert modern.rhymed == 0.5  # night, flight; mist, resist; darkness, downward, village and me rhyme with none
    assert modern.english > 0.3 and modern.known > 0.95 and modern.shaped == 1.0 and modern.archaic
    assert not selection.judge(MIDDLE).taken
    assert not selection.judge(PREFACE).taken
    assert not selection.judge([]).taken


def test_rhyme_is_counted_within_three_lines():
    couplets = ["The moon is low above the town", "And I have laid my coat right down"]
    apart = [couplets[0], *["The river runs and runs to me"] * 3, couplets[1]]
    assert selection.judge(couplets).rhymed == 1.0
    assert selection.judge(apart).rhymed == 0.0  # the same word again is no rhyme


def test_taken_windows_stand_apart():
    couplets = ["The moon is low above the town", "And I have laid my coat right down"] * 20
    lines = couplets + ["x y"] * selection.WINDOW + couplets
    assert selection.taken(lines) == (*couplets, "", *couplets)
