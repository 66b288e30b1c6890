/** Several tabs: they tell each other what was saved, and each holds a lock that says which copy is its own. */

export type News =
  | { kind: "saved"; song: string; client: string; revision: number }
  | { kind: "shelf" }
  | { kind: "erased"; song: string };

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("quatrain") : null;

/** Tells the other tabs. */
export function tell(news: News): void {
  channel?.postMessage(news);
}

/** Hears the other tabs. */
export function onNews(listener: (news: News) => void): void {
  channel?.addEventListener("message", (event: MessageEvent<News>) => listener(event.data));
}

/** Takes a copy for this tab as long as it lives; false if another tab has it (or does not let go in time). */
export function claim(client: string, patience = 0): Promise<boolean> {
  if (!navigator.locks) return Promise.resolve(false);
  const options = patience ? { signal: AbortSignal.timeout(patience) } : { ifAvailable: true };
  return new Promise((answer) => {
    const held = (lock: Lock | null): Promise<void> | undefined => {
      answer(lock !== null);
      return lock ? new Promise<void>((release) => releases.set(client, release)) : undefined;
    };
    navigator.locks.request(`quatrain-${client}`, options, held).catch(() => answer(false));
  });
}

/** Gives a copy back. */
export function release(client: string): void {
  releases.get(client)?.();
  releases.delete(client);
}

/** Something that only this tab remembers, over reloads. */
export function remember(name: string, value: string): void {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // a browser that keeps nothing forgets it
  }
}

/** What this tab remembers. */
export function recall(name: string): string | null {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

const releases = new Map<string, () => void>();
