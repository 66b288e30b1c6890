/** Elements by hand: whatever comes from a song goes in as text, never as markup. */

type Handler<K extends keyof HTMLElementEventMap> = (event: HTMLElementEventMap[K]) => void;
export type Props = {
  class?: string;
  on?: { [K in keyof HTMLElementEventMap]?: Handler<K> };
  [attribute: string]: unknown;
};
export type Child = Node | string | number | null | undefined | false;

/** An element with attributes, listeners and children; strings become text. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  const { on = {}, ...attributes } = props;
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "value" && "value" in element) (element as HTMLInputElement).value = String(value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const [name, handler] of Object.entries(on)) element.addEventListener(name, handler as EventListener);
  fill(element, ...children);
  return element;
}

/** Replaces what is in an element. */
export function fill(element: Element, ...children: Child[]): void {
  const kept = children.filter(
    (child): child is Node | string | number => child !== null && child !== undefined && child !== false,
  );
  element.replaceChildren(...kept.map((child) => (child instanceof Node ? child : String(child))));
}

/** A small drawing: strokes on a 20 by 20 grid. */
export function icon(name: keyof typeof STROKES): SVGSVGElement {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("viewBox", "0 0 20 20");
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", STROKES[name]);
  picture.append(path);
  return picture;
}

const STROKES = {
  shelf: "M4 3.5v13M8 3.5v13M11.5 4l3.5 12.2M4 16.5h12",
  close: "M5 5l10 10M15 5L5 15",
  keep: "M6 3.5h8v13l-4-3.2-4 3.2z",
  again: "M15.5 10a5.5 5.5 0 1 1-1.7-4M14 2.8v3.4h-3.4",
  words: "M3 13.5h4M9 13.5h3M14 13.5h3M3 8.5h2.5M7.5 8.5h5M14.5 8.5h2.5",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  grip: "M8 5h.01M12 5h.01M8 10h.01M12 10h.01M8 15h.01M12 15h.01",
  plus: "M10 4.5v11M4.5 10h11",
  search: "M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zM12.7 12.7L16.5 16.5",
  quill: "M4 16.5C6 9 10 4.5 16.5 3.5 15.5 10 11 13.5 6 14",
  mic: "M10 3a2.2 2.2 0 0 0-2.2 2.2v4a2.2 2.2 0 0 0 4.4 0v-4A2.2 2.2 0 0 0 10 3zM5.5 9.5a4.5 4.5 0 0 0 9 0M10 14v3",
  clock: "M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM10 6.5V10l2.5 1.8",
  share: "M10 12.5V3.5M6.8 6.4L10 3.2l3.2 3.2M5 10.5v5.5h10v-5.5",
  view: "M2.8 10S5.5 5.2 10 5.2 17.2 10 17.2 10 14.5 14.8 10 14.8 2.8 10 2.8 10zM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  help: "M7.5 7.6A2.5 2.5 0 1 1 10 10.4v1.4M10 14.6h.01",
  scales: "M10 3.5v13M6 16.5h8M4 6l6-1.2L16 6M4 6l-2 5a2.2 2.2 0 0 0 4 0zM16 6l-2 5a2.2 2.2 0 0 0 4 0z",
  up: "M10 15.5v-11M5.8 8.6L10 4.4l4.2 4.2",
  down: "M10 4.5v11M5.8 11.4l4.2 4.2 4.2-4.2",
} as const;
