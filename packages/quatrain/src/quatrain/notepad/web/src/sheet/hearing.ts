/** How the sheet hears its lines: each text is scanned once, however often it is drawn. */

import { type EditorState, StateEffect, StateField } from "@codemirror/state";
import { isSung } from "../song/document";
import { Lexicon, type Pronunciation } from "../sound/lexicon";
import { type Mask, total } from "../sound/syllables";
import { key, type Token, words } from "../sound/words";

/** What is heard in one line. */
export type Heard = {
  words: (Token & { said: Pronunciation })[];
  strict: Mask;
  sung: Mask;
  usual: number;
  rough: boolean;
  end: Pronunciation | null;
};

const NOTHING: Heard = { words: [], strict: 1n, sung: 1n, usual: 0, rough: false, end: null };
const ROOM = 50_000;

/** A lexicon and the lines heard with it. */
export class Hearing {
  readonly lexicon: Lexicon;
  readonly #lines = new Map<string, Heard>();
  #scans = 0;

  constructor(lexicon: Lexicon = new Lexicon([])) {
    this.lexicon = lexicon;
  }

  /** How many lines were scanned so far. */
  get scans(): number {
    return this.#scans;
  }

  /** What is heard in a line; nothing in headings and empty lines. */
  line(text: string): Heard {
    if (!isSung(text)) return NOTHING;
    let heard = this.#lines.get(text);
    if (!heard) {
      this.#scans += 1;
      heard = this.#scan(text);
      if (this.#lines.size > ROOM) this.#lines.clear();
      this.#lines.set(text, heard);
    }
    return heard;
  }

  #scan(text: string): Heard {
    const found = words(text).map((token) => ({ ...token, said: this.lexicon.pronounce(key(token.text)) }));
    return {
      words: found,
      strict: total(found.map((word) => word.said.strict)),
      sung: total(found.map((word) => word.said.sung)),
      usual: found.reduce((sum, word) => sum + word.said.usual, 0),
      rough: found.some((word) => word.said.found === "rough"),
      end: found.at(-1)?.said ?? null,
    };
  }
}

/** Another lexicon: the table is loaded, the notepad answered, or the songwriter said how she sings a word. */
export const setHearing = StateEffect.define<Hearing>();

/** The sheet's hearing. */
export const hearing = StateField.define<Hearing>({
  create: () => new Hearing(),
  update: (value, transaction) => transaction.effects.findLast((effect) => effect.is(setHearing))?.value ?? value,
});

/** What is heard in line `number` (from 1). */
export function heardAt(state: EditorState, number: number): Heard {
  return state.field(hearing).line(state.doc.line(number).text);
}
