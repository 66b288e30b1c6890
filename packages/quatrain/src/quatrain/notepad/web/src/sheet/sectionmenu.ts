/** What can be done with a section: its scheme, its place, repeating it; and what is put in new. */

import { isolateHistory } from "@codemirror/commands";
import type { EditorView } from "@codemirror/view";
import { announce } from "../look/announce";
import { asked, menu } from "../look/dialog";
import { heading } from "../song/document";
import { moved, nextHeading, refrain, sectionAt } from "../song/sections";
import { linesOf, markAt, setMarks } from "./marks";
import { placeLines, rearrange, targetAt } from "./placing";

/** Schemes that songs use most. */
export const SCHEMES = ["AABB", "ABAB", "ABBA", "XAXA", "AAAA", "AABA"];
const KINDS = ["Verse", "Pre-chorus", "Chorus", "Bridge", "Outro"];

/** The scheme before the first heading belongs to the song, the others to their headings. */
export type OpeningScheme = { get: () => string; set: (scheme: string) => void };

/** The scheme wished for the section of line `number`. */
export function schemeAt(view: EditorView, number: number, opening: OpeningScheme): string {
  const section = sectionAt(view.state.doc.toJSON(), number - 1);
  return section.name === null
    ? opening.get()
    : (markAt(view.state, view.state.doc.line(section.from + 1).from)?.scheme ?? "");
}

/** Sets the scheme of the section of line `number`. */
export function setScheme(view: EditorView, number: number, scheme: string, opening: OpeningScheme): void {
  const section = sectionAt(view.state.doc.toJSON(), number - 1);
  const name = section.name ?? "the opening";
  if (section.name === null) opening.set(scheme);
  else {
    const at = view.state.doc.line(section.from + 1).from;
    const old = markAt(view.state, at);
    view.dispatch({ effects: setMarks.of([{ ...old, at, scheme }]), annotations: isolateHistory.of("full") });
  }
  announce(scheme ? `Scheme of ${name}: ${scheme}` : `${name} is free`);
}

/** Opens the menu of the section of line `number`. */
export function sectionMenu(view: EditorView, number: number, at: DOMRect, opening: OpeningScheme): void {
  const now = schemeAt(view, number, opening);
  const choose = (scheme: string) => ({
    label: scheme || "Free",
    checked: scheme === now,
    act: () => setScheme(view, number, scheme, opening),
  });
  const own = !SCHEMES.includes(now) && now !== "";
  const section = sectionAt(view.state.doc.toJSON(), number - 1);
  const lines = view.state.doc.lines;
  menu(
    at,
    `Section: ${section.name ?? "the opening"}`,
    [
      choose(""),
      ...SCHEMES.map(choose),
      {
        label: own ? `${now} …` : "Own letters…",
        checked: own,
        act: () => void ownScheme(view, number, now, opening),
      },
      "line",
      { label: "Move up", note: "Alt ⇧ ↑", act: () => moveSection(view, -1, number) },
      { label: "Move down", note: "Alt ⇧ ↓", act: () => moveSection(view, 1, number) },
      { label: "Repeat at the end", act: () => repeatAt(view, number, lines) },
    ],
    () => view.focus(),
  );
}

/** Opens the menu of what can be put in at the cursor. */
export function insertMenu(view: EditorView, at: DOMRect): void {
  const lines = linesOf(view.state);
  const chorus = refrain(lines);
  const repeat = { label: "The chorus again", note: "Alt C", act: () => void repeatChorus(view) };
  menu(
    at,
    "Put in at the cursor",
    [
      ...KINDS.map((kind) => {
        const label = nextHeading(
          lines.map((line) => line.text),
          kind,
        );
        return { label: label.slice(1, -1), act: () => beginSection(view, label) };
      }),
      ...(chorus.length ? (["line", repeat] as const) : []),
    ],
    () => view.focus(),
  );
}

/** Moves the section of a line up or down. */
export function moveSection(view: EditorView, by: -1 | 1, number = targetAt(view.state).number): boolean {
  const lines = linesOf(view.state);
  const result = moved(lines, number - 1, by);
  if (!result) {
    announce(by < 0 ? "This section is already the first" : "This section is already the last");
    return true;
  }
  rearrange(view, result.lines, result.place);
  announce(
    `${
      sectionAt(
        result.lines.map((line) => line.text),
        result.place,
      ).name ?? "Section"
    } moved ${by < 0 ? "up" : "down"}`,
  );
  return true;
}

/** Puts the last chorus in at the cursor once more. */
export function repeatChorus(view: EditorView): boolean {
  const lines = refrain(linesOf(view.state));
  if (!lines.length) {
    announce("There is no chorus yet. Write one under a line [Chorus].");
    return true;
  }
  spaced(view, lines, targetAt(view.state).number);
  return true;
}

function repeatAt(view: EditorView, number: number, end: number): void {
  const all = linesOf(view.state);
  const { from, to } = sectionAt(
    all.map((line) => line.text),
    number - 1,
  );
  const body = all.slice(from, to);
  while (body.length && body.at(-1)!.text.trim() === "") body.pop();
  spaced(view, body, end);
}

function beginSection(view: EditorView, label: string): void {
  const { number } = targetAt(view.state);
  spaced(view, [{ text: label }, { text: "" }], number);
}

/** Puts lines in after a line, with an empty line before them if there is none. */
function spaced(view: EditorView, lines: readonly { text: string }[], number: number): void {
  const line = view.state.doc.line(number);
  const empty = line.text.trim() === "";
  const above = number > 1 ? view.state.doc.line(number - 1).text.trim() : "";
  const gap = empty ? (above !== "" && heading(above) === null ? [{ text: "" }] : []) : [{ text: "" }];
  placeLines(view, [...gap, ...lines], { number, fills: empty });
}

async function ownScheme(view: EditorView, number: number, now: string, opening: OpeningScheme): Promise<void> {
  const given = await asked("Rhyme scheme", "A letter for each line, X for a line that need not rhyme", now, "Use it");
  if (given !== null)
    setScheme(
      view,
      number,
      given
        .toUpperCase()
        .replace(/[^A-Z]/g, "")
        .slice(0, 32),
      opening,
    );
  view.focus();
}
