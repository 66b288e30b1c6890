/** Windows over the sheet: dialogs, popovers and menus; Escape closes them and the focus goes back. */

import { fill, h, icon, type Child } from "./dom";

export type Dialog = { element: HTMLDialogElement; body: HTMLElement; close: () => void };

/** Opens a dialog with a heading; it removes itself when it closes. */
export function dialog(
  title: string,
  options: { class?: string; closed?: () => void } = {},
  ...children: Child[]
): Dialog {
  const before = document.activeElement;
  const body = h("div", { class: "dialog-body" }, ...children);
  const shut = h("button", { class: "quiet square", type: "button", "aria-label": "Close" }, icon("close"));
  const heading = h("h2", { id: `dialog-${(serial += 1)}` }, title);
  const element = h(
    "dialog",
    { class: `dialog ${options.class ?? ""}`, "aria-labelledby": heading.id },
    h("header", {}, heading, shut),
    body,
  );
  const close = (): void => element.close();
  shut.addEventListener("click", close);
  element.addEventListener("click", (event) => event.target === element && close());
  element.addEventListener("close", () => {
    element.remove();
    options.closed?.();
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  });
  document.body.append(element);
  element.showModal();
  return { element, body, close };
}

/** Asks one thing; answers true when the person says yes. */
export function confirmed(title: string, sentence: string, yes: string): Promise<boolean> {
  return new Promise((answer) => {
    let agreed = false;
    const agree = h("button", { class: "plain danger", type: "button" }, yes);
    const refuse = h("button", { class: "plain", type: "button", autofocus: true }, "Cancel");
    const window = dialog(
      title,
      { class: "small", closed: () => answer(agreed) },
      h("p", {}, sentence),
      h("div", { class: "row end" }, refuse, agree),
    );
    refuse.addEventListener("click", window.close);
    agree.addEventListener("click", () => {
      agreed = true;
      window.close();
    });
  });
}

/** Asks for a line of text; null when the person leaves. */
export function asked(title: string, label: string, value: string, yes: string): Promise<string | null> {
  return new Promise((answer) => {
    let given: string | null = null;
    const input = h("input", { class: "field", value, maxlength: 200, "aria-label": label, autofocus: true });
    const form = h(
      "form",
      {},
      h("label", { class: "stack" }, label, input),
      h("div", { class: "row end" }, h("button", { class: "plain strong" }, yes)),
    );
    const window = dialog(title, { class: "small", closed: () => answer(given) }, form);
    input.select();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      given = input.value.trim() || null;
      window.close();
    });
  });
}

export type Popover = { element: HTMLElement; close: () => void };
let open: Popover | null = null;
let serial = 0;

/** Opens a small window beside a rectangle; there is at most one. */
export function popover(at: DOMRect, label: string, back: () => void, ...children: Child[]): Popover {
  open?.close();
  const element = h("div", { class: "popover", role: "dialog", "aria-label": label, tabindex: -1 }, ...children);
  const shut = (): void => {
    if (open?.element !== element) return;
    open = null;
    removeEventListener("pointerdown", outside, true);
    removeEventListener("resize", shut);
    element.remove();
  };
  const outside = (event: Event): void => {
    if (!element.contains(event.target as Node)) shut();
  };
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    shut();
    back();
  });
  addEventListener("pointerdown", outside, true);
  addEventListener("resize", shut);
  document.body.append(element);
  open = { element, close: shut };
  put(element, at);
  return open;
}

/** Puts a popover below its rectangle, or above where there is no room. */
export function put(element: HTMLElement, at: DOMRect): void {
  const { width, height } = element.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, innerWidth - width - 8));
  const below = at.bottom + 6 + height <= innerHeight || at.top < height + 14;
  element.style.left = `${left}px`;
  const top = below ? Math.min(at.bottom + 6, innerHeight - height - 8) : at.top - height - 6;
  element.style.top = `${Math.max(8, top)}px`;
}

export type Choice = { label: string; note?: string; checked?: boolean; danger?: boolean; act: () => void } | "line";

/** Opens a menu of choices beside a rectangle; arrows move, Enter chooses. */
export function menu(at: DOMRect, label: string, choices: Choice[], back: () => void): void {
  const list = h("div", { role: "menu", "aria-label": label, class: "menu" });
  const window = popover(at, label, back, list);
  window.element.removeAttribute("role");
  window.element.removeAttribute("aria-label");
  const items = choices.map((choice) => {
    if (choice === "line") return h("hr", { role: "separator" });
    const role = choice.checked === undefined ? "menuitem" : "menuitemradio";
    const item = h(
      "button",
      {
        type: "button",
        role,
        tabindex: -1,
        class: choice.danger ? "danger" : "",
        "aria-checked": choice.checked === undefined ? undefined : String(choice.checked),
      },
      h("span", {}, choice.label),
      choice.note ? h("kbd", {}, choice.note) : null,
    );
    item.addEventListener("click", () => {
      window.close();
      back();
      choice.act();
    });
    return item;
  });
  fill(list, ...items);
  list.addEventListener("keydown", (event) => step(event, list.querySelectorAll("button")));
  put(window.element, at);
  const first = list.querySelector("button");
  const chosen = first?.role === "menuitemradio" ? list.querySelector<HTMLElement>('[aria-checked="true"]') : null;
  (chosen ?? first)?.focus();
}

/** Arrow keys, Home and End among elements. */
export function step(
  event: KeyboardEvent,
  all: Iterable<HTMLElement>,
  keys: [string, string] = ["ArrowUp", "ArrowDown"],
): void {
  const list = [...all];
  const now = list.indexOf(document.activeElement as HTMLElement);
  const next = { [keys[0]]: now - 1, [keys[1]]: now + 1, Home: 0, End: list.length - 1 }[event.key];
  if (next === undefined || !list.length) return;
  event.preventDefault();
  event.stopPropagation();
  list[(next + list.length) % list.length]!.focus();
}
