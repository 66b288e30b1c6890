import { describe, expect, it } from "vitest";
import { heading, type Line } from "../src/song/document";
import { moved, nextHeading, refrain, sections, stanzas } from "../src/song/sections";

const sheet = (text: string): Line[] => text.split("|").map((one) => ({ text: one }));
const flat = (lines: readonly Line[]): string => lines.map((line) => line.text).join("|");

describe("sections", () => {
  it("begin at headings, not at chords", () => {
    expect([
      heading("[Verse 1]"),
      heading(" [Chorus] "),
      heading("[Am]"),
      heading("[N.C.]"),
      heading("a [Verse]"),
    ]).toEqual(["Verse 1", "Chorus", null, null, null]);
    expect(sections(["intro line", "[Verse 1]", "a", "", "[Chorus]", "b"])).toEqual([
      { name: null, from: 0, to: 1 },
      { name: "Verse 1", from: 1, to: 4 },
      { name: "Chorus", from: 4, to: 6 },
    ]);
  });

  it("move up and down and come back", () => {
    const song = sheet("[Verse 1]|a||[Chorus]|b||[Verse 2]|c");
    const up = moved(song, 4, -1)!;
    expect([flat(up.lines), up.place]).toEqual(["[Chorus]|b||[Verse 1]|a||[Verse 2]|c", 1]);
    expect(flat(moved(up.lines, up.place, 1)!.lines)).toBe(flat(song));
    const last = moved(song, 3, 1)!;
    expect([flat(last.lines), last.lines[last.place]!.text]).toEqual([
      "[Verse 1]|a||[Verse 2]|c||[Chorus]|b",
      "[Chorus]",
    ]);
    expect(flat(moved(last.lines, last.place, -1)!.lines)).toBe(flat(song));
  });

  it("don't move past the ends", () => {
    const song = sheet("[Verse 1]|a||[Chorus]|b");
    expect(moved(song, 0, -1)).toBeNull();
    expect(moved(song, 3, 1)).toBeNull();
  });

  it("repeat: the last chorus without its gap", () => {
    expect(flat(refrain(sheet("[Chorus]|old||[Verse 1]|a||[Chorus]|b|c||")))).toBe("[Chorus]|b|c");
    expect(nextHeading(["[Verse 1]", "[Chorus]", "[verse 2]"], "Verse")).toBe("[Verse 3]");
  });

  it("have stanzas: runs of sung lines", () => {
    expect(stanzas(["[Verse]", "a", "b", " ", "c", "[Chorus]", "d"])).toEqual([[1, 2], [4], [6]]);
  });
});
