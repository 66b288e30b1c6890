/** The shelf: all songs, found by their words; new ones, the trash, and files that are brought in. */

import { announce } from "../look/announce";
import { confirmed } from "../look/dialog";
import { fill, h, icon, type Child } from "../look/dom";
import { ask, Away, send } from "../keep/api";
import { all, type Card, forget, keep } from "../keep/local";
import { onNews, tell } from "../keep/tabs";

type Shelf = { songs: Card[]; total: number };
type Arrived = { songs: Card[]; notes: string[] };

/** The drawer at the left. */
export class ShelfDrawer {
  readonly element: HTMLElement;
  readonly #open: (id: string) => void;
  readonly #fresh: () => void;
  readonly #shut: () => void;
  readonly #search = h("input", {
    type: "search",
    class: "field",
    placeholder: "Search titles and lines",
    "aria-label": "Search songs",
  });
  readonly #list = h("ul", { class: "songs" });
  readonly #note = h("p", { class: "note", role: "status" });
  readonly #bin = h("button", { type: "button", class: "quiet", "aria-pressed": "false" }, "Trash");
  #trash = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #now = "";

  /**
   * @param open - opens a song.
   * @param fresh - begins a new one.
   * @param shut - closes the drawer.
   */
  constructor(open: (id: string) => void, fresh: () => void, shut: () => void) {
    this.#open = open;
    this.#fresh = fresh;
    this.#shut = shut;
    const add = h("button", { type: "button", class: "plain strong" }, icon("plus"), "New song");
    const file = h("input", {
      type: "file",
      multiple: true,
      hidden: true,
      accept: ".txt,.cho,.chopro,.chordpro,.crd,.pro,.json,text/plain,application/json",
    });
    const bring = h("button", { type: "button", class: "plain" }, "Import");
    const close = h(
      "button",
      { type: "button", class: "quiet square", "aria-label": "Close the shelf" },
      icon("close"),
    );
    this.element = h(
      "nav",
      { class: "shelf", "aria-label": "Songs", hidden: true },
      h("header", {}, h("h2", {}, "Songs"), close),
      h("div", { class: "row" }, add, bring, file),
      this.#search,
      this.#list,
      this.#note,
      h("footer", { class: "row" }, this.#bin),
    );
    add.addEventListener("click", () => this.#fresh());
    close.addEventListener("click", () => this.#shut());
    bring.addEventListener("click", () => file.click());
    file.addEventListener("change", () => {
      void this.bring([...(file.files ?? [])]);
      file.value = "";
    });
    this.#search.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.show(), 120);
    });
    this.#bin.addEventListener("click", () => {
      this.#trash = !this.#trash;
      this.#bin.setAttribute("aria-pressed", String(this.#trash));
      void this.show();
    });
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.#shut());
    onNews((news) => news.kind !== "saved" && !this.element.hidden && void this.show());
  }

  /** Puts the focus where the search begins. */
  focus(): void {
    this.#search.focus();
  }

  /** Shows what is on the shelf; `now` is the song that is open. */
  async show(now = this.#now): Promise<void> {
    this.#now = now;
    const q = this.#search.value.trim();
    let songs: Card[];
    try {
      const query = new URLSearchParams({ limit: "500", trash: String(this.#trash), ...(q ? { q } : {}) });
      songs = (await ask<Shelf>("GET", `/api/songs?${query}`)).songs;
      if (!q && !this.#trash) {
        await forget("cards").catch(() => undefined);
        await keep("cards", ...songs).catch(() => undefined);
      }
      this.#note.textContent = songs.length
        ? ""
        : q
          ? `No song has “${q}”.`
          : this.#trash
            ? "The trash is empty."
            : "No songs yet.";
    } catch (error) {
      if (!(error instanceof Away)) return void (this.#note.textContent = error instanceof Error ? error.message : "");
      songs = await this.#known(q);
      this.#note.textContent = "The notepad's server does not answer: these are the songs that this browser has seen.";
    }
    const empty = this.#trash && songs.length > 0;
    fill(this.#list, ...songs.map((card) => this.#row(card)), empty ? this.#emptying(songs.length) : null);
  }

  /** Brings files in. */
  async bring(files: File[]): Promise<void> {
    const notes: string[] = [];
    let last: Card | undefined;
    for (const file of files) {
      try {
        const answer = await send(
          "POST",
          `/api/import?name=${encodeURIComponent(file.name)}`,
          new Blob([await file.arrayBuffer()]),
        );
        const { songs, notes: more } = (await answer.json()) as Arrived;
        last = songs.at(-1) ?? last;
        notes.push(...more);
      } catch (error) {
        notes.push(`${file.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    tell({ kind: "shelf" });
    await this.show();
    if (notes.length) this.#note.textContent = notes.join(" ");
    announce(notes.join(" ") || `${files.length} ${files.length === 1 ? "file" : "files"} brought in`);
    if (last && files.length === 1) this.#open(last.id);
  }

  async #known(q: string): Promise<Card[]> {
    const [cards, drafts] = await Promise.all([all("cards").catch(() => []), all("drafts").catch(() => [])]);
    const found = new Map(cards.map((card) => [card.id, card]));
    for (const { song, document, at, base } of drafts) {
      const sung = document.lines.filter((line) => line.text.trim());
      const updated = new Date(at).toISOString();
      const opening = sung[0]?.text ?? "";
      found.set(song, {
        id: song,
        title: document.title,
        revision: base,
        created: updated,
        updated,
        lines: sung.length,
        words: 0,
        opening,
      });
    }
    const sought = q.toLowerCase();
    return [...found.values()]
      .filter((card) => `${card.title} ${card.opening}`.toLowerCase().includes(sought))
      .sort((a, b) => (a.updated < b.updated ? 1 : -1));
  }

  #row(card: Card): HTMLElement {
    const title = card.title.trim() || card.opening.trim() || "Untitled";
    const open = h(
      "button",
      { type: "button", class: "song", "aria-current": card.id === this.#now ? "true" : undefined },
      h("strong", {}, title),
      h(
        "span",
        { class: "opening" },
        ...(card.snippet ? marked(card.snippet) : [card.title.trim() ? card.opening : ""]),
      ),
      h("span", { class: "faint" }, `${when(card.updated)} · ${card.lines} ${card.lines === 1 ? "line" : "lines"}`),
    );
    open.addEventListener("click", () => this.#open(card.id));
    const acts = this.#trash
      ? [
          act("Put back", `Put ${title} back`, () =>
            this.#change("POST", `/api/songs/${card.id}/restore`, `${title} is back on the shelf`),
          ),
          act("Delete for good", `Delete ${title} for good`, () => void this.#erase(card.id, title)),
        ]
      : [act(icon("close"), `Put ${title} into the trash`, () => void this.#bury(card.id, title))];
    if (this.#trash) open.disabled = true;
    return h("li", {}, open, h("div", { class: "acts" }, ...acts));
  }

  #emptying(count: number): HTMLElement {
    return h(
      "li",
      { class: "row end" },
      act(`Empty the trash (${count})`, "Empty the trash", () => void this.#emptyBin()),
    );
  }

  async #bury(id: string, title: string): Promise<void> {
    await this.#change("DELETE", `/api/songs/${id}`, `${title} is in the trash`);
    if (id === this.#now) this.#fresh();
  }

  async #erase(id: string, title: string): Promise<void> {
    if (
      !(await confirmed(
        "Delete for good",
        `“${title}” with all its versions will be gone. This cannot be undone.`,
        "Delete",
      ))
    )
      return;
    await this.#change("DELETE", `/api/trash/${id}`, `${title} is deleted`);
    for (const draft of await all("drafts"))
      if (draft.song === id) await Promise.all([forget("drafts", draft.client), forget("undo", draft.client)]);
    await forget("cards", id);
  }

  async #emptyBin(): Promise<void> {
    if (
      !(await confirmed(
        "Empty the trash",
        "All songs in the trash, with their versions, will be gone. This cannot be undone.",
        "Delete all",
      ))
    )
      return;
    await this.#change("DELETE", "/api/trash", "The trash is empty");
  }

  async #change(method: string, path: string, sentence: string): Promise<void> {
    try {
      await send(method, path);
      announce(sentence);
      tell({ kind: "shelf" });
      await this.show();
    } catch (error) {
      this.#note.textContent = error instanceof Error ? error.message : String(error);
    }
  }
}

function act(label: Child, name: string, press: () => unknown): HTMLElement {
  const button = h(
    "button",
    { type: "button", class: typeof label === "string" ? "quiet" : "quiet square", "aria-label": name, title: name },
    label,
  );
  button.addEventListener("click", () => void press());
  return button;
}

/** A snippet whose found words stand between U+0001 and U+0002, as text and marks. */
export function marked(snippet: string): Child[] {
  return snippet
    .split(/(\u0001[^\u0002]*\u0002)/)
    .map((part) => (part.startsWith("\u0001") ? h("mark", {}, part.slice(1, -1)) : part));
}

/** A time as people say it. */
export function when(time: string, now = new Date()): string {
  const then = new Date(time);
  const minutes = (now.getTime() - then.getTime()) / 60_000;
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${Math.floor(minutes)} min ago`;
  const clock = then.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  if (then.toDateString() === now.toDateString()) return `today ${clock}`;
  const day = then.toLocaleDateString(undefined, {
    day: "numeric",
    month: "short",
    ...(then.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }),
  });
  return `${day}, ${clock}`;
}
