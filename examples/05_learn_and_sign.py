"""Learn to play the prisoner's dilemma under any fine, then look for the fine: MOCA in thirty lines."""

import jax
import numpy as np

from accord import PPO, Contracted, DefectionFine, PPOSettings, RandomTerms, prisoners_dilemma, train
from accord.learn.schemes import moca


def main(updates: int = 200, episodes: int = 256) -> None:
    game, space = prisoners_dilemma(), DefectionFine()
    settings = PPOSettings(num_envs=256, num_steps=16, phases=1)

    # Phase 1: play under random fines, and under none in three episodes of ten.
    learner = PPO(Contracted(game, space, RandomTerms(null=0.3)), settings, total_updates=updates)
    *_, (state, record) = train(learner, learner.init(seed=0), updates=updates)
    print(f"phase 1 ends with a mean reward of {record['reward'].mean():.2f}")

    # Phase 2: freeze play, look at every fine, take the one that the proposer likes best among those that both sign.
    play = moca.Play(game, space, state.net, state.scale, settings)
    fines = np.linspace(space.low[0], space.high[0], 13)[:, None]
    seen = moca.landscape(play, fines, episodes=episodes, key=jax.random.key(1))
    for fine, each in zip([*fines[:, 0], None], seen.realised.T, strict=True):
        name = "no contract" if fine is None else f"fine {fine:.2f}"
        print(f"{name:12s} row earns {each[0]:5.2f}, column earns {each[1]:5.2f}, together {each.sum():5.2f}")
    print(moca.search(seen).message)


if __name__ == "__main__":
    main()
