import { describe, expect, it } from "vitest";
import { Hues, HUES, letter, marks, scheme } from "../src/song/letters";
import { Lexicon } from "../src/sound/lexicon";
import { encode } from "../src/sound/phones";

const SOUNDS: Record<string, string> = {
  gate: "G EY1 T",
  late: "L EY1 T",
  town: "T AW1 N",
  down: "D AW1 N",
  mine: "M AY1 N",
  time: "T AY1 M",
  river: "R IH1 V ER0",
  shiver: "SH IH1 V ER0",
  rain: "R EY1 N",
  night: "N AY1 T",
  knight: "N AY1 T",
  light: "L AY1 T",
  sea: "S IY1",
  me: "M IY1",
  road: "R OW1 D",
  load: "L OW1 D",
  hand: "HH AE1 N D",
  land: "L AE1 N D",
  cup: "K AH1 P",
  up: "AH1 P",
  moon: "M UW1 N",
  soon: "S UW1 N",
  wall: "W AO1 L",
  hall: "HH AO1 L",
  bed: "B EH1 D",
  red: "R EH1 D",
  floor: "F L AO1 R",
  door: "D AO1 R",
  fish: "F IH1 SH",
  wish: "W IH1 SH",
  boy: "B OY1",
  joy: "JH OY1",
};
const lexicon = new Lexicon([{ readings: (word) => (SOUNDS[word] ? [encode(SOUNDS[word])] : []) }]);
const ends = (text: string) => text.split(" ").map((word) => (word === "-" ? null : lexicon.pronounce(word)));
const letters = (text: string, ear: "exact" | "near" | "loose" = "near"): string =>
  marks(ends(text), ear, new Hues())
    .map((mark) => mark?.letter ?? "-")
    .join("");

describe("rhyme letters", () => {
  it("name the usual schemes", () => {
    expect(letters("gate late town down")).toBe("AABB");
    expect(letters("gate town late down")).toBe("ABAB");
    expect(letters("gate town down late")).toBe("ABBA");
    expect(letters("gate town rain down", "exact")).toBe("ABCB");
    expect(scheme(marks(ends("gate town rain down"), "exact", new Hues()))).toBe("XAXA");
  });

  it("take near rhymes as the ear wishes, and say that they are near", () => {
    expect(letters("time mine", "exact")).toBe("AB");
    expect(letters("time mine", "near")).toBe("AA");
    expect(letters("gate rain", "near")).toBe("AB");
    expect(letters("gate rain", "loose")).toBe("AA");
    const [first, second] = marks(ends("time mine"), "near", new Hues());
    expect([first!.solid, second!.solid, second!.kind, second!.partner]).toEqual([false, false, "family", 0]);
    expect(marks(ends("river shiver"), "near", new Hues())[1]!.solid).toBe(true);
  });

  it("let exact rhymes find each other before near ones take them", () => {
    expect(letters("night mine light time dime".replace("dime", "mine"), "near")).toBe("ABABB");
    expect(letters("hall floor wall door", "near")).toBe("ABAB");
    expect(letters("hall floor wall", "near")).toBe("AAA");
  });

  it("give a closer rhyme before a nearer line", () => {
    const [, , third] = marks(ends("night mine light"), "loose", new Hues());
    expect([third!.letter, third!.kind]).toEqual(["A", "perfect"]);
  });

  it("hold refrains and homophones together, and skip lines without a word", () => {
    expect(letters("night - knight night")).toBe("A-AA");
  });

  it("don't reach for ever", () => {
    const far = `gate ${"cup ".repeat(12)}late`;
    expect(letters(far).at(-1)).not.toBe("A");
  });

  it("count on after Z", () => {
    expect([0, 25, 26, 51, 52, 701, 702].map(letter)).toEqual(["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
  });
});

describe("rhyme colours", () => {
  const colours = (text: string, hues: Hues) => marks(ends(text), "near", hues).map((mark) => mark?.hue ?? null);

  it("stay when lines are written above, below and between", () => {
    const hues = new Hues();
    const [gate, town] = colours("gate town late down", hues);
    expect(colours("river shiver gate town late down", hues).slice(2)).toEqual([gate, town, gate, town]);
    expect(colours("gate sea town late moon down", hues)).toEqual([gate, null, town, gate, null, town]);
    expect(colours("town down", hues)).toEqual([town, town]);
  });

  it("are the same after a reload, and differ within a stanza", () => {
    const hues = new Hues();
    const text = "gate late town down river shiver sea me road load hand land cup up moon soon";
    const found = colours(text, hues);
    expect(new Set(found).size).toBe(HUES);
    expect(colours(text, new Hues(hues.kept))).toEqual(found);
    expect(colours(text, new Hues())).toEqual(found);
  });

  it("belong to the sound: a chorus has the same ones each time", () => {
    const hues = new Hues();
    const first = colours("moon soon wall hall", hues);
    colours("bed red fish wish boy joy", hues);
    expect(colours("moon soon wall hall", hues)).toEqual(first);
  });

  it("leave a line alone without colour", () => {
    expect(colours("gate town", new Hues())).toEqual([null, null]);
  });
});
