/** The suggestions: asked for the line at the cursor, streaming in, picked up by key, click or drag. */

import type { EditorView } from "@codemirror/view";
import { announce } from "../look/announce";
import { fill, h, icon } from "../look/dom";
import { step } from "../look/dialog";
import { ask, Away, onServer, Refused, serverLives, stream } from "../keep/api";
import { placeLine, placeLines, placeWord, replaceLine, replaceWord } from "../sheet/placing";
import { card, type Suggestion } from "./cards";
import { Tray } from "./tray";
import { WishForm, type Wishes } from "./wishes";
import { dressed } from "../song/sections";
import { sungText } from "../sound/words";

/** What was asked for. */
type Asked =
  | { kind: "next" | "verse" }
  | { kind: "fill"; line: number; text: string }
  | { kind: "rewrite"; line: number; text: string; word: { place: number; from: number; to: number } | null };

const COUNT = 9;

/** The panel beside the sheet. */
export class Panel {
  readonly element: HTMLElement;
  readonly tray: Tray;
  readonly #view: EditorView;
  readonly #form: WishForm;
  readonly #open: (open: boolean) => void;
  readonly #list = h("ol", { class: "cards", "aria-label": "Suggestions" });
  readonly #note = h("p", { class: "note" });
  readonly #ask = h(
    "button",
    { type: "button", class: "plain strong", "aria-keyshortcuts": "Control+Enter" },
    "Suggest",
  );
  readonly #again = h(
    "button",
    { type: "button", class: "plain", title: "Others (Ctrl+Enter again)" },
    icon("again"),
    "Others",
  );
  readonly #verse = h("button", { type: "button", class: "plain" }, "A verse");
  #cards: { lines: Suggestion[]; element: HTMLElement }[] = [];
  #asked: Asked = { kind: "next" };
  #seed = 0;
  #signature = "";
  #stop: AbortController | null = null;
  #warmed = false;
  #waiting: ReturnType<typeof setInterval> | undefined;

  /**
   * @param scheme - the scheme wished for the section of a line (from 1).
   * @param open - shows or hides the panel.
   */
  constructor(view: EditorView, scheme: (line: number) => string, tray: Tray, open: (open: boolean) => void) {
    this.#view = view;
    this.tray = tray;
    this.#open = open;
    this.#form = new WishForm(view, scheme);
    this.#again.hidden = true;
    const shut = h(
      "button",
      { type: "button", class: "quiet square only-narrow", "aria-label": "Close the suggestions" },
      icon("close"),
    );
    this.element = h(
      "aside",
      { class: "panel", "aria-label": "The next line" },
      h("header", {}, h("h2", {}, "The next line"), shut),
      this.#form.element,
      h("div", { class: "row" }, this.#ask, this.#again, this.#verse),
      this.#note,
      this.#list,
      tray.element,
    );
    shut.addEventListener("click", () => open(false));
    this.#ask.addEventListener("click", () => void this.ask());
    this.#again.addEventListener("click", () => void this.ask(this.#asked));
    this.#verse.addEventListener("click", () => void this.ask({ kind: "verse" }));
    this.#form.element.addEventListener("keydown", (event) => event.key === "Enter" && void this.ask());
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") view.focus();
      const inside = (event.target as HTMLElement).closest(".cards .line");
      if (inside) step(event, this.#list.querySelectorAll<HTMLElement>(".line"));
    });
    onServer((lives) => {
      if (!lives) this.#warmed = false; // a server that comes back has no voice in memory
    });
    this.#say("Ask with Ctrl+Enter, wherever the cursor is.");
  }

  /** Follows the cursor; with the first words, or where the suggestions are in sight, the voice is made ready. */
  follow(): void {
    const seen = this.element.offsetParent !== null;
    if (seen) this.#form.follow();
    if (seen || this.#view.state.doc.length > 0) this.warm();
  }

  /** Lets the notepad load the voice while nobody waits for it yet. */
  warm(anew = false): void {
    if ((this.#warmed && !anew) || !serverLives()) return;
    this.#warmed = true;
    ask("POST", "/api/warm").catch(() => (this.#warmed = false));
  }

  /** Puts the focus on the first suggestion, or on the form. */
  focus(): void {
    this.#open(true);
    (this.#list.querySelector<HTMLElement>(".line") ?? this.#ask).focus();
  }

  /** Asks for suggestions; the same question again gives others. */
  async ask(asked: Asked = this.#wanted()): Promise<void> {
    this.#open(true);
    this.#stop?.abort();
    const stop = (this.#stop = new AbortController());
    this.#asked = asked;
    const { path, body } = this.#request(asked);
    const signature = JSON.stringify([path, body]);
    this.#seed = signature === this.#signature ? this.#seed + 1 : 0;
    this.#signature = signature;
    (body.wishes as Wishes).seed = this.#seed;
    this.#cards = [];
    this.#draw();
    this.#busy(true);
    try {
      for await (const { name, data } of stream("POST", path, body, stop.signal)) this.#hear(name, data);
      if (stop === this.#stop) this.#done();
    } catch (error) {
      if (stop.signal.aborted) return;
      if (!(error instanceof Away) && !(error instanceof Refused)) throw error;
      this.#say(
        error instanceof Away
          ? "Suggestions need the notepad's server, which does not answer. Counts and rhymes go on."
          : error.message,
        true,
      );
    } finally {
      if (stop === this.#stop) {
        clearInterval(this.#waiting);
        this.#busy(false);
      }
    }
  }

  /** Writes a line anew, or one word of it. */
  rewrite(line: number, word: { place: number; from: number; to: number } | null): void {
    void this.ask({ kind: "rewrite", line, text: this.#view.state.doc.line(line).text, word });
  }

  /** Puts suggestion `place` (from 1) in; false if there is none. */
  place(place: number): boolean {
    const found = this.#cards[place - 1];
    if (!found) return false;
    this.#place(found.lines, found.element);
    return true;
  }

  #wanted(): Asked {
    const line = this.#view.state.doc.lineAt(this.#view.state.selection.main.head);
    return line.text.includes("___") ? { kind: "fill", line: line.number, text: line.text } : { kind: "next" };
  }

  #request(asked: Asked): { path: string; body: Record<string, unknown> } {
    const texts = this.#view.state.doc.toJSON().map(sungText);
    const wishes: Wishes = { ...this.#form.wishes, count: COUNT };
    if (asked.kind === "rewrite") {
      const { kinds } = wishes;
      return {
        path: "/api/rewrite",
        body: { draft: texts, line: asked.line, word: asked.word?.place ?? null, wishes: { kinds, count: COUNT } },
      };
    }
    if (asked.kind === "fill") {
      const draft = texts.slice(0, asked.line - 1);
      return {
        path: "/api/fill",
        body: { draft, pattern: sungText(asked.text).trim(), wishes: fitting(wishes, draft.length) },
      };
    }
    const draft = texts.slice(0, this.#form.number - 1);
    if (asked.kind === "verse")
      return { path: "/api/verse", body: { draft, lines: 4, wishes: { ...fitting(wishes, draft.length), count: 3 } } };
    const { implied } = this.#form;
    const stride = implied && !wishes.syllables ? { syllables: implied } : {};
    return { path: "/api/suggest", body: { draft, wishes: { ...fitting(wishes, draft.length), ...stride } } };
  }

  #hear(name: string, data: unknown): void {
    if (name === "suggestion") this.#add([this.#dressed(data as Suggestion)]);
    if (name === "verse") this.#add((data as Suggestion[]).map((one) => this.#dressed(one)));
    if (name === "status") this.#wait(data as { message: string; seconds_left: number | null });
    if (name === "failed") this.#say((data as { message: string }).message, true);
  }

  /** What is being waited for, with a time that runs down. */
  #wait({ message, seconds_left }: { message: string; seconds_left: number | null }): void {
    const end = performance.now() + (seconds_left ?? 0) * 1000;
    const tell = (): void => {
      const left = Math.ceil((end - performance.now()) / 1000);
      const time = left > 0 ? `About ${left} s left.` : "A moment more.";
      this.#note.textContent = seconds_left === null ? message : `${message} ${time}`;
    };
    this.#say("");
    tell();
    this.#waiting = setInterval(tell, 1000);
  }

  #dressed(one: Suggestion): Suggestion {
    const word = this.#asked.kind === "rewrite" && one.words.length === 1;
    return word ? one : { ...one, text: dressed(one.text, this.#view.state.doc.toJSON()) };
  }

  #add(lines: Suggestion[]): void {
    const place = this.#cards.length + 1;
    const element: HTMLElement = card(lines, place <= 9 ? place : null, {
      place: () => this.#place(lines, element),
      word: (word) => {
        placeWord(this.#view, word);
        announce(`Put in: ${word}`);
      },
      keep: () => {
        for (const { text } of lines) this.tray.keep({ text, by: "suggested" });
        this.#dismiss(element, `Kept: ${lines[0]!.text}`);
      },
      dismiss: () => this.#dismiss(element, "Dismissed"),
    });
    this.#cards.push({ lines, element });
    if (this.#cards.length === 1) this.#say("");
    this.#list.append(element);
  }

  #done(): void {
    const first = this.#cards[0]?.lines[0];
    this.#again.hidden = false;
    if (first)
      announce(`${this.#cards.length} suggestions. First: ${first.text}. ${first.reasons[0] ?? ""}. Alt+1 puts it in.`);
    else if (!this.#note.textContent) this.#say("Nothing came. Ask again, or wish for less.", true);
  }

  #place(lines: readonly Suggestion[], element: HTMLElement): void {
    const asked = this.#asked;
    const text = lines.map((line) => line.text).join("\n");
    const { doc } = this.#view.state;
    const there = "line" in asked && asked.line <= doc.lines && doc.line(asked.line).text === asked.text;
    if (asked.kind === "rewrite" && there && asked.word && lines[0]!.words.length === 1)
      replaceWord(this.#view, asked.word.from, asked.word.to, text);
    else if ("line" in asked && there) replaceLine(this.#view, asked.line, text, "suggested");
    else if (lines.length > 1)
      placeLines(
        this.#view,
        lines.map((line) => ({ text: line.text, by: "suggested" as const })),
      );
    else placeLine(this.#view, text, "suggested");
    element.classList.add("used");
    announce(`In the sheet: ${text}`);
    if (matchMedia("(max-width: 900px)").matches) this.#open(false);
    this.#view.focus();
  }

  #dismiss(element: HTMLElement, sentence: string): void {
    const place = this.#cards.findIndex((one) => one.element === element);
    const inside = element.contains(document.activeElement);
    this.#cards.splice(place, 1);
    element.remove();
    for (const [at, one] of this.#cards.entries()) {
      const digit = one.element.querySelector(".digit");
      if (digit) digit.textContent = String(at + 1);
    }
    if (inside) (this.#cards[place] ?? this.#cards[place - 1])?.element.querySelector<HTMLElement>(".line")?.focus();
    announce(sentence);
  }

  #draw(): void {
    fill(this.#list);
    this.#say("");
  }

  #busy(busy: boolean): void {
    this.element.classList.toggle("busy", busy);
    this.#list.setAttribute("aria-busy", String(busy));
  }

  #say(sentence: string, aloud = false): void {
    clearInterval(this.#waiting);
    this.#note.textContent = sentence;
    this.#note.classList.toggle("trouble", aloud);
    if (aloud) announce(sentence);
  }
}

/** Wishes may name only lines that are sent. */
function fitting(wishes: Wishes, lines: number): Wishes {
  const { rhyme_with, like, ...rest } = wishes;
  return {
    ...rest,
    ...(rhyme_with && rhyme_with <= lines ? { rhyme_with } : {}),
    ...(like && like <= lines ? { like } : {}),
  };
}
