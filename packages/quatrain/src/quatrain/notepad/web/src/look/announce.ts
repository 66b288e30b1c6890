/** What a screen reader hears: one polite live region, written anew for each sentence. */

import { h } from "./dom";

const region = h("div", { class: "unseen", role: "status", "aria-live": "polite", "aria-atomic": "true" });

/** The region's element, to be put into the page once. */
export function liveRegion(): HTMLElement {
  return region;
}

/** Says a sentence. */
export function announce(sentence: string): void {
  region.textContent = "";
  setTimeout(() => (region.textContent = sentence), 60); // the same sentence twice is heard twice
}
