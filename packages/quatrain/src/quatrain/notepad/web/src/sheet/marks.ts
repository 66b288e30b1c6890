/** What a line carries besides its text: whose it is, and a heading's scheme. Both move and are undone with it. */

import { invertedEffects } from "@codemirror/commands";
import {
  type ChangeDesc,
  type EditorState,
  type Extension,
  StateEffect,
  StateField,
  type Text,
  type Transaction,
} from "@codemirror/state";
import { heading, type By, type Line } from "../song/document";

/**
 * A mark at the start of a line.
 *
 * `text` is the line as it was suggested: as long as the line says that it is the suggestion's, else it was edited.
 */
export type LineMark = { at: number; scheme?: string; text?: string | null };

/** Sets marks at line starts; one without scheme and text takes the mark away. */
export const setMarks = StateEffect.define<LineMark[]>({
  map: (found, changes) => found.map((mark) => ({ ...mark, at: changes.mapPos(mark.at, 1) })),
});

/** All marks in order. */
export const lineMarks = StateField.define<readonly LineMark[]>({
  create: () => [],
  update(value, transaction) {
    let found = value;
    if (transaction.docChanged)
      found = value.flatMap((mark) =>
        follow(mark, transaction.startState.doc, transaction.changes, transaction.newDoc),
      );
    for (const effect of transaction.effects)
      if (effect.is(setMarks)) found = merge(found, effect.value, transaction.newDoc);
    return found;
  },
});

/** The field, and the way back from it. */
export const marking: Extension = [lineMarks, invertedEffects.of(inverse)];

function follow(mark: LineMark, before: Text, changes: ChangeDesc, after: Text): LineMark[] {
  const line = before.lineAt(mark.at);
  if (line.length && changes.touchesRange(line.from, line.to) === "cover") return [];
  for (const side of [1, -1]) {
    const at = changes.mapPos(mark.at, side);
    if (after.lineAt(at).from === at) return [{ ...mark, at }];
  }
  return [];
}

function merge(old: readonly LineMark[], fresh: readonly LineMark[], doc: Text): LineMark[] {
  const places = new Map(old.map((mark) => [mark.at, mark]));
  for (const mark of fresh) {
    const at = doc.lineAt(Math.min(mark.at, doc.length)).from;
    if (mark.scheme || mark.text !== undefined) places.set(at, { ...mark, at });
    else places.delete(at);
  }
  return [...places.values()].sort((a, b) => a.at - b.at);
}

/** What brings back marks that a transaction takes away or changes. */
function inverse(transaction: Transaction): StateEffect<LineMark[]>[] {
  const before = transaction.startState.field(lineMarks);
  const lost = before.filter(
    (mark) => follow(mark, transaction.startState.doc, transaction.changes, transaction.newDoc).length === 0,
  );
  const set = transaction.effects.filter((effect) => effect.is(setMarks)).flatMap((effect) => effect.value);
  const back = transaction.changes.invertedDesc;
  const changed = set.map((mark): LineMark => {
    const at = back.mapPos(mark.at, 1);
    return before.find((old) => old.at === at) ?? { at };
  });
  const all = [...lost, ...changed];
  return all.length ? [setMarks.of(all)] : [];
}

/** The mark of a line that begins at `at`. */
export function markAt(state: EditorState, at: number): LineMark | undefined {
  return state.field(lineMarks).find((mark) => mark.at === at);
}

/** Whose a line is. */
export function byOf(mark: LineMark | undefined, text: string): By {
  return !mark || mark.text === undefined ? "mine" : mark.text === text ? "suggested" : "edited";
}

/** The sheet's lines with all they carry. */
export function linesOf(state: EditorState): Line[] {
  const marks = new Map(state.field(lineMarks).map((mark) => [mark.at, mark]));
  const found: Line[] = [];
  let at = 0;
  for (const text of state.doc.iterLines()) {
    const mark = marks.get(at);
    const by = byOf(mark, text);
    const scheme = mark?.scheme && heading(text) !== null ? mark.scheme : undefined;
    found.push({ text, ...(by === "mine" ? {} : { by }), ...(scheme ? { scheme } : {}) });
    at += text.length + 1;
  }
  return found;
}

/** Marks for lines that are put in at `from`. */
export function marksFor(lines: readonly Line[], from: number): LineMark[] {
  const found: LineMark[] = [];
  let at = from;
  for (const { text, by, scheme } of lines) {
    const whose = by === "suggested" ? { text } : by === "edited" ? { text: null } : {};
    if (scheme || by === "suggested" || by === "edited") found.push({ at, ...whose, ...(scheme ? { scheme } : {}) });
    at += text.length + 1;
  }
  return found;
}
