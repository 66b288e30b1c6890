/** The page's own copy of itself (`sw.ts`). */

const WORKER = "/sw.js";
/** The only script that is ever loaded by address. */
const RULES = {
  createScriptURL: (url: string): string => {
    if (url !== WORKER) throw new TypeError(`${url} is not the page's worker`);
    return url;
  },
};

/** The page's own copy of itself, so that it opens while the server is stopped. */
export async function register(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  type Policies = {
    createPolicy: (
      name: string,
      rules: { createScriptURL: (url: string) => string },
    ) => { createScriptURL: (url: string) => string };
  };
  const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;
  const address = policies ? policies.createPolicy("quatrain", RULES).createScriptURL(WORKER) : WORKER;
  await navigator.serviceWorker.register(address);
  const { active } = await navigator.serviceWorker.ready;
  await document.fonts.ready;
  const parts = performance.getEntriesByType("resource").map((entry) => new URL(entry.name).pathname);
  active?.postMessage(["/", ...new Set(parts.filter((path) => path.startsWith("/assets/")))]);
}
