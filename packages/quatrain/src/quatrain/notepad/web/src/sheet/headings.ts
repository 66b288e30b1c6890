/** Headings on the sheet: set apart, with a button for what can be done with the section. */

import { type Extension, type Range, RangeSet } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate, WidgetType } from "@codemirror/view";
import { heading } from "../song/document";
import { lineMarks, markAt } from "./marks";

class SectionButton extends WidgetType {
  readonly scheme: string;
  readonly name: string;
  readonly opened: (view: EditorView, line: number, at: DOMRect) => void;

  constructor(name: string, scheme: string, opened: SectionButton["opened"]) {
    super();
    this.name = name;
    this.scheme = scheme;
    this.opened = opened;
  }

  override eq(other: SectionButton): boolean {
    return other.scheme === this.scheme && other.name === this.name;
  }

  override toDOM(view: EditorView): HTMLElement {
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1; // by keyboard: Alt+S, from any line of the section
    button.className = this.scheme ? "section-button chosen" : "section-button";
    button.textContent = this.scheme || "section";
    button.setAttribute(
      "aria-label",
      `${this.name}: scheme ${this.scheme || "free"}. Change, move or repeat the section`,
    );
    button.contentEditable = "false";
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      const line = view.state.doc.lineAt(view.posAtDOM(button)).number;
      this.opened(view, line, button.getBoundingClientRect());
    });
    return button;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

/** Headings' looks; `opened` is called when the button of a section is pressed. */
export function headings(opened: SectionButton["opened"]): Extension {
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;

      constructor(view: EditorView) {
        this.decorations = seen(view, opened);
      }

      update(update: ViewUpdate): void {
        const marks = update.startState.field(lineMarks) !== update.state.field(lineMarks);
        if (update.docChanged || update.viewportChanged || marks) this.decorations = seen(update.view, opened);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  );
}

function seen(view: EditorView, opened: SectionButton["opened"]): DecorationSet {
  const found: Range<Decoration>[] = [];
  const { doc } = view.state;
  for (const { from, to } of view.visibleRanges) {
    for (let number = doc.lineAt(from).number; number <= doc.lineAt(to).number; number += 1) {
      const line = doc.line(number);
      const name = heading(line.text);
      if (name === null) continue;
      const button = new SectionButton(name, markAt(view.state, line.from)?.scheme ?? "", opened);
      found.push(Decoration.line({ class: "heading" }).range(line.from));
      found.push(Decoration.widget({ widget: button, side: 1 }).range(line.to));
    }
  }
  return RangeSet.of(found, true);
}
