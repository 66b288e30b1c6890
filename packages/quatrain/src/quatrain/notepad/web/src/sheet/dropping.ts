/** Dragging into the sheet: a line lands between lines (a rule shows where), a word lands between words. */

import type { Extension } from "@codemirror/state";
import { EditorView, ViewPlugin } from "@codemirror/view";
import type { By } from "../song/document";
import { placeLine, placeWord, type Target, targetAt } from "./placing";

/** What a dragged line is called; to other programs it is plain text. */
export const LINE = "application/x-quatrain-line";
/** What a dragged word is called. */
export const WORD = "application/x-quatrain-word";

/** Fills a drag with a line or a word. */
export function dragging(event: DragEvent, kind: typeof LINE | typeof WORD, text: string, by: By): void {
  event.dataTransfer?.setData("text/plain", text);
  event.dataTransfer?.setData(kind, JSON.stringify({ text, by }));
  if (event.dataTransfer) event.dataTransfer.effectAllowed = "copy";
}

/** Where a line would land. */
function targetUnder(view: EditorView, event: DragEvent): Target {
  const block = view.lineBlockAtHeight(event.clientY - view.documentTop);
  const target = targetAt(view.state, block.from);
  if (target.fills) return target;
  const upper = event.clientY - view.documentTop < (block.top + block.bottom) / 2;
  return upper ? { number: target.number - 1, fills: false } : target;
}

const rule = ViewPlugin.fromClass(
  class {
    readonly element = document.createElement("div");
    readonly view: EditorView;

    constructor(view: EditorView) {
      this.view = view;
      this.element.className = "drop-rule";
      this.element.hidden = true;
      view.scrollDOM.append(this.element);
    }

    show(target: Target): void {
      const line = this.view.state.doc.line(Math.max(1, target.number));
      const block = this.view.lineBlockAt(line.from);
      const y = target.number === 0 ? block.top : target.fills ? (block.top + block.bottom) / 2 : block.bottom;
      const top =
        this.view.documentTop - this.view.scrollDOM.getBoundingClientRect().top + this.view.scrollDOM.scrollTop;
      this.element.style.top = `${top + y}px`;
      this.element.hidden = false;
    }

    hide(): void {
      this.element.hidden = true;
    }

    destroy(): void {
      this.element.remove();
    }
  },
);

/** The sheet takes lines and words. */
export function dropping(): Extension {
  return [
    rule,
    EditorView.domEventHandlers({
      dragover(event, view) {
        if (!event.dataTransfer?.types.includes(LINE)) return false;
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
        view.plugin(rule)?.show(targetUnder(view, event));
        return true;
      },
      dragleave(event, view) {
        if (!view.dom.contains(event.relatedTarget as Node | null)) view.plugin(rule)?.hide();
        return false;
      },
      drop(event, view) {
        view.plugin(rule)?.hide();
        const line = event.dataTransfer?.getData(LINE);
        const word = event.dataTransfer?.getData(WORD);
        if (!line && !word) return false;
        event.preventDefault();
        const { text, by } = JSON.parse((line || word)!) as { text: string; by: By };
        if (line) placeLine(view, text, by, targetUnder(view, event));
        else placeWord(view, text, view.posAtCoords({ x: event.clientX, y: event.clientY }, false));
        view.focus();
        return true;
      },
    }),
  ];
}
