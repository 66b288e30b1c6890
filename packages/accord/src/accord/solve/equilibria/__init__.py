"""What selfish agents may do: stage games, subgame perfection, Markov perfection, and bounds that hold for all."""
