/** A word's menu: what rhymes with it, by kind and syllables; words of the same meaning; write it or its line anew. */

import type { EditorView } from "@codemirror/view";
import { announce } from "../look/announce";
import { fill, h, type Child } from "../look/dom";
import { popover, put, step } from "../look/dialog";
import { ask } from "../keep/api";
import { dragging, WORD } from "../sheet/dropping";
import { replaceWord, wordAt } from "../sheet/placing";
import { shown } from "../sound/syllables";
import { sungText } from "../sound/words";
import type { Panel } from "./panel";

type Found = { word: string; syllables: number; common?: number; same_metre?: boolean };
type RhymeGroup = { kind: string; label: string; syllables: number; words: Found[] };
type Synonyms = { tag: string; groups: { gloss: string; words: Found[] }[] };
type Here = NonNullable<ReturnType<typeof wordAt>>;

const NEAR = "perfect,feminine,rich,family,consonance,assonance";

/** Opens the menu of the word at the cursor; false if there is none. */
export function wordMenu(view: EditorView, panel: Panel): boolean {
  const here = wordAt(view.state);
  if (!here) {
    announce("There is no word at the cursor.");
    return true;
  }
  const start = view.coordsAtPos(here.from);
  const end = view.coordsAtPos(here.to);
  if (!start || !end) return true;
  const at = new DOMRect(start.left, start.top, Math.max(1, end.right - start.left), start.bottom - start.top);
  const body = h("div", { class: "word-body" });
  const tab = (label: string, show: () => void): HTMLButtonElement => {
    const button = h("button", { type: "button", role: "tab", "aria-selected": "false" }, label);
    button.addEventListener("click", () => {
      for (const other of tabs) other.setAttribute("aria-selected", String(other === button));
      show();
    });
    return button;
  };
  const use = (word: string): void => {
    window.close();
    replaceWord(view, here.from, here.to, word);
    view.focus();
    announce(`${here.text} is now ${word}`);
  };
  const place = (): void => put(window.element, at);
  const tabs = [
    tab("Rhymes", () => void rhymes(body, here, use, place)),
    tab("Same meaning", () => void synonyms(body, here, sungText(view.state.doc.line(here.line).text), use, place)),
  ];
  const anew = (label: string, word: Here | null): HTMLElement => {
    const button = h("button", { type: "button", class: "quiet" }, label);
    button.addEventListener("click", () => {
      window.close();
      panel.rewrite(here.line, word);
    });
    return button;
  };
  const head = h(
    "header",
    { class: "word-head" },
    h("strong", {}, here.text),
    h("span", { class: "faint" }, syllables(here)),
  );
  const list = h("div", { role: "tablist", class: "tabs", "aria-label": `About ${here.text}` }, ...tabs);
  list.addEventListener("keydown", (event) => step(event, tabs, ["ArrowLeft", "ArrowRight"]));
  const window = popover(
    at,
    `The word ${here.text}`,
    () => view.focus(),
    head,
    list,
    body,
    h("footer", { class: "row" }, anew("Another word here", here), anew("This line anew", null)),
  );
  window.element.classList.add("word-menu");
  tabs[0]!.click();
  tabs[0]!.focus();
  return true;
}

function syllables(here: Here): string {
  const count = shown(here.said.strict);
  return `${count} ${count === "1" ? "syllable" : "syllables"}`;
}

async function rhymes(body: HTMLElement, here: Here, use: (word: string) => void, drawn: () => void): Promise<void> {
  const near = h("input", { type: "checkbox" });
  const length = h(
    "select",
    { class: "inline", "aria-label": "Syllables" },
    h("option", { value: "" }, "any length"),
    ...[1, 2, 3, 4].map((n) => h("option", { value: n }, `${n} ${n === 1 ? "syllable" : "syllables"}`)),
  );
  const found = h("div", { class: "found" });
  const load = async (): Promise<void> => {
    const query = new URLSearchParams({
      word: here.key,
      limit: "40",
      ...(near.checked ? { kinds: NEAR } : { kinds: "perfect,feminine" }),
      ...(length.value ? { syllables: length.value } : {}),
    });
    await show(
      found,
      async () => {
        const { groups } = await ask<{ groups: RhymeGroup[] }>("GET", `/api/rhymes?${query}`);
        return groups.map((group) =>
          set(
            `${group.label || group.kind} · ${group.syllables} ${group.syllables === 1 ? "syllable" : "syllables"}`,
            group.words,
            use,
          ),
        );
      },
      `No word rhymes with ${here.text} in this way.`,
    );
    drawn();
  };
  near.addEventListener("change", () => void load());
  length.addEventListener("change", () => void load());
  fill(body, h("div", { class: "row" }, length, h("label", { class: "check" }, near, "near rhymes too")), found);
  await load();
}

async function synonyms(
  body: HTMLElement,
  here: Here,
  line: string,
  use: (word: string) => void,
  drawn: () => void,
): Promise<void> {
  const found = h("div", { class: "found" });
  fill(body, found);
  const query = new URLSearchParams({ word: here.key, line, place: String(here.place) });
  await show(
    found,
    async () => {
      const { groups } = await ask<Synonyms>("GET", `/api/synonyms?${query}`);
      return groups.map((group) => set(group.gloss, group.words, use));
    },
    `No other word for ${here.text} is known.`,
  );
  drawn();
}

function set(label: string, words: readonly Found[], use: (word: string) => void): HTMLElement {
  const chips = words.map(({ word, same_metre }) => {
    const button = h(
      "button",
      {
        type: "button",
        class: same_metre ? "chip same" : "chip",
        draggable: "true",
        title: same_metre ? "the same metre" : undefined,
      },
      word,
    );
    button.addEventListener("click", () => use(word));
    button.addEventListener("dragstart", (event) => dragging(event, WORD, word, "mine"));
    return button;
  });
  const row = h("div", { class: "chips" }, ...chips);
  row.addEventListener("keydown", (event) => step(event, chips, ["ArrowLeft", "ArrowRight"]));
  return h("section", {}, h("h4", {}, label), row);
}

async function show(found: HTMLElement, load: () => Promise<Child[]>, nothing: string): Promise<void> {
  try {
    const sets = await load();
    fill(found, ...(sets.length ? sets : [h("p", { class: "note" }, nothing)]));
  } catch (error) {
    fill(found, h("p", { class: "note trouble" }, error instanceof Error ? error.message : String(error)));
  }
}
