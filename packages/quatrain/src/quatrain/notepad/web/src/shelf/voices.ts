/** Voices: the one that ships, and those made from a songwriter's own songs. */

import { announce } from "../look/announce";
import { confirmed, dialog } from "../look/dialog";
import { fill, h } from "../look/dom";
import { ask, send, stream } from "../keep/api";
import { when } from "./shelf";

type Voice = { name: string; kind: "base" | "yours"; created: string | null; bytes: number; note: string };
type Job = {
  id: string;
  voice: string;
  state: "waiting" | "running" | "done" | "failed" | "stopped";
  share: number;
  seconds_left: number | null;
  message: string;
  log: string[];
};
type Voices = { current: string; voices: Voice[]; job: Job | null };

const READ = /\.(?:txt|text|lrc|cho|chopro|chordpro|crd|pro|md)$/i;
const MOST = 30_000_000;

/**
 * Opens the voices.
 *
 * @param back - where the focus goes afterwards.
 * @param changed - called when another voice writes.
 */
export function voices(back: () => void, changed: () => void): void {
  const list = h("ul", { class: "voices" });
  const progress = h("div", { class: "progress", "aria-live": "polite" });
  const note = h("p", { class: "note" });
  const stop = new AbortController();
  const pick = h("input", { type: "file", multiple: true, hidden: true, webkitdirectory: true });
  const files = h("input", {
    type: "file",
    multiple: true,
    hidden: true,
    accept: ".txt,.cho,.chopro,.chordpro,.crd,.pro,.md",
  });
  const folder = press("a folder", () => Promise.resolve(pick.click()));
  const single = press("files", () => Promise.resolve(files.click()));
  const shelved = press("the songs of this shelf", learnShelf);
  const drop = h(
    "div",
    { class: "drop", tabindex: -1 },
    h("p", {}, "Drop a folder of your own songs here, or choose ", folder, ", ", single, " or ", shelved, "."),
    h("p", { class: "faint" }, "The suggestions learn how you write. The text never leaves this machine."),
    pick,
    files,
  );
  dialog(
    "Voices",
    {
      closed: () => {
        stop.abort();
        back();
      },
    },
    list,
    progress,
    drop,
    note,
  );
  const trouble = (error: unknown): void => {
    if (!stop.signal.aborted) note.textContent = error instanceof Error ? error.message : String(error);
  };

  function press(label: string, act: () => Promise<unknown>, style = "link"): HTMLElement {
    const element = h("button", { type: "button", class: style }, label);
    element.addEventListener("click", () => void act().catch(trouble));
    return element;
  }

  function draw({ current, voices: found, job }: Voices): void {
    fill(list, ...found.map((voice) => row(voice, voice.name === current)));
    if (job && (job.state === "waiting" || job.state === "running")) void follow(job);
  }

  function row(voice: Voice, chosen: boolean): HTMLElement {
    const choose = h("input", { type: "radio", name: "voice", checked: chosen });
    choose.addEventListener(
      "change",
      () =>
        void ask<Voices>("PUT", "/api/voices/current", { name: voice.name })
          .then((answer) => {
            draw(answer);
            changed();
            announce(`Suggestions now come in the voice ${voice.name}`);
          })
          .catch(trouble),
    );
    const size = `${(voice.bytes / 1e6).toFixed(1)} MB`;
    const facts = [voice.note.replace(/\.$/, ""), voice.created ? `made ${when(voice.created)}` : "", size]
      .filter(Boolean)
      .join(" · ");
    const remove = voice.kind === "yours" ? press("Delete for good", () => erase(voice.name), "quiet danger") : null;
    return h(
      "li",
      {},
      h(
        "label",
        { class: "voice" },
        choose,
        h("span", {}, h("strong", {}, voice.name), h("span", { class: "faint" }, facts)),
      ),
      remove,
    );
  }

  async function erase(name: string): Promise<void> {
    if (
      !(await confirmed(
        "Delete the voice for good",
        `“${name}” and its copy of your text will be gone. Your songs stay.`,
        "Delete",
      ))
    )
      return;
    await send("DELETE", `/api/voices/${encodeURIComponent(name)}`);
    announce(`${name} is deleted`);
    changed();
    await load();
  }

  async function follow(job: Job): Promise<void> {
    show(job);
    for await (const { name, data } of stream("GET", `/api/jobs/${job.id}/events`, undefined, stop.signal))
      if (name === "job") show(data as Job);
    await load();
  }

  function show(job: Job): void {
    const over = job.state !== "waiting" && job.state !== "running";
    const left = job.seconds_left === null ? "" : `about ${duration(job.seconds_left)} left`;
    const bar = h("progress", { max: 1, value: job.share, "aria-label": `Learning ${job.voice}` });
    const halt = over ? null : press("Stop", () => ask("DELETE", `/api/jobs/${job.id}`), "quiet");
    fill(
      progress,
      h("div", { class: "row" }, h("strong", {}, job.voice), h("span", { class: "faint" }, left), halt),
      bar,
      h("p", {}, job.message),
      job.state === "done" && job.log.length ? h("ul", { class: "otherwise" }, ...job.log.map((one) => h("li", {}, one))) : null,
    );
    if (over) announce(`${job.voice}: ${job.message}`);
  }

  async function begin(found: File[], named: string): Promise<void> {
    const songs = found.filter((file) => READ.test(file.name));
    if (!songs.length) throw new Error("There is no text among these files. Songs may be .txt or ChordPro files.");
    const size = songs.reduce((sum, file) => sum + file.size, 0);
    if (size > MOST)
      throw new Error(
        `These files have ${Math.round(size / 1e6)} MB; ${MOST / 1e6} MB can be learned at once. Choose fewer.`,
      );
    note.textContent = `Reading ${songs.length} ${songs.length === 1 ? "file" : "files"}…`;
    const texts = await Promise.all(songs.map(async (file) => ({ name: file.name, text: await file.text() })));
    const job = await ask<Job>("POST", "/api/voices", { name: await free(named), texts });
    note.textContent = "";
    await follow(job);
  }

  async function learnShelf(): Promise<void> {
    const { songs } = await ask<{ songs: { id: string }[] }>("GET", "/api/songs?limit=500");
    const body = { name: await free("mine"), texts: [], songs: songs.map(({ id }) => id) };
    await follow(await ask<Job>("POST", "/api/voices", body));
  }

  /** A name as voices have it, and not yet taken. */
  async function free(wish: string): Promise<string> {
    const plain =
      wish
        .normalize("NFKD")
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-+|-+$/g, "")
        .slice(0, 34) || "mine";
    const taken = new Set((await ask<Voices>("GET", "/api/voices")).voices.map((voice) => voice.name));
    let name = plain;
    for (let next = 2; taken.has(name); next += 1) name = `${plain}-${next}`;
    return name;
  }

  async function load(): Promise<void> {
    draw(await ask<Voices>("GET", "/api/voices"));
  }

  for (const input of [pick, files]) {
    input.addEventListener("change", () => {
      const found = [...(input.files ?? [])];
      const root = found[0]?.webkitRelativePath.split("/")[0];
      void begin(found, root || "mine").catch(trouble);
    });
  }
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const entries = [...(event.dataTransfer?.items ?? [])]
      .map((item) => item.webkitGetAsEntry())
      .filter((entry) => entry !== null);
    void Promise.all(entries.map(walk))
      .then((found) => begin(found.flat(), entries[0]?.isDirectory ? entries[0].name : "mine"))
      .catch(trouble);
  });
  void load().catch(trouble);
}

/** All files below a dropped folder. */
async function walk(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile)
    return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: File[] = [];
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (!batch.length) return found;
    for (const one of batch) found.push(...(await walk(one)));
  }
}

/** Seconds as people say them. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
