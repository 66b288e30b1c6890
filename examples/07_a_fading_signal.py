"""Hidden actions: as the signal fades the needed bond grows without a jump, and welfare falls where it runs out."""

from accord import NormalForm
from accord.solve.bargaining.offers import flipped
from accord.solve.terms.hidden import critical_quality, degrade

QUALITIES = ("1", "4/5", "3/5", "2/5", "3/10", "1/5", "1/10", "0")


def main(bond: int = 4) -> None:
    game = NormalForm.of([[[2, 0], [3, 1]], [[2, 3], [0, 1]]])  # the prisoner's dilemma
    seen = flipped(game.num_actions, 0)  # perfect: the signal is the joint action
    signals = seen.reshape(-1, 4).T.reshape(2, 2, 4)  # one row of chances after every joint action
    print(f"quality  distance  bond needed  welfare with a bond of {bond}")
    for row in degrade(game, signals, list(QUALITIES), bond):
        needed = "none suffices" if row.bond is None else f"{float(row.bond):.3f}"
        print(f"{float(row.quality):7.2f}  {float(row.distance):8.3f}  {needed:>11s}  {row.welfare}")
    jump = critical_quality(game, signals, (0, 0), bond)
    if jump:
        print(f"welfare falls from 4 to 2 between qualities {float(jump[1]):.6f} and {float(jump[0]):.6f}")


if __name__ == "__main__":
    main()
