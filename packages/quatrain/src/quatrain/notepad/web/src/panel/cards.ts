/** A suggestion as a card: its line (click, Enter, drag; or only one of its words), why it is here, keep, dismiss. */

import { h, icon } from "../look/dom";
import { step } from "../look/dialog";
import { dragging, LINE, WORD } from "../sheet/dropping";

/** A suggestion, as the contract has it. */
export type Suggestion = {
  text: string;
  words: string[];
  tags: string[];
  syllables: number;
  partner: number | null;
  rhyme: string;
  relaxed: string[];
  score: number;
  reasons: string[];
};

/** What can be done with a card. */
export type Acts = {
  place: () => void;
  word: (word: string) => void;
  keep: () => void;
  dismiss: () => void;
};

/** The card of some lines (a verse has several); `key` is its digit, or nothing. */
export function card(lines: readonly Suggestion[], key: number | null, acts: Acts): HTMLElement {
  const text = lines.map((line) => line.text).join("\n");
  const words = h("span", { class: "single-words", hidden: true, role: "group", "aria-label": "Single words" });
  const label = `${text}. ${reasons(lines).join(". ")}`;
  const line = h(
    "div",
    {
      class: "line",
      role: "button",
      tabindex: 0,
      draggable: "true",
      "aria-label": label,
      "aria-keyshortcuts": key ? `Alt+${key}` : undefined,
    },
    ...lines.map((one) => h("span", { class: "sung" }, one.text)),
  );
  const why = h("p", { class: "why" }, ...lines.slice(0, 1).flatMap((one) => parts(one)));
  const split = h(
    "button",
    {
      type: "button",
      class: "quiet square",
      "aria-label": `Single words of: ${text}`,
      "aria-expanded": "false",
      title: "Single words",
    },
    icon("words"),
  );
  const keep = h(
    "button",
    { type: "button", class: "quiet square", "aria-label": `Keep for later: ${text}`, title: "Keep for later" },
    icon("keep"),
  );
  const dismiss = h(
    "button",
    { type: "button", class: "quiet square", "aria-label": `Dismiss: ${text}`, title: "Dismiss" },
    icon("close"),
  );
  const element = h(
    "li",
    { class: "card" },
    key ? h("kbd", { class: "digit", "aria-hidden": "true" }, key) : h("span", {}),
    h(
      "div",
      { class: "body" },
      line,
      words,
      h("div", { class: "foot" }, why, h("div", { class: "acts" }, keep, split, dismiss)),
    ),
  );
  line.addEventListener("click", acts.place);
  line.addEventListener("dragstart", (event) => {
    dragging(event, LINE, text, "suggested");
    element.classList.add("dragged");
  });
  line.addEventListener("dragend", () => element.classList.remove("dragged"));
  line.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      acts.place();
    }
    if (event.key === "Delete" || event.key === "Backspace") acts.dismiss();
    if (event.key === "k") acts.keep();
  });
  keep.addEventListener("click", acts.keep);
  dismiss.addEventListener("click", acts.dismiss);
  split.addEventListener("click", () => {
    if (!words.hasChildNodes()) words.append(...text.split(/\s+/).map((word) => chip(word, acts.word)));
    words.hidden = !words.hidden;
    split.setAttribute("aria-expanded", String(!words.hidden));
    if (!words.hidden) words.querySelector("button")?.focus();
  });
  words.addEventListener("keydown", (event) =>
    step(event, words.querySelectorAll("button"), ["ArrowLeft", "ArrowRight"]),
  );
  return element;
}

function chip(word: string, place: (word: string) => void): HTMLElement {
  const bare = word.replace(/^[^\p{L}\p{N}']+|[^\p{L}\p{N}']+$/gu, "") || word;
  const button = h("button", { type: "button", class: "chip", draggable: "true" }, bare);
  button.addEventListener("click", () => place(bare));
  button.addEventListener("dragstart", (event) => {
    event.stopPropagation();
    dragging(event, WORD, bare, "mine");
  });
  return button;
}

/** Why a suggestion is here, in sentences; of a verse, how many lines it has. */
export function reasons(lines: readonly Suggestion[]): string[] {
  return lines.length === 1 ? lines[0]!.reasons : [`${lines.length} lines`];
}

function parts(one: Suggestion): Node[] {
  const relaxed = new Set(one.relaxed);
  return one.reasons.map((reason) => {
    const lenient = reason.toLowerCase().startsWith("relaxed") || relaxed.has(reason);
    return h("span", { class: lenient ? "relaxed" : "" }, reason);
  });
}
