/** The notepad: everything put together. */

import "./styles/page.css";
import type { EditorView } from "@codemirror/view";
import { EditorView as View } from "@codemirror/view";
import { ask, Away, onServer } from "./keep/api";
import { idInAddress, keepLast } from "./keep/address";
import { register } from "./keep/offline";
import { rescueAll } from "./keep/rescue";
import { newId, Session } from "./keep/session";
import type { Card } from "./keep/local";
import { Sounds } from "./keep/sounds";
import { onNews } from "./keep/tabs";
import { announce, liveRegion } from "./look/announce";
import { asked } from "./look/dialog";
import { h } from "./look/dom";
import { type Deeds, help, keys } from "./look/keys";
import { onPrefs, prefer, prefs, show } from "./look/prefs";
import { viewMenu } from "./look/viewmenu";
import { Page } from "./page";
import { Panel } from "./panel/panel";
import { Tray } from "./panel/tray";
import { wordMenu } from "./panel/wordmenu";
import { breakdown } from "./sheet/breakdown";
import { described } from "./sheet/describing";
import { headings } from "./sheet/headings";
import { setHearing } from "./sheet/hearing";
import { margin } from "./sheet/margin";
import { byOf, markAt } from "./sheet/marks";
import { targetAt } from "./sheet/placing";
import { listen, rhyming } from "./sheet/rhymes";
import { insertMenu, moveSection, type OpeningScheme, repeatChorus, schemeAt, sectionMenu } from "./sheet/sectionmenu";
import { Sheet } from "./sheet/sheet";
import { showStresses, stresses } from "./sheet/stresses";
import { exportMenu, printing } from "./shelf/exporting";
import { ShelfDrawer } from "./shelf/shelf";
import { named, versions } from "./shelf/versions";
import { voices } from "./shelf/voices";
import { wordButton } from "./sheet/wordbutton";
import { emptySong, isSung, nameOf } from "./song/document";

const narrow = matchMedia("(max-width: 900px)");

class Notepad {
  readonly session: Session;
  readonly sheet: Sheet;
  readonly page: Page;
  readonly panel: Panel;
  readonly shelf: ShelfDrawer;
  readonly sounds: Sounds;
  readonly #opening: OpeningScheme;
  #asking: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const hall = h("div");
    this.#opening = { get: () => this.session.extras.scheme, set: (scheme) => this.session.change({ scheme }) };
    this.sheet = new Sheet(
      hall,
      () => this.#extensions(),
      () => this.session.touch(),
    );
    this.session = new Session(this.sheet, () => this.#told());
    this.sounds = new Sounds((hearing) => this.view.dispatch({ effects: setHearing.of(hearing) }));
    const tray = new Tray(this.view, (parked) => this.session.change({ parked }));
    this.panel = new Panel(
      this.view,
      (line) => schemeAt(this.view, line, this.#opening),
      tray,
      (open) => this.#show("panel", open),
    );
    this.shelf = new ShelfDrawer(
      (id) => void this.open(id),
      () => void this.begin(),
      () => this.#show("shelf", false),
    );
    this.page = new Page(this.#doors(), this.panel.element, this.shelf.element);
    this.page.paper.append(hall);
    this.page.title.addEventListener("input", () => this.session.change({ title: this.page.title.value }));
    this.page.title.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "ArrowDown") return;
      event.preventDefault();
      this.view.focus();
    });
    document.body.append(liveRegion());
    printing(() => this.session.document);
    onPrefs(({ stress }) => {
      showStresses(this.view, stress);
      this.view.dispatch({ effects: listen.of(null) });
      this.view.requestMeasure();
    });
    onServer((lives) => lives && void rescueAll(this.session.id).catch(() => undefined));
    onServer((lives) =>
      announce(
        lives
          ? "The notepad is back; everything is saved."
          : "The notepad's server does not answer. Keep writing: the text is kept in this browser.",
      ),
    );
    onNews((news) => news.kind === "erased" && news.song === this.session.id && this.#told());
    addEventListener("popstate", () => void this.open(idInAddress() ?? newId(), false));
    addEventListener("keydown", (event) => this.#outside(event));
  }

  get view(): EditorView {
    return this.sheet.view;
  }

  /** Opens a song by its id. */
  async open(id: string, push = true): Promise<void> {
    try {
      await this.session.open(id);
    } catch (error) {
      this.page.notify(error instanceof Error ? error.message : String(error));
      if (!this.session.id) await this.begin(); // there is always a sheet whose words are kept
      return;
    }
    this.#opened(id, push);
  }

  /** Begins a new song. */
  async begin(): Promise<void> {
    const id = newId();
    await this.session.open(id, emptySong());
    this.#opened(id, true);
    this.page.title.focus();
  }

  /** The song of the address, the last one, the newest, or a new one. */
  async start(): Promise<void> {
    show();
    this.#show("panel", prefs().panel && !narrow.matches);
    void this.sounds.load();
    const wanted = idInAddress() ?? keepLast();
    if (wanted) await this.open(wanted, false);
    else {
      const newest = await ask<{ songs: Card[] }>("GET", "/api/songs?limit=1")
        .then(({ songs }) => songs[0]?.id)
        .catch(() => undefined);
      if (newest) await this.open(newest, false);
      else await this.begin();
    }
    void rescueAll(this.session.id).catch(() => undefined);
    const state = await ask<{ notice: string | null; blind: boolean }>("GET", "/api/state").catch(() => null);
    if (state?.notice) this.page.notify(state.notice);
    this.page.offer("compare", state?.blind ?? false);
    await register().catch(() => undefined); // without it, only a reload needs the server
  }

  #opened(id: string, push: boolean): void {
    const address = `/song/${id}`;
    if (push && location.pathname !== address) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
    keepLast(id);
    if (narrow.matches) this.#show("shelf", false);
    else if (!this.shelf.element.hidden) void this.shelf.show(id);
    this.panel.follow();
    void this.sounds.ask();
  }

  /** Everything about the song that is not its text. */
  #told(): void {
    const { session, page } = this;
    const { title, words, parked } = session.extras;
    if (page.title.value !== title) page.title.value = title;
    document.title = `${title.trim() || (session.id ? nameOf(session.document) : "Quatrain")} · Quatrain`;
    page.safe(session.safety);
    if (this.sounds) this.sounds.yours = words;
    this.panel.tray.show(parked);
    if (session.conflict) {
      page.about(
        "Another tab changed the same lines. Your text stays here and is kept as a version until you choose.",
        choice("Keep mine", () => session.keepMine()),
        choice("Take the other", () => session.takeTheirs()),
        choice("Look at both", () => versions(session, () => this.view.focus())),
      );
    } else if (session.safety === "gone") {
      const anew = choice("Save it as a new song", async () => this.#opened(await session.saveAsNew(), true));
      page.about("This song was deleted for good elsewhere. Your text is still here.", anew);
    } else if (session.problem) page.about(session.problem);
    else if (session.branches.length) {
      const look = choice("Look at it", () => versions(session, () => this.view.focus()));
      const enough = choice("Dismiss", () => {
        session.branches = [];
        page.about("");
      });
      page.about("There is a second text of this song, from two tabs that changed the same lines.", look, enough);
    } else page.about("");
  }

  #extensions() {
    return [
      keys(() => this.#deeds()),
      margin((line, at) => breakdown(this.view, line, at, (word, count) => this.#sing(word, count))),
      rhyming(
        () => prefs().ear,
        () => this.session.hues,
      ),
      headings((view, line, at) => sectionMenu(view, line, at, this.#opening)),
      stresses(prefs().stress),
      wordButton((view) => void wordMenu(view, this.panel)),
      View.contentAttributes.of({ "aria-describedby": "line-info" }),
      View.updateListener.of((update) => {
        if (update.docChanged || update.selectionSet || update.transactions.some((one) => one.effects.length > 0))
          this.#soon();
      }),
    ];
  }

  /** What follows the writing after a breath: the line's description, the wishes, words that are not known yet. */
  #soon(): void {
    this.#asking ??= setTimeout(() => {
      this.#asking = undefined;
      this.page.info.textContent = described(this.view, this.#opening);
      this.panel.follow();
      void this.sounds.ask();
    }, 200);
  }

  #sing(word: string, count: number | null): void {
    const words = { ...this.session.extras.words };
    if (count === null) delete words[word];
    else words[word] = String(count);
    this.session.change({ words });
  }

  #doors() {
    const back = (): void => this.view.focus();
    return {
      shelf: () => this.#show("shelf", Boolean(this.shelf.element.hidden)),
      panel: () => this.#show("panel", !document.querySelector(".app.with-panel")),
      insert: (at: DOMRect) => insertMenu(this.view, at),
      view: (at: DOMRect) => viewMenu(at, back),
      versions: () => versions(this.session, back),
      export: (at: DOMRect) =>
        exportMenu(
          at,
          () => this.session.document,
          (sentence) => this.page.notify(sentence),
          back,
        ),
      voices: () => voices(back, () => this.panel.warm(true)),
      compare: () => void open("/blind/", "_blank", "noopener"),
      help: () => help(back),
    };
  }

  #deeds(): Deeds {
    const line = (): number => targetAt(this.view.state).number;
    const place = (): DOMRect => {
      const at = this.view.coordsAtPos(this.view.state.selection.main.head);
      return at ? new DOMRect(at.left, at.top, 1, at.bottom - at.top) : this.page.placeOf("insert");
    };
    return {
      suggest: () => void this.panel.ask(),
      toPanel: () => this.panel.focus(),
      word: (view) => wordMenu(view, this.panel),
      counts: () => breakdown(this.view, line(), place(), (word, count) => this.#sing(word, count)),
      section: () => sectionMenu(this.view, line(), place(), this.#opening),
      insert: () => insertMenu(this.view, place()),
      up: (view) => moveSection(view, -1),
      down: (view) => moveSection(view, 1),
      chorus: (view) => repeatChorus(view),
      park: () => this.#park(),
      version: () => void this.#nameVersion(),
      hear: () => announce(described(this.view, this.#opening)),
      shelf: () => this.#show("shelf", Boolean(this.shelf.element.hidden)),
      help: () => help(() => this.view.focus()),
      place: (place) => this.panel.place(place),
    };
  }

  /** Keys that work outside the sheet too. */
  #outside(event: KeyboardEvent): void {
    if (event.defaultPrevented || this.view.hasFocus || document.querySelector("dialog[open]")) return;
    const deeds = this.#deeds();
    const digit = event.altKey && !event.ctrlKey && !event.metaKey ? /^Digit([1-9])$/.exec(event.code)?.[1] : undefined;
    const chord = `${event.ctrlKey || event.metaKey ? "Mod-" : ""}${event.altKey ? "Alt-" : ""}${event.key}`;
    const found = (
      {
        F1: deeds.help,
        F6: () => this.view.focus(),
        "Mod-s": deeds.version,
        "Mod-Enter": deeds.suggest,
        "Alt-o": deeds.shelf,
      } as Record<string, Deeds["help"]>
    )[chord];
    if (digit ? !deeds.place(Number(digit)) : !found) return;
    event.preventDefault();
    if (!digit) found!(this.view);
  }

  #park(): void {
    const { state } = this.view;
    const line = state.doc.lineAt(state.selection.main.head);
    if (!isSung(line.text)) return announce("Only a sung line goes into the tray.");
    const by = byOf(markAt(state, line.from), line.text);
    this.panel.tray.keep({ text: line.text, by });
    const to = line.number < state.doc.lines ? line.to + 1 : line.to;
    this.view.dispatch({
      changes: { from: line.number < state.doc.lines ? line.from : Math.max(0, line.from - 1), to },
      userEvent: "delete.line",
    });
    this.#show("panel", true);
    announce(`In the tray: ${line.text}`);
  }

  async #nameVersion(): Promise<void> {
    const name = await asked("Keep a version", "Name", `Draft of ${new Date().toLocaleDateString()}`, "Keep");
    if (name)
      await named(this.session, name).catch((error: unknown) =>
        this.page.notify(error instanceof Error ? error.message : String(error)),
      );
    this.view.focus();
  }

  #show(part: "shelf" | "panel", open: boolean): void {
    this.page.toggled(part, open);
    if (part === "panel") {
      if (!narrow.matches && prefs().panel !== open) prefer({ panel: open });
      this.panel.follow();
      return;
    }
    this.shelf.element.hidden = !open;
    if (open) void this.shelf.show(this.session.id).then(() => this.shelf.focus());
    else this.view.focus();
  }
}

function choice(label: string, act: () => unknown): HTMLElement {
  const button = h("button", { type: "button", class: "plain" }, label);
  button.addEventListener("click", () => void act());
  return button;
}

const notepad = new Notepad();
notepad.start().catch((error: unknown) => {
  notepad.page.notify(error instanceof Away || error instanceof Error ? error.message : String(error));
});
/** For tests, and for the curious in the console. */
Object.assign(globalThis, { notepad: { view: notepad.view, session: notepad.session, sounds: notepad.sounds } });
