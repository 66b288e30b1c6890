/** The sheet of paper: an editor of plain lines, and the door through which other tabs' changes come in. */

import { defaultKeymap, history, historyField, historyKeymap, isolateHistory } from "@codemirror/commands";
import {
  Annotation,
  ChangeSet,
  EditorSelection,
  EditorState,
  type Extension,
  Text,
  Transaction,
} from "@codemirror/state";
import { drawSelection, dropCursor, EditorView, keymap, placeholder } from "@codemirror/view";
import { hunks } from "../song/diff";
import type { Line } from "../song/document";
import { dropping } from "./dropping";
import { type Hearing, hearing } from "./hearing";
import { lineMarks, linesOf, marking, marksFor, setMarks } from "./marks";

/** Marks what was not written here (another tab's, a version's): nothing to save. */
export const foreign = Annotation.define<boolean>();
const silent = [foreign.of(true), Transaction.addToHistory.of(false)];

/** The sheet at one moment, and what was written since. */
export type Snapshot = { lines: Line[]; since: ChangeSet | null };

const nonce = document.querySelector<HTMLMetaElement>('meta[name="quatrain-nonce"]')?.content ?? "";

/** The sheet. */
export class Sheet {
  readonly view: EditorView;
  readonly #more: () => Extension;
  readonly #changed: () => void;
  readonly #watching = new Set<Snapshot>();

  /**
   * @param parent - where it is put.
   * @param more - margin, rhymes, keys and whatever else belongs to it.
   * @param changed - called after each change by this tab's writer.
   */
  constructor(parent: HTMLElement, more: () => Extension, changed: () => void) {
    this.#more = more;
    this.#changed = changed;
    this.view = new EditorView({ parent, state: this.#state("", undefined) });
  }

  /** Shows another song, with its undo steps if they fit. */
  load(lines: readonly Line[], cursor: { line: number; column: number }, undo?: unknown): void {
    this.#watching.clear();
    const text = lines.map((line) => line.text).join("\n");
    const keep = this.view.state.field(hearing);
    this.view.setState(this.#state(text, undo, keep));
    const { doc } = this.view.state;
    const line = doc.line(Math.min(Math.max(1, cursor.line), doc.lines));
    const selection = EditorSelection.cursor(Math.min(line.from + cursor.column, line.to));
    const effects = setMarks.of(marksFor(lines, 0));
    this.view.dispatch({ effects, selection, annotations: silent, scrollIntoView: true });
  }

  /** The lines with all they carry. */
  get lines(): Line[] {
    return linesOf(this.view.state);
  }

  /** Undo steps, for the next time. */
  get undo(): unknown {
    return (this.view.state.toJSON({ history: historyField }) as { history: unknown }).history;
  }

  /** The cursor: line from 1, column from 0. */
  get cursor(): { line: number; column: number } {
    const line = this.view.state.doc.lineAt(this.view.state.selection.main.head);
    return { line: line.number, column: this.view.state.selection.main.head - line.from };
  }

  /** Remembers the sheet as it is now, and from now on what is written; `drop` it when it is no longer needed. */
  snapshot(): Snapshot {
    const snapshot: Snapshot = { lines: this.lines, since: null };
    this.#watching.add(snapshot);
    return snapshot;
  }

  /** Forgets a snapshot. */
  drop(snapshot: Snapshot): void {
    this.#watching.delete(snapshot);
  }

  /**
   * Takes in what a snapshot has become elsewhere; what was written here since stays.
   *
   * @param step - whether it can be undone: what another tab wrote is that tab's to undo.
   */
  absorb(snapshot: Snapshot, lines: readonly Line[], step = false): void {
    this.drop(snapshot);
    const before = Text.of(snapshot.lines.map((line) => line.text));
    const found = hunks(
      before.toJSON(),
      lines.map((line) => line.text),
    );
    const specs = found.map(({ from, to, lines: fresh }) => {
      if (to > from && fresh.length)
        return { from: before.line(from + 1).from, to: before.line(to).to, insert: Text.of(fresh) };
      if (fresh.length) {
        return from < before.lines
          ? { from: before.line(from + 1).from, insert: Text.of([...fresh, ""]) }
          : { from: before.length, insert: Text.of(["", ...fresh]) };
      }
      const last = to === before.lines && from > 0;
      return last
        ? { from: before.line(from).to, to: before.length }
        : { from: before.line(from + 1).from, to: to < before.lines ? before.line(to + 1).from : before.length };
    });
    const theirs = ChangeSet.of(specs, before.length);
    const mapped = snapshot.since ? theirs.map(snapshot.since, true) : theirs;
    const old = this.view.state.field(lineMarks).map(({ at }) => ({ at: mapped.mapPos(at, 1) }));
    const effects = snapshot.since ? [] : [setMarks.of(old), setMarks.of(marksFor(lines, 0))];
    this.view.dispatch({
      changes: mapped,
      effects,
      annotations: step ? [foreign.of(true), isolateHistory.of("full")] : silent,
    });
  }

  #state(text: string, undo: unknown, keep?: Hearing): EditorState {
    const extensions: Extension = [
      keep ? hearing.init(() => keep) : hearing,
      marking,
      this.#more(),
      history({ newGroupDelay: 600 }),
      keymap.of([...defaultKeymap, ...historyKeymap]),
      drawSelection(),
      dropCursor(),
      dropping(),
      placeholder("Write the first line…"),
      EditorView.lineWrapping,
      EditorView.cspNonce.of(nonce),
      EditorView.contentAttributes.of({
        "aria-label": "The sheet: one line of the song on each line",
        spellcheck: "true",
        autocapitalize: "sentences",
        autocorrect: "on",
      }),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged && !update.transactions.some((one) => one.effects.some((effect) => effect.is(setMarks))))
          return;
        for (const snapshot of this.#watching)
          snapshot.since = snapshot.since ? snapshot.since.compose(update.changes) : update.changes;
        if (update.transactions.some((one) => !one.annotation(foreign))) this.#changed();
      }),
    ];
    if (undo) {
      try {
        const kept = { doc: text, selection: EditorSelection.single(0).toJSON(), history: undo };
        return EditorState.fromJSON(kept, { extensions }, { history: historyField });
      } catch {
        // undo steps that no longer fit are not worth a song
      }
    }
    return EditorState.create({ doc: text, extensions });
  }
}
