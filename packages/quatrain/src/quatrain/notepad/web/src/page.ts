/** The page's frame: the bar, the paper with its title, the line at the bottom, and the notice above the sheet. */

import { fill, h, icon, type Child } from "./look/dom";
import type { Safety } from "./keep/session";

/** What the bar's buttons open; each gets the place of its button. */
export type Doors = Record<
  "shelf" | "insert" | "view" | "versions" | "export" | "voices" | "compare" | "help" | "panel",
  (at: DOMRect) => void
>;

const SAFE: Record<Safety, string> = {
  saved: "Saved",
  saving: "Saving…",
  here: "Kept in this browser",
  conflict: "Two texts",
  gone: "Deleted elsewhere",
  refused: "Not saved",
};

/** The frame. */
export class Page {
  readonly paper = h("div", { class: "paper" });
  readonly title = h("input", {
    class: "title",
    placeholder: "Untitled",
    maxlength: 300,
    "aria-label": "Title of the song",
    autocomplete: "off",
    spellcheck: "true",
  });
  readonly #notices = { song: notice(), page: notice() };
  readonly info = h("p", { class: "info", id: "line-info" });
  readonly #safety = h("span", { class: "safety" });
  readonly #main: HTMLElement;
  readonly #toggles = new Map<string, HTMLElement>();

  constructor(doors: Doors, aside: HTMLElement, shelf: HTMLElement) {
    const door = (name: keyof Doors, label: string, picture: Parameters<typeof icon>[0], note = ""): HTMLElement => {
      const button = h(
        "button",
        { type: "button", class: "quiet door", title: note ? `${label} (${note})` : label },
        icon(picture),
        h("span", { class: "label" }, label),
      );
      button.addEventListener("click", () => doors[name](button.getBoundingClientRect()));
      this.#toggles.set(name, button);
      return button;
    };
    const bar = h(
      "header",
      { class: "bar" },
      door("shelf", "Songs", "shelf", "Alt+O"),
      this.#safety,
      h("span", { class: "space" }),
      door("insert", "Section", "plus", "Alt+N"),
      door("versions", "Versions", "clock"),
      door("export", "Export", "share"),
      door("voices", "Voices", "mic"),
      door("compare", "Compare", "scales", "which of two lines is better, without knowing who wrote it"),
      door("view", "View", "view"),
      door("help", "Keys", "help", "F1"),
      door("panel", "Suggest", "quill", "Ctrl+Enter"),
    );
    this.#main = h(
      "main",
      { class: "desk" },
      h("div", { class: "sheet" }, this.#notices.page, this.#notices.song, this.title, this.paper, this.info),
    );
    document.body.append(h("div", { class: "app" }, bar, shelf, this.#main, aside));
    this.offer("compare", false);
    for (const name of ["shelf", "panel"]) this.#toggles.get(name)?.setAttribute("aria-expanded", "false");
  }

  /** The place of a door, for what is opened by key. */
  placeOf(name: keyof Doors): DOMRect {
    return this.#toggles.get(name)!.getBoundingClientRect();
  }

  /** Shows a door, or takes it away where nothing is behind it. */
  offer(name: keyof Doors, there: boolean): void {
    this.#toggles.get(name)!.hidden = !there;
  }

  /** Shows a part as open or closed. */
  toggled(name: "shelf" | "panel", open: boolean): void {
    document.querySelector(".app")?.classList.toggle(`with-${name}`, open);
    this.#toggles.get(name)?.setAttribute("aria-expanded", String(open));
  }

  /** Says where the text is safe. */
  safe(safety: Safety): void {
    this.#safety.dataset.safety = safety;
    this.#safety.textContent = SAFE[safety];
    this.#safety.title =
      safety === "here"
        ? "The notepad's server does not answer. The text is safe in this browser and is saved as soon as it is back."
        : "";
  }

  /** Says something about the song above the sheet, with what can be done about it; an empty sentence takes it away. */
  about(sentence: string, ...acts: Child[]): void {
    const place = this.#notices.song;
    if ((place.firstChild?.textContent ?? "") === sentence) return;
    place.hidden = sentence === "";
    if (sentence) fill(place, h("p", {}, sentence), h("div", { class: "row" }, ...acts));
    else fill(place);
  }

  /** Says something that stays until it is dismissed. */
  notify(sentence: string): void {
    const place = this.#notices.page;
    const dismiss = h("button", { type: "button", class: "plain" }, "Dismiss");
    dismiss.addEventListener("click", () => (place.hidden = true));
    fill(place, h("p", {}, sentence), h("div", { class: "row" }, dismiss));
    place.hidden = false;
  }
}

function notice(): HTMLElement {
  return h("div", { class: "notice", role: "alert", hidden: true });
}
