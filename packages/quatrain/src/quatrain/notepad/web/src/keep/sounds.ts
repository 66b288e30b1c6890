/** Where pronunciations come from: the word tables (kept in this browser), and the notepad for words it lacks. */

import { type Entry, Lexicon, Table } from "../sound/lexicon";
import { Hearing } from "../sheet/hearing";
import { ask, onServer, send, serverLives } from "./api";
import { all, keep, kept } from "./local";

const TABLES = ["lexicon", "endings"] as const; // the dictionary, and what rules make of it
const AT_ONCE = 500;

type Kept = { tag: string; file: Uint8Array<ArrayBuffer> };

/** Pronunciations for the open song. */
export class Sounds {
  readonly #heard: (hearing: Hearing) => void;
  readonly #tables = new Map<string, Table>();
  readonly #answers = new Map<string, Entry>();
  #yours: ReadonlyMap<string, string> = new Map();
  #hearing = new Hearing();
  #asked = new Set<string>();
  #busy = false;

  /** @param heard - called with a new hearing whenever more is known. */
  constructor(heard: (hearing: Hearing) => void) {
    this.#heard = heard;
    onServer((lives) => lives && (this.#tables.size === TABLES.length ? void this.ask() : void this.load()));
  }

  /** The hearing now. */
  get hearing(): Hearing {
    return this.#hearing;
  }

  /** Loads the tables from this browser, then looks whether the notepad has newer ones. */
  async load(): Promise<void> {
    if (!this.#answers.size)
      for (const { word, ...entry } of await all("sounds").catch(() => [])) this.#answers.set(word, entry);
    for (const name of TABLES) await this.#load(name);
    await this.ask();
  }

  async #load(name: string): Promise<void> {
    const old = (await kept("things", name).catch(() => undefined))?.value as Kept | undefined;
    if (old && !this.#tables.has(name)) await this.#use(name, old).catch(() => undefined);
    try {
      const answer = await send("GET", `/api/table/${name}`, undefined, {
        headers: old ? { "If-None-Match": old.tag } : {},
      });
      if (answer.status === 304) return;
      const fresh: Kept = { tag: answer.headers.get("ETag") ?? "", file: new Uint8Array(await answer.arrayBuffer()) };
      if (old && fresh.tag === old.tag) return;
      await this.#use(name, fresh);
      await keep("things", { name, value: fresh });
    } catch {
      // the counts stay as they are until the notepad is there, or has made the table
    }
  }

  /** A song's own pronunciations. */
  set yours(words: Record<string, string>) {
    const fresh = new Map(Object.entries(words));
    if (fresh.size === this.#yours.size && [...fresh].every(([word, text]) => this.#yours.get(word) === text)) return;
    this.#yours = fresh;
    this.#renew();
  }

  /** Asks the notepad for words that the table lacks. */
  async ask(): Promise<void> {
    if (this.#busy || !this.#tables.size || !serverLives()) return;
    const wanted = this.#hearing.lexicon.unknown
      .filter((word) => !this.#asked.has(word) && word.length <= 60)
      .slice(0, AT_ONCE);
    if (!wanted.length) return;
    this.#busy = true;
    try {
      const { words } = await ask<{ words: Record<string, Entry> }>("POST", "/api/sound", { words: wanted });
      const found = Object.entries(words).map(([word, { readings, found }]) => ({ word, readings, found }));
      for (const { word, ...entry } of found) this.#answers.set(word, entry);
      for (const word of wanted) this.#asked.add(word);
      this.#renew();
      await keep("sounds", ...found).catch(() => undefined);
    } catch {
      // asked again at the next pause, or when the server is back
    } finally {
      this.#busy = false;
    }
  }

  async #use(name: string, { file }: Kept): Promise<void> {
    this.#tables.set(name, await Table.read(file));
    this.#renew();
  }

  #renew(): void {
    this.#hearing = new Hearing(
      new Lexicon(
        TABLES.flatMap((name) => this.#tables.get(name) ?? []),
        this.#answers,
        this.#yours,
      ),
    );
    this.#heard(this.#hearing);
  }
}
