/** How the sheet looks and how keen its ear is. */

import { menu, type Choice } from "./dialog";
import { prefer, prefs, type Prefs } from "./prefs";

const SIZES = [16, 18, 20, 22, 26];

/** Opens the menu of looks. */
export function viewMenu(at: DOMRect, back: () => void): void {
  const now = prefs();
  const one = <K extends keyof Prefs>(name: K, value: Prefs[K], label: string): Choice => ({
    label,
    checked: now[name] === value,
    act: () => prefer({ [name]: value }),
  });
  const flip = (name: "counts" | "rhymes" | "stress", label: string): Choice => ({
    label,
    note: now[name] ? "on" : "off",
    act: () => prefer({ [name]: !now[name] }),
  });
  const size = (by: -1 | 1, label: string): Choice => ({
    label,
    act: () => prefer({ size: SIZES[Math.min(SIZES.length - 1, Math.max(0, SIZES.indexOf(now.size) + by))] ?? 20 }),
  });
  menu(
    at,
    "View",
    [
      flip("counts", "Syllables in the margin"),
      flip("rhymes", "Rhymes"),
      flip("stress", "Stress marks"),
      "line",
      one("ear", "exact", "Only perfect rhymes"),
      one("ear", "near", "Near rhymes too"),
      one("ear", "loose", "Any echo"),
      "line",
      size(1, "Larger text"),
      size(-1, "Smaller text"),
      "line",
      one("theme", "auto", "Light or dark as the system"),
      one("theme", "light", "Light"),
      one("theme", "dark", "Dark"),
    ],
    back,
  );
}
