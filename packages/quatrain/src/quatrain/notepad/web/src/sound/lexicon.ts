/** Pronunciations: the lexicon that the package ships, read in the browser; what it lacks is asked of the notepad. */

import * as ph from "./phones";
import { breakdown, type Mask, maskOf, strictOf, sungOf } from "./syllables";
import { ofWord } from "./stress";

/** How a pronunciation was found; `rough` is this page's own guess until the notepad answers. */
export type Found = "yours" | "dictionary" | "rule" | "guess" | "rough";

/** One word's pronunciations, the most usual first. */
export type Pronunciation = {
  word: string;
  readings: string[];
  found: Found;
  counts: number[];
  strict: Mask;
  sung: Mask;
  usual: number;
  stress: string;
};

/** What the notepad answers for a word that the lexicon lacks. */
export type Entry = { readings: string[]; found: "rule" | "guess" };

const MAGIC = "quatrain lexicon 1\n";
const ENTRY = 0xfe;
const READING = 0xff;

/** The shipped lexicon: sorted words and their readings in two long byte arrays; a word is found by bisection. */
export class Table {
  readonly #words: Uint8Array;
  readonly #entries: Uint8Array;
  readonly #wordEnds: Uint32Array;
  readonly #ends: Uint32Array;

  private constructor(words: Uint8Array, entries: Uint8Array, count: number) {
    this.#words = words;
    this.#entries = entries;
    this.#wordEnds = ends(words, 10, count);
    this.#ends = ends(entries, ENTRY, count);
  }

  /** Reads the file as it is shipped. */
  static async read(file: Uint8Array<ArrayBuffer>): Promise<Table> {
    const head = new TextDecoder("latin1").decode(file.subarray(0, MAGIC.length));
    if (head !== MAGIC) throw new Error("The word table is of another version. Reload the page.");
    const packed = new Blob([file.subarray(MAGIC.length)]).stream();
    const unpacked = packed.pipeThrough(new DecompressionStream("deflate"));
    const data = new Uint8Array(await new Response(unpacked).arrayBuffer());
    const [count, words, entries] = new Uint32Array(data.slice(0, 12).buffer);
    const cut = 12 + words!;
    return new Table(data.subarray(12, cut), data.subarray(cut, cut + entries!), count!);
  }

  /** How many words there are. */
  get size(): number {
    return this.#ends.length;
  }

  /** All readings of a word, without doubles; none for an unknown word. */
  readings(word: string): string[] {
    const index = this.#find(new TextEncoder().encode(word));
    if (index < 0) return [];
    const entry = this.#entries.subarray(index ? this.#ends[index - 1]! + 1 : 0, this.#ends[index]);
    const found = new Set<string>();
    let start = 0;
    for (let place = 0; place <= entry.length; place += 1) {
      if (place < entry.length && entry[place] !== READING) continue;
      found.add(String.fromCharCode(...entry.subarray(start + 1, place))); // the first byte is the class of words
      start = place + 1;
    }
    return [...found];
  }

  #find(sought: Uint8Array): number {
    let low = 0;
    let high = this.#wordEnds.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const order = this.#compare(middle, sought);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  #compare(index: number, sought: Uint8Array): number {
    const start = index ? this.#wordEnds[index - 1]! + 1 : 0;
    const length = this.#wordEnds[index]! - start;
    for (let place = 0; place < Math.min(length, sought.length); place += 1) {
      const difference = this.#words[start + place]! - sought[place]!;
      if (difference) return difference;
    }
    return length - sought.length;
  }
}

function ends(data: Uint8Array, mark: number, count: number): Uint32Array {
  const places = new Uint32Array(count);
  let found = 0;
  for (let at = data.indexOf(mark); at >= 0; at = data.indexOf(mark, at + 1)) places[found++] = at;
  if (found !== count) throw new Error("The word table is damaged. Reload the page.");
  return places;
}

/** The door to pronunciations, with the songwriter's own ones in front. */
export class Lexicon {
  readonly #tables: readonly Pick<Table, "readings">[];
  readonly #answers: ReadonlyMap<string, Entry>;
  readonly #yours: ReadonlyMap<string, string>;
  readonly #known = new Map<string, Pronunciation>();
  readonly #unknown = new Set<string>();

  /**
   * @param tables - the shipped lexicon, and words that rules make of it; none until they are loaded.
   * @param answers - what the notepad said about words that the table lacks.
   * @param yours - overrides of a song: word to `"2"`, `"1 2"`, or sounds, `"F AY1 R"`, several separated by `|`.
   */
  constructor(
    tables: readonly Pick<Table, "readings">[],
    answers: ReadonlyMap<string, Entry> = new Map(),
    yours: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#tables = tables;
    this.#answers = answers;
    this.#yours = yours;
  }

  /** Words that were asked for, and that only the notepad can say how to pronounce. */
  get unknown(): string[] {
    return [...this.#unknown];
  }

  /** How a word (a key) sounds. */
  pronounce(word: string): Pronunciation {
    let said = this.#known.get(word);
    if (!said) {
      said = this.#pronounce(word);
      this.#known.set(word, said);
    }
    return said;
  }

  #pronounce(word: string): Pronunciation {
    const { readings: yours, counts } = override(this.#yours.get(word) ?? "");
    if (yours.length) return pronunciation(word, yours, "yours", []);
    let readings: string[] = [];
    for (const table of this.#tables) if (!readings.length) readings = table.readings(word);
    let found: Found = "dictionary";
    if (!readings.length) {
      const answer = this.#answers.get(word);
      if (!answer) this.#unknown.add(word);
      readings = answer?.readings.map(ph.encode).filter((one) => ph.count(one) > 0) ?? [];
      found = answer && readings.length ? answer.found : "rough";
    }
    return pronunciation(word, readings, counts.length ? "yours" : found, counts);
  }
}

function pronunciation(word: string, readings: string[], found: Found, counts: number[]): Pronunciation {
  if (!readings.length) {
    const strict = maskOf(counts.length ? counts : [rough(word)]);
    const usual = counts[0] ?? rough(word);
    return { word, readings, found, counts, strict, sung: strict, usual, stress: "?".repeat(usual) };
  }
  const strict = strictOf(readings, counts);
  const usual = counts[0] ?? ph.count(readings[0]!);
  const stress = ofWord(readings[0]!, word);
  return { word, readings, found, counts, strict, sung: sungOf(word, readings, counts), usual, stress };
}

/** A songwriter's override: counts, or readings. */
export function override(text: string): { readings: string[]; counts: number[] } {
  const parts = text.replaceAll(",", " ").split(/\s+/).filter(Boolean);
  if (parts.length && parts.every((part) => /^\d+$/.test(part))) {
    return { readings: [], counts: parts.map(Number).filter((count) => count >= 1 && count <= 20) };
  }
  return {
    readings: text
      .split("|")
      .map(ph.encode)
      .filter((one) => ph.count(one) > 0),
    counts: [],
  };
}

/** Syllables by the letters alone: groups of vowels, less a silent e. Only until the notepad answers. */
export function rough(word: string): number {
  const plain = word.normalize("NFKD").replace(/[^a-z]/g, "");
  const groups = plain.replace(/e$|es$|(?<=[^td])ed$/, "").match(/[aeiouy]+/g);
  return Math.max(1, groups?.length ?? 0);
}

/** How each word of a line counts when the line has `count` syllables; none if it cannot have so many. */
export function shares(words: Pronunciation[], count: number): number[] | null {
  return breakdown(
    words.map((word) => word.sung),
    words.map((word) => word.usual),
    count,
  );
}
