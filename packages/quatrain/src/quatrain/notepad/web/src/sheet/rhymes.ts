/** Rhymes on the sheet: the end word underlined in its group's colour (near ones dashed), the letter at the right. */

import { type EditorState, type Extension, type Range, RangeSet, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  gutter,
  GutterMarker,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { type Ear, Hues, type Mark, marks } from "../song/letters";
import { stanzas } from "../song/sections";
import { hearing } from "./hearing";

/** How long after the last key the rhymes are looked at again: a word half typed rhymes with nothing it means. */
const PAUSE = 350;

/** The rhymes of a sheet at one moment. */
export type Rhymes = {
  /** For each line (from 0) its mark; partners are lines of the sheet, from 0. */
  marks: readonly (Mark | null)[];
  words: DecorationSet;
  letters: RangeSet<GutterMarker>;
};

class Letter extends GutterMarker {
  readonly mark: Mark;

  constructor(mark: Mark) {
    super();
    this.mark = mark;
  }

  override eq(other: GutterMarker): boolean {
    if (!(other instanceof Letter)) return false;
    return (
      other.mark.letter === this.mark.letter && other.mark.hue === this.mark.hue && other.mark.solid === this.mark.solid
    );
  }

  override toDOM(): Node {
    const element = document.createElement("span");
    element.className = `letter ${look(this.mark)}`;
    element.textContent = this.mark.letter;
    return element;
  }
}

const setRhymes = StateEffect.define<Rhymes>();
const NONE: Rhymes = { marks: [], words: Decoration.none, letters: RangeSet.empty };

/** The rhymes as last looked at; they move with the text until the next look. */
export const rhymes = StateField.define<Rhymes>({
  create: () => NONE,
  update(value, transaction) {
    const fresh = transaction.effects.findLast((effect) => effect.is(setRhymes))?.value;
    if (fresh) return fresh;
    if (!transaction.docChanged) return value;
    return {
      marks: value.marks,
      words: value.words.map(transaction.changes),
      letters: value.letters.map(transaction.changes),
    };
  },
  provide: (field) => EditorView.decorations.from(field, (value) => value.words),
});

/** Looks at all rhymes of the sheet. */
export function rhymesOf(state: EditorState, ear: Ear, hues: Hues): Rhymes {
  const heard = state.field(hearing);
  const texts = state.doc.toJSON();
  const found: (Mark | null)[] = texts.map(() => null);
  for (const lines of stanzas(texts)) {
    const ends = lines.map((line) => heard.line(texts[line]!).end);
    for (const [place, mark] of marks(ends, ear, hues).entries()) {
      if (mark) found[lines[place]!] = { ...mark, partner: mark.partner === null ? null : lines[mark.partner]! };
    }
  }
  const words: Range<Decoration>[] = [];
  const letters: Range<GutterMarker>[] = [];
  for (const [place, mark] of found.entries()) {
    const word = mark && heard.line(texts[place]!).words.at(-1);
    if (!mark || !word) continue;
    const start = state.doc.line(place + 1).from;
    letters.push(new Letter(mark).range(start));
    if (mark.hue !== null && word.to > word.from)
      words.push(underlined(mark).range(start + word.from, start + word.to));
  }
  return { marks: found, words: RangeSet.of(words), letters: RangeSet.of(letters) };
}

/** Rhymes that follow the writing with a breath between. */
export function rhyming(ear: () => Ear, hues: () => Hues): Extension {
  const plugin = ViewPlugin.fromClass(
    class {
      timer: ReturnType<typeof setTimeout> | undefined;
      readonly view: EditorView;

      constructor(view: EditorView) {
        this.view = view;
        this.soon(0);
      }

      update(update: ViewUpdate): void {
        const other = update.startState.field(hearing) !== update.state.field(hearing);
        const asked = update.transactions.some((transaction) =>
          transaction.effects.some((effect) => effect.is(listen)),
        );
        const wider = update.docChanged && update.startState.doc.lines !== update.state.doc.lines;
        if (other || asked || wider) this.soon(0);
        else if (update.docChanged) this.soon(PAUSE);
      }

      soon(pause: number): void {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => {
          this.view.dispatch({ effects: setRhymes.of(rhymesOf(this.view.state, ear(), hues())) });
        }, pause);
      }

      destroy(): void {
        clearTimeout(this.timer);
      }
    },
  );
  const badges = gutter({
    class: "letters",
    side: "after",
    markers: (view) => view.state.field(rhymes).letters,
    initialSpacer: () => new Letter({ letter: "A", hue: null, solid: true, partner: null, kind: "none" }),
  });
  return [rhymes, plugin, badges];
}

/** Asks for a new look at once (the ear was changed). */
export const listen = StateEffect.define<null>();

function look(mark: Mark): string {
  return mark.hue === null ? "alone" : `hue-${mark.hue} ${mark.solid ? "solid" : "dashed"}`;
}

const known = new Map<string, Decoration>();

function underlined(mark: Mark): Decoration {
  const name = `rhyme ${look(mark)}`;
  if (!known.has(name)) known.set(name, Decoration.mark({ class: name }));
  return known.get(name)!;
}
