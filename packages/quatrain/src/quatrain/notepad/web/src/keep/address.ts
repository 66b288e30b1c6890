/** Which song the address names, and which was open last. */

const LAST = "quatrain-last";

/** The song that was open last, in any tab; or keeps it. */
export function keepLast(id?: string): string | null {
  try {
    if (id) localStorage.setItem(LAST, id);
    return localStorage.getItem(LAST);
  } catch {
    return null;
  }
}

/** The song that the address names. */
export function idInAddress(): string | null {
  return /^\/song\/([a-z0-9]{16,32})$/.exec(location.pathname)?.[1] ?? null;
}
