/** Putting lines and words into the sheet: each is one step of undo, however it came (key, click, or drag). */

import { isolateHistory } from "@codemirror/commands";
import type { ChangeSpec, EditorState, TransactionSpec } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { By, Line } from "../song/document";
import { key } from "../sound/words";
import { heardAt } from "./hearing";
import { linesOf, marksFor, setMarks } from "./marks";

/** Where a new line goes: in place of empty line `number` (from 1), or after line `number` (0: before the first). */
export type Target = { number: number; fills: boolean };

/** The place for a line at the cursor: the empty line it stands on, or below its line. */
export function targetAt(state: EditorState, position = state.selection.main.head): Target {
  const line = state.doc.lineAt(position);
  return { number: line.number, fills: line.text.trim() === "" };
}

/** Puts a line in; the cursor goes to its end. */
export function placeLine(view: EditorView, text: string, by: By, target: Target = targetAt(view.state)): void {
  const { doc } = view.state;
  const line = doc.line(Math.max(1, target.number));
  const above = target.number === 0;
  const at = target.fills || above ? line.from : line.to + 1;
  const change: ChangeSpec = target.fills
    ? { from: line.from, to: line.to, insert: text }
    : above
      ? { from: 0, insert: `${text}\n` }
      : { from: line.to, insert: `\n${text}` };
  dispatch(view, {
    changes: change,
    effects: setMarks.of(marksFor([{ text, by }], at)),
    selection: { anchor: at + text.length },
  });
}

/** Puts several lines in, one under the other. */
export function placeLines(view: EditorView, lines: readonly Line[], target: Target = targetAt(view.state)): void {
  const { doc } = view.state;
  const line = doc.line(Math.max(1, target.number));
  const text = lines.map((one) => one.text).join("\n");
  const at = target.fills ? line.from : line.to + 1;
  const changes: ChangeSpec = target.fills
    ? { from: line.from, to: line.to, insert: text }
    : { from: line.to, insert: `\n${text}` };
  dispatch(view, { changes, effects: setMarks.of(marksFor(lines, at)), selection: { anchor: at + text.length } });
}

/** Writes a line anew. */
export function replaceLine(view: EditorView, number: number, text: string, by: By): void {
  const line = view.state.doc.line(number);
  const effects = setMarks.of([{ at: line.from }, ...marksFor([{ text, by }], line.from)]);
  dispatch(view, {
    changes: { from: line.from, to: line.to, insert: text },
    effects,
    selection: { anchor: line.from + text.length },
  });
}

/** Puts a word in place of another; a capital at the beginning stays. */
export function replaceWord(view: EditorView, from: number, to: number, word: string): void {
  const old = view.state.sliceDoc(from, to);
  const capital = /^\p{Lu}/u.test(old) && !/^I\b/u.test(old);
  const insert = capital ? word[0]!.toUpperCase() + word.slice(1) : word;
  dispatch(view, { changes: { from, to, insert }, selection: { anchor: from + insert.length } });
}

/** Puts a word in at a place, with spaces where it needs them. */
export function placeWord(view: EditorView, word: string, at = view.state.selection.main.head): void {
  const before = view.state.sliceDoc(Math.max(0, at - 1), at);
  const after = view.state.sliceDoc(at, at + 1);
  const insert = `${/[\p{L}\p{N},.;:!?]/u.test(before) ? " " : ""}${word}${/[\p{L}\p{N}]/u.test(after) ? " " : ""}`;
  dispatch(view, { changes: { from: at, insert }, selection: { anchor: at + insert.length } });
}

/** Puts other lines in place of all, changing only what differs (a section was moved). */
export function rearrange(view: EditorView, lines: readonly Line[], cursorLine: number): void {
  const old = linesOf(view.state);
  let start = 0;
  while (start < old.length && start < lines.length && same(old[start]!, lines[start]!)) start += 1;
  let end = 0;
  while (end < Math.min(old.length, lines.length) - start && same(old.at(-1 - end)!, lines.at(-1 - end)!)) end += 1;
  if (start >= old.length || start >= lines.length) return;
  const { doc } = view.state;
  const from = doc.line(start + 1).from;
  const to = doc.line(old.length - end).to;
  const fresh = lines.slice(start, lines.length - end);
  const before = lines.slice(0, cursorLine).reduce((sum, line) => sum + line.text.length + 1, 0);
  dispatch(view, {
    changes: { from, to, insert: fresh.map((line) => line.text).join("\n") },
    effects: setMarks.of(marksFor(fresh, from)),
    selection: { anchor: before },
  });
}

/** The word at a place: its line, which word of the line it is, and where it stands. */
export function wordAt(state: EditorState, position = state.selection.main.head) {
  const line = state.doc.lineAt(position);
  const column = position - line.from;
  const { words } = heardAt(state, line.number);
  const place = words.findLastIndex((word) => word.from <= column && column <= word.to);
  const word = words[place];
  if (!word) return null;
  return {
    line: line.number,
    place,
    text: word.text,
    key: key(word.text),
    from: line.from + word.from,
    to: line.from + word.to,
    said: word.said,
  };
}

function same(one: Line, two: Line): boolean {
  return one.text === two.text && one.by === two.by && one.scheme === two.scheme;
}

function dispatch(view: EditorView, spec: TransactionSpec): void {
  view.dispatch({
    ...spec,
    annotations: isolateHistory.of("full"),
    userEvent: "input.suggestion",
    scrollIntoView: true,
  });
}
