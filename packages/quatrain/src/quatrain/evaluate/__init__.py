"""The measuring instrument: fixed prompts, metrics with intervals, the ablation table, the blind page for human raters.

    prompts     what is asked of every system: lines of held-out books with their true next line, and modern ones
    running     a system answers them; what it says is stored as it comes, so that a kill loses one prompt at most
    form        rhyme and syllables by another dictionary than the one that the decoder uses
    metrics     one number with its interval for each column
    table       the ablation table and the goals
    blind, preference, page, scripted       pairs for people, what their votes say, the page, and a dry run

Nothing here knows a model: a system is a function, and so is every judge that needs one.
"""
