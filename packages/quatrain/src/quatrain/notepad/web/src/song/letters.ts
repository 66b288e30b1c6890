/**
 * Rhyme letters and colours. Letters begin at A in each stanza. A colour belongs to a *sound*: the rhyme key of the
 * group's first line; it is remembered for the song, so that writing elsewhere never changes it.
 */

import type { Pronunciation } from "../sound/lexicon";
import { rhyme as rhymeKey } from "../sound/phones";
import { compared, type Kind, type Rhyme } from "../sound/rhyme";

/** How many colours there are; more would not be told apart. */
export const HUES = 8;
/** How many lines back a rhyme is still heard. */
const REACH = 12;

/** How near a rhyme must be to get a letter. */
export type Ear = "exact" | "near" | "loose";
const SOLID: readonly Kind[] = ["perfect", "feminine", "rich", "same word", "homophone"];
const DASHED: Record<Ear, readonly Kind[]> = {
  exact: [],
  near: ["family", "last syllable"],
  loose: ["family", "last syllable", "consonance", "assonance"],
};

/** The rhyme of one line: its letter, and (unless it is alone) its colour, its partner and how it rhymes with it. */
export type Mark = {
  letter: string;
  hue: number | null;
  solid: boolean;
  partner: number | null;
  kind: Kind;
};

type Group = { lines: number[]; key: string; marks: Map<number, { partner: number; rhyme: Rhyme }> };

/** Colours of a song's sounds, remembered. */
export class Hues {
  readonly #of = new Map<string, number>();

  constructor(kept: Record<string, number> = {}) {
    for (const [key, hue] of Object.entries(kept)) this.#of.set(key, hue % HUES);
  }

  /** What to keep for the next time. */
  get kept(): Record<string, number> {
    return Object.fromEntries(this.#of);
  }

  /** A colour for each sound of a stanza, as different as can be; known sounds come first and keep theirs. */
  assign(keys: readonly string[]): number[] {
    const taken = new Set<number>();
    const chosen = new Map<number, number>();
    for (const known of [true, false]) {
      for (const [place, key] of keys.entries()) {
        if (this.#of.has(key) !== known || chosen.has(place)) continue;
        const wish = this.#of.get(key) ?? hash(key) % HUES;
        const hue = taken.size >= HUES ? wish : free(wish, taken);
        if (!known) this.#of.set(key, hue);
        chosen.set(place, hue);
        taken.add(hue);
      }
    }
    return keys.map((_, place) => chosen.get(place)!);
  }
}

/**
 * Marks of all lines of one stanza.
 *
 * @param ends - the last word of each line; null where a line has none.
 */
export function marks(ends: readonly (Pronunciation | null)[], ear: Ear, hues: Hues): (Mark | null)[] {
  const groups = grouped(ends, ear);
  const shared = groups.filter((group) => group.lines.length > 1);
  const colours = hues.assign(shared.map((group) => group.key));
  const found: (Mark | null)[] = ends.map(() => null);
  for (const [place, group] of groups.entries()) {
    const hue = colours[shared.indexOf(group)] ?? null;
    for (const line of group.lines) {
      const { partner = null, rhyme } = group.marks.get(line) ?? {};
      const kind = rhyme?.kind ?? "none";
      const solid = partner === null ? anySolid(group) : SOLID.includes(kind);
      found[line] = { letter: letter(place), hue, solid, partner, kind };
    }
  }
  return found;
}

/** Exact rhymes find each other first; only a line that is left alone joins what it nearly rhymes with. */
function grouped(ends: readonly (Pronunciation | null)[], ear: Ear): Group[] {
  const groups: Group[] = [];
  const near = DASHED[ear];
  for (const [line, end] of ends.entries()) {
    if (!end?.readings.length) continue;
    const best = closest(groups, line, ends, SOLID, false);
    if (best) join(best.group, line, best);
    else groups.push({ lines: [line], key: rhymeKey(end.readings[0]!), marks: new Map() });
  }
  for (const lonely of groups.filter((group) => group.lines.length === 1)) {
    const line = lonely.lines[0]!;
    const best =
      lonely.lines.length === 1 && near.length
        ? closest(
            groups.filter((group) => group !== lonely && group.lines[0]! < line),
            line,
            ends,
            near,
            true,
          )
        : null;
    if (!best) continue;
    join(best.group, line, best);
    groups.splice(groups.indexOf(lonely), 1);
  }
  return groups;
}

type Best = { group: Group; partner: number; rhyme: Rhyme; rank: number };

/** The group with the line that `line` rhymes with best in one of these kinds; of equals the nearest (or the first). */
function closest(
  groups: Group[],
  line: number,
  ends: readonly (Pronunciation | null)[],
  kinds: readonly Kind[],
  rank: boolean,
): Best | null {
  let best: Best | null = null;
  for (const group of groups) {
    for (const other of group.lines) {
      if (Math.abs(line - other) > REACH) continue;
      const rhyme = compare(ends[other]!, ends[line]!);
      const place = kinds.indexOf(rhyme.kind);
      if (place < 0) continue;
      const found = { group, partner: other, rhyme, rank: (rank ? place * 100 : 0) + Math.abs(line - other) };
      if (!best || found.rank < best.rank) best = found;
    }
  }
  return best;
}

function join(group: Group, line: number, { partner, rhyme }: Best): void {
  group.lines = [...group.lines, line].sort((a, b) => a - b);
  group.marks.set(line, { partner, rhyme });
}

/** A to Z, then AA, AB. */
export function letter(place: number): string {
  return (place >= 26 ? letter(Math.floor(place / 26) - 1) : "") + String.fromCharCode(65 + (place % 26));
}

/** The scheme of a stanza as people write it: ABAB; lines alone are X. */
export function scheme(found: readonly (Mark | null)[]): string {
  const names = new Map<string, string>();
  return found
    .map((mark) => {
      if (!mark || mark.hue === null) return "X";
      if (!names.has(mark.letter)) names.set(mark.letter, letter(names.size));
      return names.get(mark.letter)!;
    })
    .join("");
}

function anySolid(group: Group): boolean {
  return [...group.marks.values()].some(({ rhyme }) => SOLID.includes(rhyme.kind));
}

function free(wish: number, taken: ReadonlySet<number>): number {
  let hue = wish;
  while (taken.has(hue)) hue = (hue + 3) % HUES; // 3 and 8 share no divisor, and neighbours look alike
  return hue;
}

function hash(text: string): number {
  let value = 2166136261;
  for (let place = 0; place < text.length; place += 1) value = Math.imul(value ^ text.charCodeAt(place), 16777619);
  return value >>> 8;
}

const compares = new WeakMap<Pronunciation, WeakMap<Pronunciation, Rhyme>>();

/** `compared`, remembered for as long as the pronunciations live. */
function compare(first: Pronunciation, second: Pronunciation): Rhyme {
  let known = compares.get(first);
  if (!known) compares.set(first, (known = new WeakMap()));
  let rhyme = known.get(second);
  if (!rhyme) known.set(second, (rhyme = compared(first, second)));
  return rhyme;
}
