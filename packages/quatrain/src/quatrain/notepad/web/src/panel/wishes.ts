/** What is wished of the next line, asked in a sentence: "A line that rhymes with gate, in ten syllables, …". */

import type { EditorView } from "@codemirror/view";
import { fill, h } from "../look/dom";
import { isSung } from "../song/document";
import { sectionAt, stanzas } from "../song/sections";
import { heardAt } from "../sheet/hearing";
import { targetAt } from "../sheet/placing";
import { rhymes } from "../sheet/rhymes";
import { countsOf, shown } from "../sound/syllables";

/** The engine's wishes, as the contract has them. */
export type Wishes = {
  scheme?: string;
  rhyme_with?: number | null;
  like?: number | null;
  syllables?: number | null;
  words?: string[];
  kinds?: string[];
  count?: number;
  seed?: number;
};

const EXACT = ["perfect", "feminine"];
const NEAR = [...EXACT, "rich", "family", "consonance", "last syllable", "assonance"];
const BACK = 12;

/** Where a scheme stands at a line: its letter, and the line (from 1) that asks for the rhyme; null if none does. */
export function schemePlace(
  lines: readonly string[],
  number: number,
  scheme: string,
): { letter: string; partner: number | null } | null {
  if (!scheme) return null;
  const section = sectionAt(lines, Math.max(0, number - 2));
  const sung: number[] = [];
  for (let place = section.from; place < Math.min(number - 1, section.to); place += 1)
    if (isSung(lines[place]!)) sung.push(place + 1);
  const index = sung.length;
  const letter = scheme[index % scheme.length]!;
  const start = index - (index % scheme.length);
  if (letter === "X") return { letter, partner: null };
  for (let other = index - 1; other >= start; other -= 1) {
    if (scheme[other % scheme.length] === letter) return { letter, partner: sung[other]! };
  }
  return { letter, partner: null };
}

/** The form; it follows the cursor. */
export class WishForm {
  readonly element: HTMLElement;
  readonly #view: EditorView;
  readonly #scheme: (line: number) => string;
  readonly #rhyme = h("select", { class: "inline", "aria-label": "Rhymes with" });
  readonly #kinds = h(
    "select",
    { class: "inline", "aria-label": "How close the rhyme is" },
    h("option", { value: "exact" }, "perfectly"),
    h("option", { value: "near" }, "nearly or perfectly"),
  );
  readonly #syllables = h("input", {
    class: "inline number",
    type: "number",
    min: 1,
    max: 20,
    placeholder: "any",
    "aria-label": "Syllables",
  });
  readonly #like = h("select", { class: "inline", "aria-label": "Same shape as" });
  readonly #words = h("input", {
    class: "inline words",
    type: "text",
    maxlength: 200,
    placeholder: "rain, iron, harbour",
    "aria-label": "Words for the mood",
    autocomplete: "off",
  });
  #known = "";

  /** @param scheme - the scheme wished for the section of a line (from 1). */
  constructor(view: EditorView, scheme: (line: number) => string) {
    this.#view = view;
    this.#scheme = scheme;
    const closeness = h("span", { class: "whole" }, this.#kinds, ",");
    this.element = h(
      "p",
      { class: "wishes" },
      "A line that rhymes with ",
      this.#rhyme,
      closeness,
      " in ",
      this.#syllables,
      " syllables, shaped like ",
      this.#like,
      ", with a feeling of ",
      this.#words,
    );
    this.#rhyme.addEventListener("change", () => {
      this.#near();
      this.#measure();
    });
    this.#like.addEventListener("change", () => this.#measure());
    this.follow();
  }

  /** How close the rhyme is, is only asked where there is one. */
  #near(): void {
    const chosen = this.#rhyme.value;
    this.#kinds.hidden = chosen === "none" || ((chosen === "auto" || chosen === "scheme") && !this.#partner());
  }

  /** The line (from 1) that is to be rhymed with. */
  #partner(): number | null {
    const chosen = this.#rhyme.value;
    const lines = this.#view.state.doc.toJSON();
    if (chosen === "scheme")
      return schemePlace(lines, this.number, this.#scheme(Math.min(this.number, lines.length)))?.partner ?? null;
    if (chosen === "auto") return this.#waiting(this.number);
    return chosen.startsWith("line:") ? Number(chosen.slice(5)) : null;
  }

  /** Where the line will stand, from 1. */
  get number(): number {
    const target = targetAt(this.#view.state);
    return target.fills ? target.number : target.number + 1;
  }

  /** Offers what fits the cursor's place; choices that still exist stay. */
  follow(): void {
    const { doc } = this.#view.state;
    const number = this.number;
    const lines = doc.toJSON();
    const scheme = this.#scheme(Math.min(number, doc.lines));
    const above: number[] = [];
    for (let place = number - 1; place >= 1 && above.length < BACK; place -= 1)
      if (isSung(lines[place - 1] ?? "")) above.push(place);
    const known = JSON.stringify([number, scheme, above.map((line) => lines[line - 1])]);
    if (known === this.#known) return;
    this.#known = known;
    const place = schemePlace(lines, number, scheme);
    const usual = place
      ? {
          value: "scheme",
          label: place.partner
            ? `${this.#end(place.partner)} (${place.letter} of ${scheme})`
            : `nothing yet (${place.letter} of ${scheme})`,
        }
      : {
          value: "auto",
          label: this.#waiting(number) ? `${this.#end(this.#waiting(number)!)}, which waits` : "whatever comes",
        };
    const options = [
      usual,
      ...above.map((line) => ({ value: `line:${line}`, label: this.#label(line) })),
      { value: "none", label: "nothing" },
    ];
    this.#offer(this.#rhyme, options);
    this.#offer(this.#like, [
      { value: "", label: "any line" },
      ...above.map((line) => ({ value: `${line}`, label: `line ${line}: ${this.#end(line)}` })),
    ]);
    this.#near();
    this.#measure();
  }

  /** The count that is used if none is typed: of the line it is shaped like, of its rhyme, or of the line above. */
  #measure(): void {
    const same = Number(this.#like.value) || this.#partner();
    const count = same ? shown(heardAt(this.#view.state, same).strict) : this.implied;
    this.#syllables.placeholder = String(count ?? "any");
  }

  /** Without a rhyme and a shape the song keeps its stride: the count of the line directly above, if there is one. */
  get implied(): number | null {
    if (this.#like.value || this.#partner()) return null;
    const { state } = this.#view;
    const above = this.number - 1;
    if (above < 1 || !isSung(state.doc.line(above).text)) return null;
    const [fewest = 0] = countsOf(heardAt(state, above).strict); // "every" and "flower" are mostly sung short
    return fewest >= 1 && fewest <= 20 ? fewest : null;
  }

  /** The wishes for the place of the cursor. */
  get wishes(): Wishes {
    this.follow();
    const number = this.number;
    const { doc } = this.#view.state;
    const scheme = this.#scheme(Math.min(number, doc.lines));
    const chosen = this.#rhyme.value;
    const words = this.#words.value
      .split(/[,\s]+/)
      .filter(Boolean)
      .slice(0, 20);
    const syllables = Number(this.#syllables.value);
    const partner = this.#partner();
    return {
      ...(chosen === "scheme" ? { scheme } : {}),
      ...(partner ? { rhyme_with: partner } : {}),
      ...(this.#like.value ? { like: Number(this.#like.value) } : {}),
      ...(syllables >= 1 && syllables <= 20 ? { syllables } : {}),
      ...(words.length ? { words } : {}),
      kinds: this.#kinds.value === "near" ? NEAR : EXACT,
    };
  }

  /** The nearest line above in the stanza that has no rhyme yet. */
  #waiting(number: number): number | null {
    const lines = this.#view.state.doc.toJSON();
    const stanza = stanzas(lines.slice(0, number - 1)).at(-1) ?? [];
    if (stanza.at(-1) !== number - 2) return null;
    const found = this.#view.state.field(rhymes).marks;
    const place = stanza.findLast((line) => found[line] && found[line].hue === null);
    return place === undefined || number - place > 5 ? null : place + 1;
  }

  #end(line: number): string {
    return `“${heardAt(this.#view.state, line).words.at(-1)?.text ?? "…"}”`;
  }

  #label(line: number): string {
    const mark = this.#view.state.field(rhymes).marks[line - 1];
    return `${this.#end(line)} (line ${line}${mark?.hue == null ? "" : `, ${mark.letter}`})`;
  }

  #offer(select: HTMLSelectElement, options: { value: string; label: string }[]): void {
    const now = select.value;
    fill(select, ...options.map(({ value, label }) => h("option", { value }, label)));
    select.value = options.some(({ value }) => value === now) ? now : options[0]!.value;
  }
}
