/** The way to the notepad's server: requests, streams, and whether it lives. */

/** The server said no, with a sentence for people. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: Record<string, unknown>;

  constructor(status: number, code: string, message: string, body: Record<string, unknown>) {
    super(message);
    this.status = status;
    this.code = code;
    this.body = body;
  }
}

/** There was no answer: the notepad's server does not run. */
export class Away extends Error {
  constructor() {
    super("The notepad's server does not answer. Start it again with: quatrain. Your text is safe in this browser.");
  }
}

const token = document.querySelector<HTMLMetaElement>('meta[name="quatrain-token"]')?.content ?? "";
const listeners = new Set<(lives: boolean) => void>();
let lives = true;
let asking: ReturnType<typeof setTimeout> | undefined;

/** Whether the server answered last time. */
export function serverLives(): boolean {
  return lives;
}

/** Calls back whenever the server goes or comes back. */
export function onServer(listener: (lives: boolean) => void): void {
  listeners.add(listener);
}

function heard(answered: boolean): void {
  if (!answered && !asking) asking = setTimeout(look, 1000);
  if (answered === lives) return;
  lives = answered;
  for (const listener of listeners) listener(lives);
}

async function look(): Promise<void> {
  asking = undefined;
  try {
    await send("GET", "/api/state");
  } catch {
    // send has told who listens
  }
}

type Options = { signal?: AbortSignal; keepalive?: boolean; headers?: Record<string, string> };

/** Sends a request; the answer is a 2xx one. */
export async function send(method: string, path: string, body?: unknown, options: Options = {}): Promise<Response> {
  const raw = body instanceof Blob;
  const type = raw ? "application/octet-stream" : "application/json";
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers: {
        "X-Quatrain-Token": token,
        ...(body === undefined ? {} : { "Content-Type": type }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
      ...(options.signal ? { signal: options.signal } : {}),
      ...(options.keepalive ? { keepalive: true } : {}),
      cache: "no-store",
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    heard(false);
    throw new Away();
  }
  heard(true);
  if (!answer.ok && answer.status !== 304) throw await refusal(answer);
  return answer;
}

/** Sends a request and reads the answer's JSON. */
export async function ask<T>(method: string, path: string, body?: unknown, options: Options = {}): Promise<T> {
  const answer = await send(method, path, body, options);
  try {
    return (await answer.json()) as T;
  } catch {
    heard(false); // killed in the middle of its answer
    throw new Away();
  }
}

async function refusal(answer: Response): Promise<Refused> {
  type Body = { error?: { code?: string; message?: string } };
  const body = (await answer.json().catch(() => ({}))) as Body;
  const message = body.error?.message ?? `The notepad answered ${answer.status} and no reason. Reload the page.`;
  return new Refused(answer.status, body.error?.code ?? "internal", message, body);
}

/** One event of a stream. */
export type Event = { name: string; data: unknown };

/** Reads a stream of events until it ends; abort the signal to stop it. */
export async function* stream(method: string, path: string, body: unknown, signal: AbortSignal): AsyncGenerator<Event> {
  const answer = await send(method, path, body, { signal });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      if (signal.aborted) throw error;
      heard(false);
      throw new Away();
    });
    const blocks = (rest + (value ?? "").replaceAll("\r", "")).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of done && rest.trim() ? [...blocks, rest] : blocks) {
      const event = parsed(block);
      if (event) yield event;
    }
    if (done) return;
  }
}

/** One block of a stream; null for a heartbeat. */
export function parsed(block: string): Event | null {
  let name = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length ? { name, data: JSON.parse(data.join("\n")) } : null;
}
