/** The song as a file, or on paper. */

import { announce } from "../look/announce";
import { h } from "../look/dom";
import { menu } from "../look/dialog";
import { send } from "../keep/api";
import { type Document, heading, nameOf } from "../song/document";
import { fileName, toChordPro, toJson, toText } from "../song/formats";
import { sungText } from "../sound/words";

type Trouble = (sentence: string) => void;

/** Opens the menu of files. */
export function exportMenu(at: DOMRect, song: () => Document, trouble: Trouble, back: () => void): void {
  const here = (label: string, ending: string, write: (document: Document) => string) => ({
    label,
    note: `.${ending}`,
    act: () => save(new Blob([write(song())], { type: "text/plain;charset=utf-8" }), song(), ending),
  });
  const there = (label: string, format: string) => ({
    label,
    note: `.${format}`,
    act: () => void fetched(format, song(), trouble),
  });
  menu(
    at,
    "Export",
    [
      here("Text", "txt", toText),
      here("ChordPro", "cho", toChordPro),
      here("Quatrain, with everything", "json", toJson),
      there("Word", "docx"),
      there("PDF", "pdf"),
      "line",
      { label: "Print…", note: "Ctrl P", act: () => print() },
      { label: "All songs, a backup", note: ".json", act: () => void backup(trouble) },
    ],
    back,
  );
}

async function fetched(format: string, song: Document, trouble: Trouble): Promise<void> {
  try {
    const answer = await send("POST", `/api/export/${format}`, { document: song });
    save(await answer.blob(), song, format);
  } catch (error) {
    trouble(error instanceof Error ? error.message : String(error));
  }
}

async function backup(trouble: Trouble): Promise<void> {
  try {
    const answer = await send("GET", "/api/export");
    save(await answer.blob(), { title: `Songs ${new Date().toISOString().slice(0, 10)}`, lines: [] }, "json");
  } catch (error) {
    trouble(error instanceof Error ? error.message : String(error));
  }
}

function save(file: Blob, song: Document, ending: string): void {
  const address = URL.createObjectURL(file);
  const name = `${fileName(nameOf(song))}.${ending}`;
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  announce(`Exported as ${name}`);
}

/** A lyric sheet for the printer, drawn when it is asked for: the editor itself only holds the lines in sight. */
export function printing(song: () => Document): void {
  const sheet = h("section", { class: "print", "aria-hidden": "true" });
  document.body.append(sheet);
  const draw = (): void => sheet.replaceChildren(...lyricSheet(song()));
  addEventListener("beforeprint", draw);
  addEventListener("afterprint", () => sheet.replaceChildren());
}

/** A song as a lyric sheet: title, then stanzas that stay together on a page. */
export function lyricSheet(song: Document): HTMLElement[] {
  const stanzas: HTMLElement[] = [];
  let sung = true; // the next line begins a stanza
  for (const { text } of song.lines) {
    const name = heading(text);
    if (name !== null) stanzas.push(h("div", { class: "stanza" }, h("h2", {}, name)));
    else if (text.trim()) {
      if (sung && !stanzas.at(-1)?.matches(":has(h2):not(:has(p))")) stanzas.push(h("div", { class: "stanza" }));
      stanzas.at(-1)!.append(h("p", {}, sungText(text)));
    }
    sung = name === null && !text.trim();
  }
  return [...(song.title.trim() ? [h("h1", {}, song.title)] : []), ...stanzas];
}
