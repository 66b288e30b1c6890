/** A line in a sentence, for the foot of the sheet and for a screen reader. */

import type { EditorView } from "@codemirror/view";
import { heading, isSung } from "../song/document";
import { shown } from "../sound/syllables";
import { heardAt } from "./hearing";
import { byOf, markAt } from "./marks";
import { rhymes } from "./rhymes";
import { type OpeningScheme, schemeAt } from "./sectionmenu";

const WHOSE = { mine: "", suggested: "suggested", edited: "suggested, then changed" };

/** The line at the cursor: its number, syllables, rhyme, and whose it is. */
export function described(view: EditorView, opening: OpeningScheme): string {
  const { state } = view;
  const line = state.doc.lineAt(state.selection.main.head);
  const name = heading(line.text);
  if (name !== null) {
    const scheme = schemeAt(view, line.number, opening) || "free";
    return `Line ${line.number}: section ${name}, scheme ${scheme}`;
  }
  if (!isSung(line.text)) return `Line ${line.number}`;
  const mark = state.field(rhymes).marks[line.number - 1];
  const group = mark?.hue == null ? "no rhyme yet" : `rhyme ${mark.letter}`;
  const rhyme = mark?.partner == null ? group : `rhyme ${mark.letter}, ${mark.kind}, with line ${mark.partner + 1}`;
  const count = shown(heardAt(state, line.number).strict);
  const syllables = `${count} ${count === "1" ? "syllable" : "syllables"}`;
  return [`Line ${line.number}: ${syllables}`, rhyme, WHOSE[byOf(markAt(state, line.from), line.text)]]
    .filter(Boolean)
    .join(" · ");
}
