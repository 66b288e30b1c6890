/** The page's copy of itself: opens when the notepad's server is stopped. Songs are not its business. */

export type Service = {
  addEventListener: ((name: "install" | "activate", act: (event: Lasting) => void) => void) &
    ((name: "fetch", act: (event: Fetching) => void) => void) &
    ((name: "message", act: (event: Lasting & { data: unknown }) => void) => void);
  skipWaiting: () => Promise<void>;
  clients: { claim: () => Promise<void> };
  location: Location;
};
type Lasting = { waitUntil: (work: Promise<unknown>) => void };
type Fetching = Lasting & { request: Request; respondWith: (answer: Promise<Response>) => void };

const worker = globalThis as unknown as Service;
const STORE = "quatrain-page-1";
const MOST = 60;

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("message", (event) => event.waitUntil(learn(event.data as string[])));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== worker.location.origin || address.pathname.startsWith("/api/"))
    return;
  if (request.mode === "navigate") {
    if (!address.search && /^\/(?:song\/[a-z0-9]+)?$/.test(address.pathname)) event.respondWith(opened(request));
  } else if (address.pathname.startsWith("/assets/") || address.pathname === "/quill.svg")
    event.respondWith(part(request));
});

/** The page: from the server if it lives, else the copy. */
async function opened(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request);
    if (answer.status === 200) await (await caches.open(STORE)).put("/", answer.clone());
    return answer;
  } catch (error) {
    const copy = await caches.match("/");
    if (copy) return copy;
    throw error;
  }
}

/** A part of the page: its name has a hash, so a copy is always right. */
async function part(request: Request): Promise<Response> {
  const copy = await caches.match(request);
  if (copy) return copy;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(STORE)).put(request, answer.clone());
  return answer;
}

/** Keeps the parts that the page has loaded before this worker was there; old ones go. */
async function learn(addresses: string[]): Promise<void> {
  const store = await caches.open(STORE);
  for (const address of addresses) {
    if (await store.match(address)) continue;
    const answer = await fetch(address).catch(() => null);
    if (answer?.ok) await store.put(address, answer);
  }
  const old = await store.keys();
  await Promise.all(old.slice(0, Math.max(0, old.length - MOST)).map((request) => store.delete(request)));
}
