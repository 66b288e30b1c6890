/**
 * How many syllables: a *set* of counts for a word and for a line, as a bit mask (bit n: n syllables are possible).
 * A port of `quatrain.text.syllables`, held to it by a test. Masks are bigints: a line may have sixty syllables.
 */

import * as ph from "./phones";

/** A set of counts. */
export type Mask = bigint;

const LONGEST = 63;
const LIMIT = (1n << BigInt(LONGEST + 1)) - 1n;
const C = `[\\u{2e}-\\u{45}]`;
const WEAK = ph.oneOf(...[..."AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split(" ")].map((vowel) => `${vowel}0`));
const stressed = (...vowels: string[]): string => ph.oneOf(...vowels.flatMap((one) => [`${one}1`, `${one}2`]));
const LONG = stressed("AY", "AW", "OY");
const OPEN = stressed("AY", "AW", "OY", "OW", "IY", "UW", "EY");
const SHORTER = new RegExp(
  [
    LONG + ph.oneOf("ER0"), // flower
    `(?<=${C})${ph.oneOf("ER0")}(?=${WEAK})`, // memory, wandering
    `(?<=${C})${ph.oneOf("AH0")}(?=${ph.oneOf("L", "N", "R")}${WEAK})`,
    ph.oneOf("IY0") + ph.oneOf("AH0", "ER0"), // glorious, happier
    `${ph.oneOf("UW0", "AH0")}${ph.oneOf("W")}?${ph.oneOf("AH0")}`, // virtuous, actual
    OPEN + ph.oneOf("AH0", "IH0"), // being, violet
    `(?<=${ph.oneOf("V")})${ph.oneOf("AH0", "IH0")}${ph.oneOf("N")}(?=${ph.oneOf("Z")}?$)`, // heaven
  ].join("|"),
  "gu",
);
const LONGER = new RegExp(LONG + ph.oneOf("R"), "gu"); // fire as F AY1 R may be drawn apart

/** The counts that the readings give, or the songwriter's own. */
export function strictOf(readings: string[], counts: number[]): Mask {
  return maskOf(counts.length ? counts : readings.map(ph.count));
}

/** The strict counts and those that a singer may make of them; a songwriter's own count stands alone. */
export function sungOf(word: string, readings: string[], counts: number[]): Mask {
  let mask = strictOf(readings, counts);
  if (counts.length || word.includes("'")) return mask; // o'er and pow'r say how they want to be sung
  for (const reading of readings) {
    const usual = ph.count(reading);
    const shortest = Math.max(1, usual - sites(reading, SHORTER));
    const longest = usual + sites(reading, LONGER);
    for (let n = shortest; n <= longest; n += 1) mask |= maskOf([n]);
  }
  return mask;
}

/** The set of a line from the sets of its words; the empty line has exactly none. */
export function total(masks: Iterable<Mask>): Mask {
  let line: Mask = 1n;
  for (const mask of masks) {
    let grown: Mask = 0n;
    for (const n of countsOf(mask)) grown |= line << BigInt(n);
    line = grown & LIMIT;
  }
  return line;
}

/** The counts in a set, in order. */
export function countsOf(mask: Mask): number[] {
  const found: number[] = [];
  for (let n = 0, rest = mask; rest > 0n; n += 1, rest >>= 1n) if (rest & 1n) found.push(n);
  return found;
}

/** A set of the counts given. */
export function maskOf(counts: Iterable<number>): Mask {
  let mask: Mask = 0n;
  for (const count of counts) mask |= 1n << BigInt(Math.min(count, LONGEST));
  return mask;
}

/** A set for the margin: `8`, `8–9`. */
export function shown(mask: Mask): string {
  const found = countsOf(mask);
  return found.length === 0 ? "?" : found.length === 1 ? String(found[0]) : `${found[0]}–${found.at(-1)}`;
}

/** How many syllables each word has when the line has `count`, as usual as possible; null if it cannot be. */
export function breakdown(masks: Mask[], usuals: number[], count: number): number[] | null {
  type Way = { changes: number; chosen: number[] };
  let best = new Map<number, Way>([[0, { changes: 0, chosen: [] }]]);
  for (const [place, mask] of masks.entries()) {
    const grown = new Map<number, Way>();
    for (const [spent, { changes, chosen }] of best) {
      for (const n of countsOf(mask)) {
        const way = { changes: changes + Number(n !== usuals[place]), chosen: [...chosen, n] };
        const other = grown.get(spent + n);
        if (spent + n <= count && (!other || before(way, other))) grown.set(spent + n, way);
      }
    }
    best = grown;
  }
  return best.get(count)?.chosen ?? null;

  function before(one: Way, two: Way): boolean {
    if (one.changes !== two.changes) return one.changes < two.changes;
    const place = one.chosen.findIndex((n, at) => n !== two.chosen[at]);
    return place >= 0 && one.chosen[place]! < two.chosen[place]!;
  }
}

function sites(reading: string, pattern: RegExp): number {
  return reading.match(pattern)?.length ?? 0;
}
