/** The shortest way from one list of lines to another (Myers 1986), and the same as replacements for the editor. */

/** Lines `from` to `to` of the old list become `lines`. */
export type Hunk = { from: number; to: number; lines: string[] };

/** More steps than this and the middle is replaced as a whole: a diff must never hold up the typing. */
const PATIENCE = 1500;

/** What turns `before` into `after`. */
export function hunks(before: readonly string[], after: readonly string[]): Hunk[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  const room = Math.min(before.length, after.length) - start;
  while (end < room && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const old = before.slice(start, before.length - end);
  const fresh = after.slice(start, after.length - end);
  if (!old.length && !fresh.length) return [];
  const kept = common(old, fresh);
  const found: Hunk[] = [];
  let [x, y] = [0, 0];
  for (const [atOld, atFresh] of [...kept, [old.length, fresh.length] as const]) {
    if (atOld > x || atFresh > y) found.push({ from: start + x, to: start + atOld, lines: fresh.slice(y, atFresh) });
    [x, y] = [atOld + 1, atFresh + 1];
  }
  return found;
}

/** Pairs of places of a longest common run of lines; empty if that would take too long. */
function common(old: readonly string[], fresh: readonly string[]): [number, number][] {
  const trails: Map<number, number>[] = [];
  const reach = new Map<number, number>([[1, 0]]);
  for (let steps = 0; steps <= Math.min(old.length + fresh.length, PATIENCE); steps += 1) {
    trails.push(new Map(reach));
    for (let k = -steps; k <= steps; k += 2) {
      const down = k === -steps || (k !== steps && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
      let x = down ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0) + 1;
      while (x < old.length && x - k < fresh.length && old[x] === fresh[x - k]) x += 1;
      reach.set(k, x);
      if (x >= old.length && x - k >= fresh.length) return walked(trails, old.length, fresh.length);
    }
  }
  return [];
}

function walked(trails: Map<number, number>[], width: number, height: number): [number, number][] {
  const kept: [number, number][] = [];
  let [x, y] = [width, height];
  for (let steps = trails.length - 1; steps >= 0; steps -= 1) {
    const reach = trails[steps]!;
    const k = x - y;
    const down = k === -steps || (k !== steps && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
    const before = down ? k + 1 : k - 1;
    const atX = reach.get(before) ?? 0;
    const atY = atX - before;
    while (x > atX && y > atY) {
      x -= 1;
      y -= 1;
      kept.push([x, y]);
    }
    [x, y] = [atX, atY];
  }
  return kept.reverse();
}
