/** How one person likes the page, kept in this browser. */

import type { Ear } from "../song/letters";

export type Prefs = {
  theme: "auto" | "light" | "dark";
  size: number;
  counts: boolean;
  rhymes: boolean;
  stress: boolean;
  ear: Ear;
  panel: boolean;
};

const NAME = "quatrain-view";
const USUAL: Prefs = { theme: "auto", size: 20, counts: true, rhymes: true, stress: false, ear: "near", panel: true };
const listeners = new Set<(prefs: Prefs) => void>();
let current = read();

/** The preferences now. */
export function prefs(): Prefs {
  return current;
}

/** Changes some, keeps them, and tells who listens. */
export function prefer(change: Partial<Prefs>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(NAME, JSON.stringify(current));
  } catch {
    // a browser without storage forgets them, no more
  }
  show();
  for (const listener of listeners) listener(current);
}

/** Calls back on every change, and once at the start. */
export function onPrefs(listener: (prefs: Prefs) => void): void {
  listeners.add(listener);
  listener(current);
}

/** Puts them on the page's root element, where the style sheet finds them. */
export function show(): void {
  const root = document.documentElement;
  const dark =
    current.theme === "dark" || (current.theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "dark" : "light";
  root.style.setProperty("--size", `${current.size}px`);
  root.classList.toggle("no-counts", !current.counts);
  root.classList.toggle("no-rhymes", !current.rhymes);
  root.classList.toggle("stressed", current.stress);
}

function read(): Prefs {
  try {
    return { ...USUAL, ...(JSON.parse(localStorage.getItem(NAME) ?? "{}") as Partial<Prefs>) };
  } catch {
    return USUAL;
  }
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
