"""Everything that has a name: games, the contract spaces written for them, and their settings."""

from accord import GAMES, SPACES
from accord.core.settings import keys


def main() -> None:
    for entry in GAMES.entries():
        game = GAMES.make(entry.name)
        print(f"{entry.name}: {entry.summary}")
        print(f"    {game.num_agents} agents, {game.horizon} steps, settings: {', '.join(keys(game)) or 'none'}")
        for name in entry.spaces:
            space = SPACES.make(name)
            print(f"    contract {name}: theta from {space.low} to {space.high}. {SPACES[name].summary}")


if __name__ == "__main__":
    main()
