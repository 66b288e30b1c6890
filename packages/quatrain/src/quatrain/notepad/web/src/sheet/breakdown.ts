/** How each word of a line counts, and how the songwriter sings it: her own count is remembered in the song. */

import type { EditorView } from "@codemirror/view";
import { fill, h } from "../look/dom";
import { popover } from "../look/dialog";
import { announce } from "../look/announce";
import { decode } from "../sound/phones";
import { countsOf, shown } from "../sound/syllables";
import type { Pronunciation } from "../sound/lexicon";
import { heardAt } from "./hearing";
import { byOf, markAt } from "./marks";

const FOUND = {
  yours: "as you sing it",
  dictionary: "from the dictionary",
  rule: "built from a word of the dictionary",
  guess: "guessed from its letters",
  rough: "guessed until the notepad answers",
};

/** Opens the breakdown of line `number`; `sing` remembers a count (null: as the dictionary has it). */
export function breakdown(
  view: EditorView,
  number: number,
  at: DOMRect,
  sing: (word: string, count: number | null) => void,
): void {
  const list = h("ul", { class: "breakdown" });
  const sum = h("p", { class: "sum" });
  const draw = (): void => {
    if (number > view.state.doc.lines) return;
    const heard = heardAt(view.state, number);
    const seen = new Map(heard.words.map((word) => [word.said.word, { text: word.text, said: word.said }]));
    fill(
      list,
      ...[...seen.values()].map(({ text, said }) =>
        row(text, said, (count) => {
          sing(said.word, count);
          draw();
          announce(
            `${text}: ${count ?? "as in the dictionary"}. ` +
              `The line has ${shown(heardAt(view.state, number).strict)} syllables.`,
          );
        }),
      ),
    );
    const line = view.state.doc.line(number);
    const by = byOf(markAt(view.state, line.from), line.text);
    const whose =
      by === "suggested" ? " · a suggestion, as it came" : by === "edited" ? " · a suggestion, changed by you" : "";
    const sung = shown(heard.sung) === shown(heard.strict) ? "" : ` · can be sung in ${shown(heard.sung)}`;
    sum.textContent = `Line ${number}: ${shown(heard.strict)} syllables${sung}${whose}`;
  };
  draw();
  const window = popover(at, `Syllables of line ${number}`, () => view.focus(), sum, list);
  window.element.querySelector<HTMLElement>("button")?.focus();
}

function row(text: string, said: Pronunciation, sing: (count: number | null) => void): HTMLElement {
  const counts = countsOf(said.strict);
  const several = counts.length > 1; // then − and + choose among them
  const less = several ? counts[0]! : (counts[0] ?? 1) - 1;
  const more = several ? counts.at(-1)! : (counts[0] ?? 1) + 1;
  const fewer = h(
    "button",
    { type: "button", class: "step", "aria-label": `Sing ${text} in ${less}`, disabled: less < 1 },
    "−",
  );
  const plus = h(
    "button",
    { type: "button", class: "step", "aria-label": `Sing ${text} in ${more}`, disabled: more > 20 },
    "+",
  );
  const back = h(
    "button",
    { type: "button", class: "quiet small", "aria-label": `Count ${text} as the dictionary does` },
    "reset",
  );
  fewer.addEventListener("click", () => sing(less));
  plus.addEventListener("click", () => sing(more));
  back.addEventListener("click", () => sing(null));
  const readings = said.readings.map(decode).join(" or ");
  return h(
    "li",
    { title: `${FOUND[said.found]}${readings ? `: ${readings}` : ""}` },
    h("span", { class: "word" }, text),
    said.found === "yours" ? back : null,
    fewer,
    h(
      "output",
      { class: said.found === "yours" ? "n yours" : said.found === "rough" ? "n rough" : "n" },
      counts.join(" or ") || "?",
    ),
    plus,
  );
}
