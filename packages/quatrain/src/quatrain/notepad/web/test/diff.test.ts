import { describe, expect, it } from "vitest";
import { hunks } from "../src/song/diff";

/** A small generator, so that a failure can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function applied(before: string[], after: string[]): { lines: string[]; touched: number } {
  const lines = [...before];
  const found = hunks(before, after);
  for (const { from, to, lines: fresh } of found.toReversed()) lines.splice(from, to - from, ...fresh);
  return { lines, touched: found.reduce((sum, hunk) => sum + hunk.to - hunk.from + hunk.lines.length, 0) };
}

/** The longest common subsequence, the slow way. */
function longest(one: string[], two: string[]): number {
  const row = new Array<number>(two.length + 1).fill(0);
  for (const a of one) {
    let corner = 0;
    for (const [place, b] of two.entries()) {
      const above = row[place + 1]!;
      row[place + 1] = a === b ? corner + 1 : Math.max(above, row[place]!);
      corner = above;
    }
  }
  return row.at(-1)!;
}

describe("the diff of two sheets", () => {
  it("turns one into the other, and touches no more lines than it must", () => {
    const next = random(7);
    for (let round = 0; round < 500; round += 1) {
      const sheet = (): string[] =>
        Array.from({ length: Math.floor(next() * 12) }, () => "abcd"[Math.floor(next() * 4)]!);
      const [before, after] = [sheet(), sheet()];
      const { lines, touched } = applied(before, after);
      expect(lines).toEqual(after);
      expect(touched).toBe(before.length + after.length - 2 * longest(before, after));
    }
  });

  it("is nothing where nothing changed", () => {
    expect(hunks(["a", "b"], ["a", "b"])).toEqual([]);
  });
});
