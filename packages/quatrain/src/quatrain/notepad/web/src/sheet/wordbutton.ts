/** A button above a word that is selected, so that its menu can be had by touch and mouse; by key it is Alt+Enter. */

import type { Extension } from "@codemirror/state";
import { type EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { wordAt } from "./placing";

/** The button; `opened` opens the word's menu. */
export function wordButton(opened: (view: EditorView) => void): Extension {
  return ViewPlugin.fromClass(
    class {
      readonly button = document.createElement("button");
      readonly view: EditorView;

      constructor(view: EditorView) {
        this.view = view;
        this.button.type = "button";
        this.button.className = "word-button";
        this.button.tabIndex = -1;
        this.button.hidden = true;
        this.button.textContent = "Rhymes, other words…";
        this.button.addEventListener("pointerdown", (event) => event.preventDefault());
        this.button.addEventListener("click", () => opened(view));
        view.scrollDOM.append(this.button);
      }

      update(update: ViewUpdate): void {
        if (!update.selectionSet && !update.docChanged && !update.focusChanged && !update.geometryChanged) return;
        const { main } = update.state.selection;
        const word = main.empty ? null : wordAt(update.state, main.to);
        const whole = word !== null && word.from === main.from && word.to === main.to;
        this.button.hidden = !whole || !update.view.hasFocus;
        if (this.button.hidden) return;
        update.view.requestMeasure({
          key: this,
          read: (view) => {
            const at = view.coordsAtPos(main.from, 1);
            const frame = view.scrollDOM.getBoundingClientRect();
            return (
              at && {
                left: at.left - frame.left + view.scrollDOM.scrollLeft,
                top: at.top - frame.top + view.scrollDOM.scrollTop,
              }
            );
          },
          write: (at) => {
            if (!at) return;
            const room = update.view.scrollDOM.clientWidth - this.button.offsetWidth - 4;
            this.button.style.left = `${Math.max(0, Math.min(at.left, room))}px`;
            this.button.style.top = `calc(${at.top}px - 2rem)`;
          },
        });
      }

      destroy(): void {
        this.button.remove();
      }
    },
  );
}
