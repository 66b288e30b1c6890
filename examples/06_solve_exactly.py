"""A game small enough to know everything: its equilibria, the cheapest contract, who signs, and the certificate."""

from accord import Brook, DefectionFine, Question, prisoners_dilemma, solve_game
from accord.contracts.library.brook import BrookWage


def main(horizon: int = 6) -> None:
    found = solve_game(prisoners_dilemma(), DefectionFine())
    print(f"alone: {found.before.low} of {found.optimum}; with contracts: {found.negotiation.welfare}")
    for piece in found.prices:
        print(f"  fines from {piece.low} to {piece.high}: welfare {', '.join(map(str, piece.welfare))}")
    print(f"  offered: {found.negotiation.offers[0]}")
    print("\n".join(found.certificate.lines()))

    # A Markov game: every equilibrium lies between two bounds, and a fine makes the optimum the only one.
    brook = Brook(cells=4, trees=1, most=2, horizon=horizon)
    found = solve_game(brook, BrookWage(), Question(depth="quick"))
    low, high = float(found.before.low), float(found.before.high)
    print(f"the brook alone: {low:.3f} to {high:.3f} of {float(found.optimum):.3f}")
    print(f"no wage implements the best policy: {found.cheapest.nearest}")
    print(f"a fine of {float(found.fine.amount):.3f} for leaving it does: {found.certificate.message}")


if __name__ == "__main__":
    main()
