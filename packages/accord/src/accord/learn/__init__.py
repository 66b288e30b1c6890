"""Learning: nets, returns, PPO, one loop, and schemes as differences."""
