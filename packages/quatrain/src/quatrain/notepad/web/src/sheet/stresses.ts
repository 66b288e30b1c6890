/** Stress above each word, on request: ˊ strong, ˘ weak. Only what is seen is marked. */

import { Compartment, type Extension, type Range, RangeSet } from "@codemirror/state";
import { Decoration, type DecorationSet, type EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { marks } from "../sound/stress";
import { heardAt, hearing } from "./hearing";

const place = new Compartment();

/** The marks, off or on. */
export function stresses(on: boolean): Extension {
  return place.of(on ? shown : []);
}

/** Turns them on or off. */
export function showStresses(view: EditorView, on: boolean): void {
  view.dispatch({ effects: place.reconfigure(on ? shown : []) });
}

const shown = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = seen(view);
    }

    update(update: ViewUpdate): void {
      const other = update.startState.field(hearing) !== update.state.field(hearing);
      if (update.docChanged || update.viewportChanged || other) this.decorations = seen(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function seen(view: EditorView): DecorationSet {
  const found: Range<Decoration>[] = [];
  const { doc } = view.state;
  for (const { from, to } of view.visibleRanges) {
    for (let number = doc.lineAt(from).number; number <= doc.lineAt(to).number; number += 1) {
      const line = doc.line(number);
      const { words } = heardAt(view.state, number);
      for (const word of words) {
        if (word.to <= word.from) continue;
        const mark = Decoration.mark({ class: "stress", attributes: { "data-stress": marks(word.said.stress) } });
        found.push(mark.range(line.from + word.from, line.from + word.to));
      }
    }
  }
  return RangeSet.of(found, true);
}
