/** Every key of the page, once: the editor's keymap and the help are made from this list. */

import { Prec } from "@codemirror/state";
import { type EditorView, type KeyBinding, keymap } from "@codemirror/view";
import { dialog } from "./dialog";
import { h } from "./dom";

/** What the keys do. */
export type Deeds = Record<
  | "suggest"
  | "toPanel"
  | "word"
  | "counts"
  | "section"
  | "insert"
  | "up"
  | "down"
  | "chorus"
  | "park"
  | "version"
  | "hear"
  | "shelf"
  | "help",
  (view: EditorView) => boolean | void
> & { place: (place: number) => boolean };

const KEYS: [keyof Omit<Deeds, "place">, string, string, string][] = [
  ["suggest", "Mod-Enter", "Ctrl Enter", "Suggest a line for the cursor; again: others"],
  ["toPanel", "F6", "F6", "To the suggestions (Escape: back to the sheet)"],
  ["word", "Alt-Enter", "Alt Enter", "The word at the cursor: rhymes, same meaning, write it anew"],
  ["counts", "Alt-m", "Alt M", "How each word of the line counts"],
  ["hear", "Alt-i", "Alt I", "Say the line's syllables and rhyme"],
  ["section", "Alt-s", "Alt S", "The section: scheme, move, repeat"],
  ["insert", "Alt-n", "Alt N", "Begin a verse, a chorus, a bridge"],
  ["chorus", "Alt-c", "Alt C", "The chorus again, at the cursor"],
  ["up", "Alt-Shift-ArrowUp", "Alt ⇧ ↑", "Move the section up"],
  ["down", "Alt-Shift-ArrowDown", "Alt ⇧ ↓", "Move the section down"],
  ["park", "Alt-p", "Alt P", "Put the line into the tray"],
  ["version", "Mod-s", "Ctrl S", "Keep a version under a name"],
  ["shelf", "Alt-o", "Alt O", "The shelf of songs"],
  ["help", "F1", "F1", "This list"],
];
const OTHERS = [
  ["Alt 1 … 9", "Put suggestion 1 … 9 in"],
  ["Alt ↑ ↓", "Move the line"],
  ["Ctrl Z, Ctrl Y", "Undo and redo, after a reload too"],
  ["___", "Write a line with gaps and press Ctrl Enter: the gaps are filled"],
];

/** The editor's keys. */
export function keys(deeds: () => Deeds) {
  const bindings: KeyBinding[] = KEYS.map(([name, key]) => ({
    key,
    preventDefault: true,
    run: (view) => deeds()[name](view) ?? true,
  }));
  for (let place = 1; place <= 9; place += 1)
    bindings.push({ key: `Alt-${place}`, preventDefault: true, run: () => deeds().place(place) || true });
  return Prec.high(keymap.of(bindings));
}

/** Opens the list of keys. */
export function help(back: () => void): void {
  const rows = [...KEYS.map(([, , shown, what]) => [shown, what]), ...OTHERS].map(([shown, what]) =>
    h("div", {}, h("dt", {}, h("kbd", {}, shown)), h("dd", {}, what)),
  );
  dialog(
    "Keys",
    { closed: back },
    h(
      "p",
      {},
      "Write; nothing else is needed. Ask when you are stuck, pick up a line or steal one word. " +
        "Everything stays on this machine.",
    ),
    h("dl", { class: "keys" }, ...rows),
  );
}
