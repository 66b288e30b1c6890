"""Constrained writing: whatever is hard is a mask, decided by dynamic programming and never left to chance.

Which words may stand where (`masks`), and which may end a line (`ends`); what to give up, and under which label, when
nothing fits (`ladder`, `request`); many candidates at once, the end word first (`search`); lines with words that stand
already, and one word anew (`gaps`); no line of the training text (`copies`).
"""
