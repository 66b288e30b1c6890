/** Sections ([Verse 1], [Chorus]) and stanzas: where they begin and end, and what moving or repeating one changes. */

import { heading, isSung, type Line } from "./document";

/** Lines `from` to `to` (from 0, `to` not included); the first is the heading, unless `name` is null. */
export type Section = { name: string | null; from: number; to: number };

/** The sections of a sheet; what stands before the first heading is one too, unless it is nothing. */
export function sections(lines: readonly string[]): Section[] {
  const found: Section[] = [];
  for (const [place, text] of lines.entries()) {
    const name = heading(text);
    if (name !== null || place === 0) found.push({ name, from: place, to: lines.length });
    if (name !== null && found.length > 1) found.at(-2)!.to = place;
  }
  return found;
}

/** The section that a line belongs to. */
export function sectionAt(lines: readonly string[], place: number): Section {
  const found = sections(lines).findLast((section) => section.from <= place);
  return found ?? { name: null, from: 0, to: lines.length };
}

/** Runs of sung lines: rhyme letters begin anew in each. */
export function stanzas(lines: readonly string[]): number[][] {
  const found: number[][] = [];
  let open: number[] | null = null;
  for (const [place, text] of lines.entries()) {
    if (!isSung(text)) open = null;
    else if (open) open.push(place);
    else found.push((open = [place]));
  }
  return found;
}

/** All lines with one section put before the one above it (-1) or after the one below (1); null if it cannot go. */
export function moved(lines: readonly Line[], place: number, by: -1 | 1): { lines: Line[]; place: number } | null {
  const parts = sections(lines.map((line) => line.text));
  const index = parts.findLastIndex((section) => section.from <= place);
  const [above, below] = by < 0 ? [parts[index - 1], parts[index]] : [parts[index], parts[index + 1]];
  if (!above || !below || above.name === null) return null;
  const upper = apart(lines.slice(above.from, above.to));
  const lower = apart(lines.slice(below.from, below.to));
  const last = below.to === lines.length;
  const swapped = last ? [...lower.body, ...spaced(lower), ...upper.body, ...lower.gap] : [...lower.all, ...upper.all];
  const start =
    by < 0
      ? above.from
      : above.from + swapped.length - (last ? upper.body.length + lower.gap.length : upper.all.length);
  const all = [...lines.slice(0, above.from), ...swapped, ...lines.slice(below.to)];
  return { lines: all, place: start + (place - parts[index]!.from) };

  function spaced(part: { gap: Line[] }): Line[] {
    return upper.gap.length ? upper.gap : part.gap.length ? part.gap : [{ text: "" }];
  }
}

function apart(lines: Line[]): { all: Line[]; body: Line[]; gap: Line[] } {
  const end = lines.findLastIndex((line) => line.text.trim() !== "") + 1;
  return { all: lines, body: lines.slice(0, end), gap: lines.slice(end) };
}

/** The lines of the last chorus (or of the section named); empty if there is none. */
export function refrain(lines: readonly Line[], name = "chorus"): Line[] {
  const parts = sections(lines.map((line) => line.text));
  const last = parts.findLast((section) => section.name?.toLowerCase().startsWith(name.toLowerCase()));
  return last ? apart(lines.slice(last.from, last.to)).body : [];
}

/** A heading for a new section: verses are numbered, a second chorus is just a chorus. */
export function nextHeading(lines: readonly string[], kind: string): string {
  const names = lines.map(heading).filter((name) => name?.toLowerCase().startsWith(kind.toLowerCase()));
  return kind === "Verse" ? `[${kind} ${names.length + 1}]` : `[${kind}]`;
}

/** A line as this songwriter would begin it: with a capital if most of her lines do. */
export function dressed(text: string, lines: readonly string[]): string {
  const sung = lines.filter(isSung).map((line) => /\p{L}/u.exec(line)?.[0] ?? "");
  const capitals = sung.filter((letter) => letter !== letter.toLowerCase()).length;
  return capitals * 2 > sung.length ? text.replace(/\p{L}/u, (letter) => letter.toUpperCase()) : text;
}
