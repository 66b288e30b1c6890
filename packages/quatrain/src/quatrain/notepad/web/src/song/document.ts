/** A song as the notepad keeps it: the contract's document, and small questions about it. */

export type By = "mine" | "suggested" | "edited";
export type Line = { text: string; by?: By; scheme?: string };
export type Parked = { text: string; by?: By };
export type Document = {
  title: string;
  lines: Line[];
  scheme?: string;
  words?: Record<string, string>;
  parked?: Parked[];
};

const CHORD = new RegExp(
  "^(?:[A-G](?:#|b|♯|♭)?(?:maj|min|m|M|dim|aug|sus|add|ø|°|\\+|-)?\\d*(?:(?:sus|add|maj|b|#|\\+|-)\\d+)*" +
    "(?:\\/[A-G](?:#|b|♯|♭)?)?|N\\.?C\\.?|\\*.*)$",
  "u",
);
const HEADING = /^\s*\[([^[\]]{1,80})\]\s*$/u;

/** A song nobody has written in yet. */
export function emptySong(): Document {
  return { title: "", lines: [{ text: "" }] };
}

/** The section that a line announces, without its brackets; null if it announces none. */
export function heading(text: string): string | null {
  if (!text.includes("[")) return null;
  const name = HEADING.exec(text)?.[1]?.trim();
  return name && !CHORD.test(name) ? name : null;
}

/** Whether a line is sung: neither empty nor a heading. */
export function isSung(text: string): boolean {
  return text.trim() !== "" && heading(text) === null;
}

/** A name for the shelf: the title, else the first sung line. */
export function nameOf(document: Document): string {
  const opening = document.lines.find((line) => isSung(line.text))?.text.trim();
  return document.title.trim() || opening || "Untitled";
}

/** Whether two documents are the same to a reader and to the store. */
export function equal(one: Document, two: Document): boolean {
  return JSON.stringify(tidy(one)) === JSON.stringify(tidy(two));
}

/** The document without its defaults, keys in one order. */
export function tidy(document: Document): Document {
  const lines = document.lines.map(({ text, by, scheme }): Line => ({
    text,
    ...(by && by !== "mine" ? { by } : {}),
    ...(scheme ? { scheme } : {}),
  }));
  const words = Object.entries(document.words ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const parked = (document.parked ?? []).map(({ text, by }): Parked => ({
    text,
    ...(by && by !== "mine" ? { by } : {}),
  }));
  return {
    title: document.title,
    lines: lines.length ? lines : [{ text: "" }],
    ...(document.scheme ? { scheme: document.scheme } : {}),
    ...(words.length ? { words: Object.fromEntries(words) } : {}),
    ...(parked.length ? { parked } : {}),
  };
}
