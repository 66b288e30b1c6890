/** Copies of songs that a closed tab left in this browser: sent on to the server, or swept away. */

import { ask, Refused } from "./api";
import { all, type Draft, forget } from "./local";
import { gather } from "./parting";
import { claim, release } from "./tabs";

/** Forgets a saved copy that no tab shows any more. */
export async function sweep(client: string): Promise<void> {
  if (!(await claim(client))) return;
  await Promise.all([forget("drafts", client), forget("undo", client)]);
  release(client);
}

/** Sends a copy that a closed tab left: the server merges it, or keeps it as a branch. */
export async function rescue(copy: Draft): Promise<void> {
  const body = { base: copy.base, client: copy.client, sequence: copy.sequence + 1, document: copy.document };
  try {
    await ask("PUT", `/api/songs/${copy.song}`, body);
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== "conflict") return release(copy.client); // the next time, then
  }
  await forget("drafts", copy.client);
  release(copy.client);
}

/** Copies of songs that no tab shows and the server has not seen: sent on when the page starts. */
export async function rescueAll(except: string): Promise<void> {
  await gather();
  for (const copy of await all("drafts")) {
    const blank = !copy.dirty && copy.base === 0; // begun, and left without a word
    if (blank && copy.song !== except) await sweep(copy.client);
    if (!copy.dirty || copy.song === except || !(await claim(copy.client))) continue;
    await rescue(copy);
  }
}
