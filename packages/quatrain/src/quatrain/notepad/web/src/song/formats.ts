/** Songs as text, ChordPro and JSON, made in the page so that a stopped server keeps nobody from her song. */

import { type Document, heading, tidy } from "./document";

/** A song as plain text. */
export function toText(song: Document): string {
  return `Title: ${song.title}\n\n${song.lines.map((line) => line.text).join("\n")}\n`;
}

/** A song as JSON, with everything that is known of its lines. */
export function toJson(song: Document): string {
  return `${JSON.stringify({ quatrain: 1, songs: [{ document: tidy(song) }] }, null, 1)}\n`;
}

/** A song as ChordPro; what ChordPro has no word for goes into one directive that other programs skip. */
export function toChordPro(song: Document): string {
  const { scheme, words, parked } = tidy(song);
  const by: Record<string, string> = {};
  const schemes: Record<string, string> = {};
  for (const [place, line] of song.lines.entries()) {
    if (line.by && line.by !== "mine") by[place + 1] = line.by;
    if (line.scheme) schemes[place + 1] = line.scheme;
  }
  const extra = {
    ...(scheme ? { scheme } : {}),
    ...(words ? { words } : {}),
    ...(parked ? { parked } : {}),
    ...(Object.keys(by).length ? { by } : {}),
    ...(Object.keys(schemes).length ? { schemes } : {}),
  };
  const found = [`{title: ${song.title}}`, `{x_quatrain: ${ascii(JSON.stringify(extra))}}`];
  let part = "";
  for (const { text } of song.lines) {
    const name = heading(text);
    if (name === null || text !== `[${name}]` || /[{}]/.test(name)) {
      found.push(/^[{#\\]/.test(text) ? `\\${text}` : text);
      continue;
    }
    if (part) found.push(`{end_of_${part}}`);
    const kind = name.split(/\s/)[0]!.toLowerCase();
    part = ["verse", "chorus", "bridge"].includes(kind) ? kind : "part";
    found.push(`{start_of_${part}: ${name}}`);
  }
  if (part) found.push(`{end_of_${part}}`);
  return `${found.join("\n")}\n`;
}

/** A title as the name of a file that every system takes. */
export function fileName(title: string): string {
  const plain = title
    .replace(/[<>:"/\\|?*\u0000-\u001f]+/g, " ")
    .split(/\s+/)
    .join(" ");
  return (
    plain
      .replace(/^[. ]+|[. ]+$/g, "")
      .slice(0, 80)
      .replace(/[. ]+$/, "") || "song"
  );
}

function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
