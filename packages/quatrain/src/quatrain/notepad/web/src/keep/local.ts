/** The browser's own copy of everything (IndexedDB): the text is here before it is anywhere else. */

import type { Document } from "../song/document";
import type { Entry } from "../sound/lexicon";

/** A song on the shelf. */
export type Card = {
  id: string;
  title: string;
  revision: number;
  created: string;
  updated: string;
  trashed?: string | null;
  lines: number;
  words: number;
  opening: string;
  snippet?: string;
};

/** One tab's copy of one song; `dirty` if the server has not seen all of it. */
export type Draft = {
  client: string;
  song: string;
  base: number;
  sequence: number;
  document: Document;
  dirty: boolean;
  at: number;
  line: number;
  column: number;
  hues: Record<string, number>;
};

/** The undo steps that belong to a draft; `text` tells whether they still fit. */
export type Undo = { client: string; text: string; history: unknown };

type Stores = {
  drafts: Draft;
  undo: Undo;
  cards: Card;
  sounds: Entry & { word: string };
  things: { name: string; value: unknown };
};
const KEYS: Record<keyof Stores, string> = {
  drafts: "client",
  undo: "client",
  cards: "id",
  sounds: "word",
  things: "name",
};

let opening: Promise<IDBDatabase> | null = null;

function database(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("quatrain", 1);
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(KEYS)) request.result.createObjectStore(name, { keyPath });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
  });
  return opening;
}

async function transact<T>(
  store: keyof Stores,
  mode: IDBTransactionMode,
  act: (objects: IDBObjectStore) => IDBRequest | void,
): Promise<T> {
  const transaction = (await database()).transaction(store, mode, {
    durability: mode === "readwrite" ? "relaxed" : "default",
  });
  const request = act(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request?.result as T);
    transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("IndexedDB"));
  });
}

/** Keeps one thing, in place of that with the same key. */
export function keep<K extends keyof Stores>(store: K, ...values: Stores[K][]): Promise<void> {
  return transact(store, "readwrite", (objects) => {
    for (const value of values) objects.put(value);
  });
}

/** One thing by its key. */
export function kept<K extends keyof Stores>(store: K, key: string): Promise<Stores[K] | undefined> {
  return transact(store, "readonly", (objects) => objects.get(key));
}

/** Everything of a kind. */
export function all<K extends keyof Stores>(store: K): Promise<Stores[K][]> {
  return transact(store, "readonly", (objects) => objects.getAll());
}

/** Forgets one thing, or everything of a kind. */
export function forget(store: keyof Stores, key?: string): Promise<void> {
  return transact(store, "readwrite", (objects) => void (key === undefined ? objects.clear() : objects.delete(key)));
}
