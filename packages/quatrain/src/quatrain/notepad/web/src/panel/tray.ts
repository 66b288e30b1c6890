/** The tray: lines kept for later, with the song. */

import type { EditorView } from "@codemirror/view";
import { announce } from "../look/announce";
import { fill, h, icon } from "../look/dom";
import { dragging, LINE } from "../sheet/dropping";
import { placeLine } from "../sheet/placing";
import type { Parked } from "../song/document";

const MOST = 200;

/** The lines kept for later. */
export class Tray {
  readonly element: HTMLElement;
  readonly #view: EditorView;
  readonly #changed: (parked: Parked[]) => void;
  readonly #list = h("ul", { class: "cards", "aria-label": "Kept for later" });
  readonly #count = h("span", { class: "n" });
  #parked: readonly Parked[] = [];

  /** @param changed - called with all kept lines when one comes or goes. */
  constructor(view: EditorView, changed: (parked: Parked[]) => void) {
    this.#view = view;
    this.#changed = changed;
    this.element = h(
      "section",
      { class: "tray", "aria-label": "Kept for later" },
      h("h3", {}, "Kept for later ", this.#count),
      this.#list,
    );
    this.element.hidden = true;
  }

  /** Shows a song's kept lines. */
  show(parked: readonly Parked[]): void {
    if (parked === this.#parked) return;
    this.#parked = parked;
    this.element.hidden = parked.length === 0;
    this.#count.textContent = String(parked.length);
    fill(this.#list, ...parked.map((line) => this.#row(line)));
  }

  /** Keeps a line. */
  keep(line: Parked): void {
    if (!line.text.trim()) return;
    if (this.#parked.some((other) => other.text === line.text)) return;
    if (this.#parked.length >= MOST) return announce(`The tray is full (${MOST} lines). Take some out first.`);
    this.#changed([...this.#parked, line]);
  }

  #row(line: Parked): HTMLElement {
    const place = h(
      "div",
      { class: "line", role: "button", tabindex: 0, draggable: "true", "aria-label": `Put in: ${line.text}` },
      line.text,
    );
    const remove = h(
      "button",
      { type: "button", class: "quiet square", "aria-label": `Take out of the tray: ${line.text}`, title: "Take out" },
      icon("close"),
    );
    const put = (): void => {
      placeLine(this.#view, line.text, line.by ?? "mine");
      this.#view.focus();
      announce(`In the sheet: ${line.text}`);
    };
    place.addEventListener("click", put);
    place.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      put();
    });
    place.addEventListener("dragstart", (event) => dragging(event, LINE, line.text, line.by ?? "mine"));
    remove.addEventListener("click", () => {
      this.#changed(this.#parked.filter((other) => other !== line));
      announce("Taken out of the tray");
    });
    return h(
      "li",
      { class: "card" },
      h("span", { class: "grip" }, icon("grip")),
      h("div", { class: "body" }, place),
      h("div", { class: "acts" }, remove),
    );
  }
}
