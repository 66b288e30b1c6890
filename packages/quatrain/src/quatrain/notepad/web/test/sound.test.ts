/**
 * The page counts and hears as the Python package does. The fixtures are made by `python -m quatrain.notepad.table
 * FOLDER`, and the folder is named by QUATRAIN_FIXTURES (the Python tests do both).
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { heading } from "../src/song/document";
import { type Entry, Lexicon, Table } from "../src/sound/lexicon";
import { compared } from "../src/sound/rhyme";
import { breakdown, countsOf, maskOf, shown, strictOf, sungOf, total } from "../src/sound/syllables";
import { decode, encode } from "../src/sound/phones";
import { key, tokens, words } from "../src/sound/words";

const folder = process.env.QUATRAIN_FIXTURES ?? "";
const there = folder !== "" && existsSync(join(folder, "counts.jsonl"));
type Counted = {
  line: string;
  tokens: string[];
  words: string[];
  strict: number[];
  sung: number[];
  usual: number;
  stress: string;
  shown: string;
};

function read<T>(name: string): T[] {
  return readFileSync(join(folder, name), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

describe.skipIf(!there)("against the Python package", () => {
  let lexicon: Lexicon;
  let lines: Counted[];

  beforeAll(async () => {
    const table = async (name: string): Promise<Table> =>
      Table.read(new Uint8Array(readFileSync(join(folder, `${name}.bin`))));
    const tables = [await table("lexicon"), await table("endings")];
    const unknown = JSON.parse(readFileSync(join(folder, "unknown.json"), "utf8")) as Record<string, Entry>;
    lexicon = new Lexicon(tables, new Map(Object.entries(unknown)));
    lines = read<Counted>("counts.jsonl");
  });

  it("has five thousand lines to compare", () => {
    expect(lines.length).toBeGreaterThanOrEqual(5000);
  });

  /** The entries for which `seen` differs from `wanted`; one comparison, since a matcher per line takes its time. */
  function wrong<T, V>(entries: T[], wanted: (one: T) => V, seen: (one: T) => V): { one: T; seen: V }[] {
    const found = entries.map((one) => ({ one, seen: seen(one) }));
    return found.filter(({ one, seen }) => JSON.stringify(seen) !== JSON.stringify(wanted(one))).slice(0, 5);
  }

  it("cuts lines into the same words", () => {
    expect(
      wrong(
        lines,
        (one) => one.tokens,
        (one) => tokens(one.line.normalize("NFC")).map((token) => token.text),
      ),
    ).toEqual([]);
    expect(
      wrong(
        lines,
        (one) => one.words,
        (one) => words(one.line).map((word) => key(word.text)),
      ),
    ).toEqual([]);
  });

  it("finds each word where it stands", () => {
    const found = lines.flatMap(({ line }) => words(line).map((word) => ({ line, word })));
    const whole = found.filter(({ line, word }) => !line.slice(word.from, word.to).includes("[")); // no chord inside
    const written = ({ line, word }: (typeof whole)[number]): string =>
      key(line.slice(word.from, word.to).replace(/\s/g, ""));
    expect(wrong(whole, ({ word }) => key(word.text), written)).toEqual([]);
  });

  it("counts the same syllables, strict and sung, and hears the same stress", () => {
    const said = (one: Counted) => words(one.line).map((word) => lexicon.pronounce(key(word.text)));
    const seen = (one: Counted) => {
      const found = said(one);
      const strict = total(found.map((word) => word.strict));
      return [
        countsOf(strict),
        countsOf(total(found.map((word) => word.sung))),
        found.reduce((sum, word) => sum + word.usual, 0),
        found.map((word) => word.stress).join(""),
        found.length ? shown(strict).replace("–", "-") : "",
      ];
    };
    expect(wrong(lines, (one) => [one.strict, one.sung, one.usual, one.stress, one.shown], seen)).toEqual([]);
    expect(lines.flatMap(said).filter((word) => word.found === "rough")).toEqual([]);
  });

  it("hears rhymes of the same kind (forms of one word it cannot tell)", () => {
    const pairs = read<{ a: string; b: string; kind: string; syllables: number }>("rhymes.jsonl");
    const known = pairs.filter(({ a, b }) => [a, b].every((word) => lexicon.pronounce(word).readings.length));
    const told = known.filter(({ kind }) => kind !== "same lemma");
    expect(told.length).toBeGreaterThan(1000);
    const seen = ({ a, b }: (typeof told)[number]): unknown => compared(lexicon.pronounce(a), lexicon.pronounce(b));
    expect(wrong(told, ({ kind, syllables }): unknown => ({ kind, syllables }), seen)).toEqual([]);
    const kinds = ["assonance", "consonance", "family", "last syllable", "none", "perfect", "rich", "same word"];
    expect([...new Set(told.map(({ kind }) => kind))]).toEqual(expect.arrayContaining(kinds));
  });

  it("knows words that sound the same", () => {
    const told = (a: string, b: string): string => compared(lexicon.pronounce(a), lexicon.pronounce(b)).kind;
    expect([
      told("night", "knight"),
      told("their", "there"),
      told("river", "shiver"),
      told("leave", "believe"),
    ]).toEqual(["homophone", "homophone", "feminine", "rich"]);
  });

  it("sees the same headings", () => {
    for (const { line, heading: name } of read<{ line: string; heading: string | null }>("headings.jsonl")) {
      expect(heading(line), line).toBe(name);
    }
  });
});

describe("syllables", () => {
  const fire = encode("F AY1 ER0");
  const every = encode("EH1 V ER0 IY0");

  it("come in sets", () => {
    expect(countsOf(strictOf([encode("EH1 V R IY0"), every], []))).toEqual([2, 3]);
    expect(countsOf(sungOf("fire", [fire], []))).toEqual([1, 2]);
    expect(countsOf(sungOf("fire", [fire], [2]))).toEqual([2]);
    expect(countsOf(total([maskOf([1, 2]), maskOf([2, 3]), maskOf([1])]))).toEqual([4, 5, 6]);
    expect(shown(maskOf([8]))).toBe("8");
    expect(shown(maskOf([8, 9]))).toBe("8–9");
    expect(countsOf(total([]))).toEqual([0]);
  });

  it("are shared out as usual as possible", () => {
    const masks = [maskOf([1, 2]), maskOf([2, 3]), maskOf([1])];
    expect(breakdown(masks, [1, 2, 1], 4)).toEqual([1, 2, 1]);
    expect(breakdown(masks, [1, 2, 1], 5)).toEqual([1, 3, 1]);
    expect(breakdown(masks, [1, 2, 1], 9)).toBeNull();
  });

  it("follow the songwriter's own count and sounds", () => {
    const table = { readings: (word: string) => (word === "fire" ? [fire] : []) };
    const say = (text: string): Lexicon => new Lexicon([table], new Map(), new Map([["fire", text]]));
    expect(countsOf(say("1 2").pronounce("fire").strict)).toEqual([1, 2]);
    expect(say("2").pronounce("fire")).toMatchObject({ found: "yours", usual: 2 });
    expect(say("F AY1 R").pronounce("fire").readings.map(decode)).toEqual(["F AY1 R"]);
    expect(new Lexicon([table]).pronounce("qwrtz").found).toBe("rough");
  });
});
