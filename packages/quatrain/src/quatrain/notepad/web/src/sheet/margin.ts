/** The margin: how many syllables each line has. A click says how each word counts. */

import type { Extension } from "@codemirror/state";
import { type BlockInfo, type EditorView, gutter, GutterMarker } from "@codemirror/view";
import { shown } from "../sound/syllables";
import { heardAt, hearing } from "./hearing";

class Count extends GutterMarker {
  readonly text: string;
  readonly rough: boolean;

  constructor(text: string, rough: boolean) {
    super();
    this.text = text;
    this.rough = rough;
  }

  override eq(other: GutterMarker): boolean {
    return other instanceof Count && other.text === this.text && other.rough === this.rough;
  }

  override toDOM(): Node {
    const element = document.createElement("span");
    element.className = this.rough ? "count rough" : "count";
    element.textContent = this.text;
    return element;
  }
}

/** The counts; `clicked` gets the number of the line (from 1) and where the count stands on the screen. */
export function margin(clicked: (line: number, at: DOMRect) => void): Extension {
  return gutter({
    class: "margin",
    renderEmptyElements: true,
    lineMarker: (view, block) => count(view, block),
    lineMarkerChange: (update) => update.startState.field(hearing) !== update.state.field(hearing),
    initialSpacer: () => new Count("10–11", false),
    domEventHandlers: {
      mousedown(view, block, event) {
        const number = view.state.doc.lineAt(block.from).number;
        const target = (event.target as HTMLElement).closest(".cm-gutterElement");
        if (!target?.textContent) return false;
        event.preventDefault();
        clicked(number, target.getBoundingClientRect());
        return true;
      },
    },
  });
}

function count(view: EditorView, block: BlockInfo): GutterMarker | null {
  const heard = heardAt(view.state, view.state.doc.lineAt(block.from).number);
  return heard.words.length ? new Count(shown(heard.strict), heard.rough) : null;
}
