/** Versions of a song: name one, see what changed since, bring it back. */

import { announce } from "../look/announce";
import { asked, dialog } from "../look/dialog";
import { fill, h } from "../look/dom";
import { ask, send } from "../keep/api";
import type { Session, Song } from "../keep/session";
import { when } from "./shelf";

type Version = {
  id: string;
  name: string;
  kind: "named" | "auto" | "branch" | "before";
  created: string;
  revision: number;
  lines: number;
};
type Step = { op: "same" | "add" | "remove"; text: string };
type Diff = { added: number; removed: number; lines: Step[] };

const KIND = { named: "", auto: "by itself", branch: "the other text of a conflict", before: "before a change" };
const AROUND = 2;

/** Opens the versions of the open song. */
export function versions(session: Session, back: () => void): void {
  const list = h("ul", { class: "versions" });
  const changes = h(
    "section",
    { class: "diff", "aria-live": "polite" },
    h("p", { class: "note" }, "Choose a version to see what changed since."),
  );
  const name = h("input", {
    class: "field",
    placeholder: "First draft, after the studio, …",
    maxlength: 200,
    "aria-label": "Name of the version",
  });
  const form = h("form", { class: "row" }, name, h("button", { class: "plain strong" }, "Keep this version"));
  const window = dialog(
    "Versions",
    { class: "wide", closed: back },
    form,
    h("div", { class: "columns" }, list, changes),
  );
  const trouble = (error: unknown): void =>
    fill(changes, h("p", { class: "note trouble" }, error instanceof Error ? error.message : String(error)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void named(session, name.value.trim() || `Version of ${new Date().toLocaleDateString()}`)
      .then(() => {
        name.value = "";
        return draw();
      })
      .catch(trouble);
  });

  async function draw(): Promise<void> {
    const { versions: found } = await ask<{ versions: Version[] }>("GET", `/api/songs/${session.id}/versions`);
    fill(
      list,
      ...found.map(row),
      found.length ? null : h("li", { class: "note" }, "None yet. One is kept by itself every ten minutes of writing."),
    );
  }

  function row(version: Version): HTMLElement {
    const label = version.name || when(version.created);
    const open = h(
      "button",
      { type: "button", class: "song" },
      h("strong", {}, label),
      h(
        "span",
        { class: "faint" },
        [when(version.created), `${version.lines} lines`, KIND[version.kind]].filter(Boolean).join(" · "),
      ),
    );
    open.addEventListener("click", () => {
      for (const other of list.querySelectorAll(".song")) other.removeAttribute("aria-current");
      open.setAttribute("aria-current", "true");
      void compare(version, label).catch(trouble);
    });
    return h("li", {}, open);
  }

  async function compare(version: Version, label: string): Promise<void> {
    await session.save();
    const diff = await ask<Diff>("GET", `/api/songs/${session.id}/diff?from=${version.id}`);
    const restore = button("Bring it back", async () => {
      await session.save();
      session.adopt(await ask<Song>("POST", `/api/songs/${session.id}/versions/${version.id}/restore`, {}));
      announce(`${label} is the song again. What it was before is kept as a version.`);
      window.close();
    });
    const rename = button("Rename", async () => {
      const given = await asked("Rename the version", "Name", version.name, "Rename");
      if (given) await ask("PATCH", `/api/songs/${session.id}/versions/${version.id}`, { name: given });
      await draw();
    });
    const remove = button("Delete", async () => {
      await send("DELETE", `/api/songs/${session.id}/versions/${version.id}`);
      fill(changes, h("p", { class: "note" }, `${label} is deleted.`));
      await draw();
    });
    const sum =
      diff.added || diff.removed
        ? `Since then ${count(diff.added, "added")}, ${count(diff.removed, "taken out")}.`
        : "Nothing has changed since then.";
    fill(
      changes,
      h("h3", {}, label),
      h("p", {}, sum),
      h("ol", { class: "steps" }, ...folded(diff.lines)),
      h("div", { class: "row" }, restore, rename, remove),
    );
  }

  function button(label: string, act: () => Promise<void>): HTMLElement {
    const element = h("button", { type: "button", class: "plain" }, label);
    element.addEventListener("click", () => void act().catch(trouble));
    return element;
  }

  void draw().catch(trouble);
}

/** Keeps the song as it is now under a name. */
export async function named(session: Session, name: string): Promise<void> {
  await session.save();
  await ask("POST", `/api/songs/${session.id}/versions`, { name });
  announce(`Kept as ${name}`);
}

function count(lines: number, what: string): string {
  return `${lines} ${lines === 1 ? "line" : "lines"} ${what}`;
}

/** The steps of a diff, with long runs of equal lines folded away. */
function folded(lines: readonly Step[]): HTMLElement[] {
  const near = lines.map((_, place) =>
    lines.slice(Math.max(0, place - AROUND), place + AROUND + 1).some((step) => step.op !== "same"),
  );
  const found: HTMLElement[] = [];
  for (const [place, { op, text }] of lines.entries()) {
    if (near[place]) {
      const sign = { same: "", add: "added: ", remove: "taken out: " }[op];
      found.push(h("li", { class: op }, sign ? h("span", { class: "unseen" }, sign) : null, text || "\u00a0"));
    } else if (place === 0 || near[place - 1]) found.push(h("li", { class: "fold", "aria-hidden": "true" }, "⋯"));
  }
  return found;
}
