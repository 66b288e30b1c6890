/**
 * One open song: what is written goes to this browser first (within a tenth of a second), then to the server (begun
 * within a third of a second, one save at a time). A dead server only delays the second.
 */

import { type Document, emptySong, type Parked, tidy } from "../song/document";
import { Hues } from "../song/letters";
import type { Sheet, Snapshot } from "../sheet/sheet";
import { Away, ask, onServer, Refused, send } from "./api";
import { all, type Card, type Draft, keep, type Undo } from "./local";
import { gather, part, stepsOf } from "./parting";
import { rescue, sweep } from "./rescue";
import { claim, onNews, recall, release, remember, tell } from "./tabs";

/** Where the text is safe, for the line under the title. */
export type Safety = "saved" | "saving" | "here" | "conflict" | "gone" | "refused";

export type Conflict = { revision: number; document: Document; branch: { id: string; name: string } };
export type Song = Card & {
  document: Document;
  history: string | null;
  branches: { id: string; name: string; created: string }[];
};

type Saved = { status: "saved" | "merged"; revision: number; updated: string; document?: Document };

/** What belongs to a song besides its lines. */
export type Extras = { title: string; scheme: string; words: Record<string, string>; parked: Parked[] };

const HERE = 80;
const THERE = 250;
const UNDO = 700;
const TAB = "quatrain-tab";

/** A new id, as the server likes them. */
export function newId(): string {
  return crypto.randomUUID().replaceAll("-", "");
}

/** The song that is open in this tab. */
export class Session {
  readonly sheet: Sheet;
  readonly #told: (session: Session) => void;
  extras: Extras = { title: "", scheme: "", words: {}, parked: [] };
  hues = new Hues();
  id = "";
  safety: Safety = "saved";
  problem = "";
  conflict: Conflict | null = null;
  branches: Song["branches"] = [];
  #client = "";
  #turn = 0;
  #base = 0;
  #sequence = 0;
  #dirty = false;
  #saving: Promise<void> | null = null;
  #resolves: string | undefined;
  #timers: Partial<Record<"here" | "there" | "undo", ReturnType<typeof setTimeout>>> = {};

  /** @param told - called whenever something besides the text changed: safety, extras, a conflict. */
  constructor(sheet: Sheet, told: (session: Session) => void) {
    this.sheet = sheet;
    this.#told = told;
    addEventListener("pagehide", () => this.#leave());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.#leave());
    onServer((lives) => (lives ? void this.save() : this.#say(this.#dirty ? "here" : this.safety)));
    onNews((news) => {
      if (news.kind === "saved" && news.song === this.id && news.client !== this.#client && news.revision > this.#base)
        void this.#hear();
    });
  }

  /** The revision of the server that this text grew from. */
  get base(): number {
    return this.#base;
  }

  /** The song as it is now. */
  get document(): Document {
    const { title, scheme, words, parked } = this.extras;
    return tidy({ title, lines: this.sheet.lines, scheme, words, parked });
  }

  /**
   * Opens a song: this browser's unsaved copy if there is one, else the server's text, else the last one seen.
   *
   * Until all of it is at hand the song before stays on the sheet and is kept; then they change at once.
   */
  async open(id: string, fresh?: Document): Promise<void> {
    if (id === this.id) return;
    const turn = (this.#turn += 1);
    await gather().catch(() => undefined);
    const copies = (await all("drafts").catch(() => []))
      .filter((draft) => draft.song === id)
      .sort((a, b) => b.at - a.at);
    const mine = await this.#take(copies.filter((draft) => draft.dirty));
    const asking = fresh ? null : ask<Song>("GET", `/api/songs/${id}`);
    const song = asking && (await asking.catch((error: unknown) => this.#unread(error, copies.length > 0)));
    const clean = mine
      ? undefined
      : copies.find((draft) => !draft.dirty && draft.base === (song?.revision ?? draft.base));
    const copy = mine ?? clean;
    const undo = copy && (await stepsOf(copy.client));
    const client = mine?.client ?? newId();
    if (!mine) await claim(client);
    if (turn !== this.#turn) return release(client); // another song was asked for meanwhile
    const before = this.#quit();
    this.id = id;
    this.#client = client;
    this.#base = mine?.base ?? song?.revision ?? clean?.base ?? 0;
    this.#sequence = mine?.sequence ?? 0;
    this.#dirty = Boolean(mine);
    this.branches = song?.branches ?? [];
    this.hues = new Hues(copy?.hues);
    const text = mine?.document ?? song?.document ?? clean?.document ?? fresh ?? emptySong();
    const lines = text.lines.length ? text.lines : emptySong().lines;
    const fits = undo && undo.text === lines.map((line) => line.text).join("\n") ? undo.history : undefined;
    this.#wear(text);
    this.sheet.load(lines, { line: copy?.line ?? 1, column: copy?.column ?? 0 }, fits);
    this.sheet.view.focus(); // at once: the next key belongs to the sheet
    this.#say(this.#dirty ? "here" : "saved");
    remember(TAB, client);
    await this.#keepHere().catch(() => undefined);
    this.#keepUndo();
    if (this.#dirty) this.#soon();
    await before;
    for (const old of copies) if (!old.dirty) void sweep(old.client);
  }

  /** Leaves the song that is open, at once; what it still has to keep is kept by and by. */
  #quit(): Promise<void> {
    if (!this.id) return Promise.resolve();
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#timers = {};
    const waiting = this.#dirty || this.#saving !== null;
    const draft = this.#draft(waiting);
    this.#keepUndo();
    this.#saving = null;
    this.conflict = null;
    this.problem = "";
    this.#resolves = undefined;
    return keep("drafts", draft)
      .catch(() => undefined)
      .then(() => (waiting ? rescue(draft) : release(draft.client)));
  }

  /** Something was written or changed. */
  touch(): void {
    if (!this.id) return;
    this.#dirty = true;
    if (this.safety === "saved") this.#say("saving");
    this.#timers.here ??= setTimeout(() => {
      this.#timers.here = undefined;
      this.#keepHere().catch(() =>
        this.#complain("This browser keeps no copy (its storage is full or closed). The notepad's own copy goes on."),
      );
    }, HERE);
    this.#timers.undo ??= setTimeout(() => {
      this.#timers.undo = undefined;
      this.#keepUndo();
    }, UNDO);
    this.#soon();
  }

  /** Changes title, scheme, words or tray. */
  change(extras: Partial<Extras>): void {
    this.extras = { ...this.extras, ...extras };
    this.touch();
    this.#told(this);
  }

  /** Saves now what is not saved yet; resolves when the server has it, or cannot be had. */
  async save(): Promise<void> {
    while (this.#saving) await this.#saving;
    if (!this.#dirty || !this.id || this.safety === "gone") return;
    const saving = this.#send().finally(() => {
      if (this.#saving === saving) this.#saving = null;
    });
    this.#saving = saving;
    await saving;
  }

  /** In a conflict: this tab's text becomes the song; the other one is kept among the versions. */
  async keepMine(): Promise<void> {
    if (!this.conflict) return;
    this.#base = this.conflict.revision;
    this.#resolves = this.conflict.branch.id;
    this.conflict = null;
    this.#dirty = true;
    await this.save();
  }

  /** In a conflict: the other text becomes this tab's; ours stays among the versions. */
  async takeTheirs(): Promise<void> {
    if (!this.conflict) return;
    const song = await ask<Song>("GET", `/api/songs/${this.id}`);
    this.conflict = null;
    this.adopt(song);
  }

  /** Shows a text of the server's in place of ours (a version was brought back). */
  adopt(song: Song): void {
    this.#base = song.revision;
    this.#dirty = false;
    this.branches = song.branches;
    const snapshot = this.sheet.snapshot();
    this.sheet.absorb(snapshot, song.document.lines, true);
    this.#wear(song.document);
    this.#say("saved");
    void this.#keepHere();
  }

  /** The song was deleted for good elsewhere: it becomes a new one. */
  async saveAsNew(): Promise<string> {
    const id = newId();
    this.id = id;
    this.#base = 0;
    this.#sequence = 0;
    this.#dirty = true;
    this.#say("saving");
    await this.#keepHere();
    await this.save();
    return id;
  }

  async #send(): Promise<void> {
    const snapshot = this.sheet.snapshot();
    const { extras, document, id } = this;
    const client = this.#client;
    this.#dirty = false;
    this.#sequence += 1;
    this.#say(this.conflict ? "conflict" : "saving");
    await this.#keepHere(true).catch(() => undefined); // the sequence is on disk before the server can see it
    if (this.#client !== client) return; // the song was left: it is sent on from its copy
    const resolves = this.#resolves ? { resolves: this.#resolves } : {};
    const body = { base: this.#base, client, sequence: this.#sequence, document, ...resolves };
    try {
      const answer = await ask<Saved>("PUT", `/api/songs/${id}`, body);
      if (this.#client !== client) return;
      this.#base = answer.revision;
      this.#resolves = undefined;
      this.conflict = null;
      if (answer.status === "merged" && answer.document) this.#merge(snapshot, extras, answer.document);
      this.#say(this.#dirty ? "saving" : "saved");
      tell({ kind: "saved", song: this.id, client: this.#client, revision: this.#base });
      await this.#keepHere().catch(() => undefined);
      if (this.#dirty) this.#soon();
    } catch (error) {
      if (this.#client === client) this.#failed(error);
    } finally {
      this.sheet.drop(snapshot);
    }
  }

  #failed(error: unknown): void {
    this.#dirty = true;
    if (error instanceof Away) return this.#say("here"); // onServer saves as soon as it is back
    if (!(error instanceof Refused)) throw error;
    if (error.code === "conflict") {
      this.conflict = error.body as unknown as Conflict;
      this.#dirty = false; // the server keeps it as a branch; the next key sends it again
      return this.#say("conflict");
    }
    if (error.code === "unknown" && error.status === 404) return this.#say("gone");
    this.problem = error.message;
    this.#say("refused");
    this.#timers.there ??= setTimeout(() => {
      this.#timers.there = undefined;
      void this.save();
    }, 5000);
  }

  /** Another tab saved: take it in if nothing of ours waits; else our own save brings it. */
  async #hear(): Promise<void> {
    if (this.#dirty || this.#saving || this.conflict) return;
    const snapshot = this.sheet.snapshot();
    const extras = this.extras;
    const id = this.id;
    try {
      const song = await ask<Song>("GET", `/api/songs/${id}`);
      if (this.id !== id || this.#saving || song.revision <= this.#base) return;
      this.#base = song.revision;
      this.branches = song.branches;
      this.#merge(snapshot, extras, song.document);
      this.#say(this.#dirty ? "saving" : "saved");
      await this.#keepHere();
    } catch {
      // the next save will tell
    } finally {
      this.sheet.drop(snapshot);
    }
  }

  #merge(snapshot: Snapshot, before: Extras, document: Document): void {
    this.sheet.absorb(snapshot, document.lines);
    const theirs = extrasOf(document);
    const now = this.extras;
    const pick = <K extends keyof Extras>(name: K): Extras[K] =>
      now[name] === before[name] ? theirs[name] : now[name];
    this.extras = { title: pick("title"), scheme: pick("scheme"), words: pick("words"), parked: pick("parked") };
    this.#told(this);
  }

  #wear(document: Document): void {
    this.extras = extrasOf(document);
    this.#told(this);
  }

  /** Takes over a copy that a closed or reloaded tab left unsaved; others of that kind are sent on as they are. */
  async #take(copies: Draft[]): Promise<Draft | undefined> {
    let mine: Draft | undefined;
    for (const copy of copies) {
      const ours = recall(TAB) === copy.client; // this very tab, just reloaded: it lets go in a moment
      if (!(await claim(copy.client, ours ? 1500 : 0))) continue; // its tab lives
      if (!mine) mine = copy;
      else void rescue(copy);
    }
    return mine;
  }

  #unread(error: unknown, known: boolean): null {
    if (error instanceof Away || known) return null;
    if (error instanceof Refused && error.status === 404) return null;
    throw error;
  }

  #soon(): void {
    this.#timers.there ??= setTimeout(() => {
      this.#timers.there = undefined;
      void this.save();
    }, THERE);
  }

  async #keepHere(dirty = this.#dirty): Promise<void> {
    if (this.id) await keep("drafts", this.#draft(dirty));
  }

  #draft(dirty: boolean): Draft {
    return {
      client: this.#client,
      song: this.id,
      base: this.#base,
      sequence: this.#sequence,
      document: this.document,
      dirty: dirty || this.safety === "conflict",
      at: Date.now(),
      ...this.sheet.cursor,
      hues: this.hues.kept,
    };
  }

  #keepUndo(): void {
    if (this.id) void keep("undo", this.#steps()).catch(() => undefined);
  }

  #steps(): Undo {
    return { client: this.#client, text: this.sheet.view.state.doc.toString(), history: this.sheet.undo };
  }

  /** The page goes: everything is kept at once, and sent to the server without waiting. */
  #leave(): void {
    if (!this.id) return;
    const waiting = this.#dirty || this.#saving !== null;
    if (this.#dirty && !this.#saving && !this.conflict) {
      this.#sequence += 1;
      const body = { base: this.#base, client: this.#client, sequence: this.#sequence, document: this.document };
      if (JSON.stringify(body).length < 60_000)
        void send("PUT", `/api/songs/${this.id}`, body, { keepalive: true }).catch(() => undefined);
    }
    const draft = this.#draft(waiting);
    part(waiting ? draft : null, this.#steps());
    void keep("drafts", draft).catch(() => undefined);
    this.#keepUndo();
  }

  #say(safety: Safety): void {
    this.safety = safety;
    if (safety !== "refused") this.problem = "";
    this.#told(this);
  }

  #complain(sentence: string): void {
    this.problem = sentence;
    this.#told(this);
  }
}

function extrasOf(document: Document): Extras {
  return {
    title: document.title,
    scheme: document.scheme ?? "",
    words: document.words ?? {},
    parked: document.parked ?? [],
  };
}
