/**
 * What is written in the last moment before a page goes: IndexedDB may not finish then, the small storages do.
 *
 * The unsaved text goes where every later page finds it, the undo steps where only this tab does.
 */

import { type Draft, keep, kept, type Undo } from "./local";

const DRAFT = "quatrain-parting-";
const UNDO = "quatrain-undo";

/** Keeps what is not saved yet, and the undo steps, before this function returns. */
export function part(draft: Draft | null, undo: Undo): void {
  try {
    sessionStorage.setItem(UNDO, JSON.stringify(undo));
  } catch {
    // too many steps for it: those of a moment ago are in IndexedDB
  }
  try {
    if (draft) localStorage.setItem(DRAFT + draft.client, JSON.stringify(draft));
  } catch {
    // a full storage: the text of a moment ago is in IndexedDB
  }
}

/** Puts texts that were kept in a last moment where all others are. */
export async function gather(): Promise<void> {
  let names: string[] = [];
  try {
    names = Object.keys(localStorage).filter((name) => name.startsWith(DRAFT));
  } catch {
    return;
  }
  for (const name of names) {
    const text = localStorage.getItem(name);
    if (!text) continue;
    const draft = JSON.parse(text) as Draft;
    const known = await kept("drafts", draft.client);
    if (!known || known.at <= draft.at) await keep("drafts", draft);
    localStorage.removeItem(name);
  }
}

/** The undo steps of a copy: those of the last moment, else those that were kept before. */
export async function stepsOf(client: string): Promise<Undo | undefined> {
  try {
    const last = JSON.parse(sessionStorage.getItem(UNDO) ?? "null") as Undo | null;
    if (last?.client === client) return last;
  } catch {
    // then the others
  }
  return kept("undo", client).catch(() => undefined);
}
