/* The column beside the figure: sliders, legends, and sentences that say what the figure shows. */

const percent = (p) => (p > 0.995 && p < 1 ? "over 99 %" : p < 0.005 && p > 0 ? "under 1 %" : `${Math.round(100 * p)} %`);

class Panel {
  constructor(page) {
    this.page = page;
    this.worlds();
    this.methods();
    for (const name of LAYERS) this.toggle(one(`#layer-${name}`), name);
    this.slider(one("#discount"), 0, MOST, (x) => ({ discount: x }));
    this.slider(one("#theta"), ...THETAS, (x) => ({ theta: x }));
    this.slider(one("#steps"), 0, UPDATES, (x) => ({ steps: x }), 1);
    one("#seed").addEventListener("input", (event) => {
      const seed = Math.round(Number(event.target.value));
      if (seed >= 1 && seed <= 9999) page.set({ seed }, false);
    });
    STARTS.forEach((logits, i) => one("#starts").append(this.button(`${"first second third".split(" ")[i]}`, () => page.set({ start: started(page.world.actions.length, logits) }, false))));
    one("#play").addEventListener("click", () => this.play());
    one("#reset").addEventListener("click", () => page.visit(page.state.world));
    this.copier(one("#copy-link"), () => location.href);
    this.copier(one("#copy-python"), () => python(page.state));
  }

  button(text, does) {
    const node = html("button", { type: "button", text });
    node.addEventListener("click", does);
    return node;
  }

  slider(node, low, high, changes, step = 0.01) {
    Object.entries({ min: low, max: high, step }).forEach(([key, value]) => node.setAttribute(key, value));
    node.addEventListener("input", () => this.page.set(changes(Number(node.value))));
    node.addEventListener("change", () => this.page.settle());
    return node;
  }

  toggle(box, name) {
    box.addEventListener("change", () => {
      this.page.state.show[box.checked ? "add" : "delete"](name);
      this.page.set({}, false);
    });
  }

  copier(button, text) {
    const said = button.textContent;
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text());
      button.textContent = "Copied";
      window.setTimeout(() => { button.textContent = said; }, 1600);
    });
  }

  worlds() {
    for (const [name, { title }] of Object.entries(DATA.worlds)) {
      const input = html("input", { type: "radio", name: "world", value: name, id: `world-${name}` });
      input.addEventListener("change", () => this.page.visit(name));
      one("#worlds").append(html("label", {}, input, html("span", { text: title })));
    }
    for (const s of STATES) one(`#seen-${s}`).addEventListener("change", () => this.page.set({ chart: s }, false));
  }

  methods() {
    this.notes = {};
    for (const [name, { name: called, colour: paint, shape }] of Object.entries(METHODS)) {
      const icon = svg("svg", { width: 30, height: 14, viewBox: "0 0 30 14", "aria-hidden": "true" }, svg("path", { d: "M1 7H29", stroke: colour(paint), "stroke-width": 1.6 }), svg("path", { d: blot(shape, 15, 7, 4.2), fill: colour(paint) }));
      const box = html("input", { type: "checkbox", id: `show-${name}` });
      this.notes[name] = html("span", { class: "fact" });
      one("#methods").append(html("li", {}, html("label", {}, box, icon, html("span", { text: called })), this.notes[name]));
      this.toggle(box, name);
    }
  }

  /* The controls whose number depends on the world. */
  build() {
    const { state } = this.page, preset = DATA.worlds[state.world], n = preset.actions.length;
    one("#numbers").replaceChildren(...STATES.map((s) => {
      const rows = preset.actions.map((action, a) => {
        const i = s * n + a, where = `of ${action} in ${preset.states[s]}`;
        const put = (key) => (x) => ({ [key]: this.page.state[key].map((old, k) => (k === i ? x : old)) });
        const reward = this.slider(html("input", { type: "range", id: `reward-${i}`, "aria-label": `Reward ${where}` }), ...REWARDS, put("rewards"));
        const chance = this.slider(html("input", { type: "range", id: `first-${i}`, "aria-label": `Probability ${where} that ${preset.states[0]} is next` }), 0, 1, put("first"));
        return html("div", { class: "numbers" }, html("span", { class: "action", text: action }), reward, html("output", { for: `reward-${i}` }), chance, html("output", { for: `first-${i}` }));
      });
      return html("fieldset", {}, html("legend", { text: `In ${preset.states[s]}` }), ...rows);
    }));
    one("#pays").replaceChildren(...STATES.flatMap((s) => preset.actions.map((action, a) => {
      const i = s * n + a, box = html("input", { type: "checkbox", id: `pays-${i}` });
      box.addEventListener("change", () => this.page.set({ feature: this.page.state.feature.map((x, k) => (k === i ? Number(box.checked) : x)) }, false));
      return html("label", {}, box, html("span", { text: `${action} in ${preset.states[s]}` }));
    })));
    one("#about").textContent = preset.says;
    one("#contract-says").textContent = preset.contract;
    one("#first-name").textContent = preset.states[0];
    STATES.forEach((s) => { one(`#seen-${s} + span`).textContent = preset.states[s]; });
    const chosen = one(`#world-${state.world}`), row = one("#worlds");
    chosen.checked = true;
    row.scrollLeft = chosen.parentElement.offsetLeft - row.offsetLeft - row.clientWidth / 3;
  }

  draw(world, state) {
    const put = (id, value, text = decimal(value)) => {
      const input = one(`#${id}`), output = one(`output[for="${id}"]`);
      if (Number(input.value) !== Number(value)) input.value = value;
      if (output.textContent !== text) output.textContent = text;
    };
    state.rewards.forEach((x, i) => put(`reward-${i}`, x));
    state.first.forEach((x, i) => put(`first-${i}`, x));
    put("discount", state.discount);
    put("theta", state.theta);
    put("steps", state.steps, String(state.steps));
    state.feature.forEach((x, i) => { one(`#pays-${i}`).checked = x > 0; });
    if (document.activeElement !== one("#seed")) one("#seed").value = state.seed;
    one(`#seen-${state.chart}`).checked = true;
    for (const name of [...LAYERS.map((x) => [`layer-${x}`, x]), ...Object.keys(METHODS).map((x) => [`show-${x}`, x])]) one(`#${name[0]}`).checked = state.show.has(name[1]);
    for (const name of Object.keys(METHODS)) this.notes[name].textContent = this.progress(world.paths.find((path) => path.method === name), world, state);
    const [all, whole] = [world.cells.reduce((sum, cell) => sum + Math.abs(area(cell)), 0), Math.abs(area(world.hull))];
    this.say("optimum", world.names.called(world.best.choice));
    this.say("worth", pair(world.best.at));
    this.say("corners", String(world.corners.length));
    this.say("share", whole > 1e-9 ? `${(100 * all) / whole > 99.95 ? "all" : `${((100 * all) / whole).toFixed(1)} %`} of its convex hull` : "no area at all");
    this.say("response", this.response(world, state));
    one("#python").textContent = python(state);
  }

  say(name, text) {
    for (const node of document.querySelectorAll(`[data-say="${name}"]`)) if (node.textContent !== text) node.textContent = text;
  }

  progress(path, world, state) {
    if (!path) return "";
    const shown = path.points.slice(0, state.steps + 1), end = shown[shown.length - 1];
    const far = Math.max(...STATES.map((s) => Math.abs(end[s] - world.best.at[s]))), left = path.outside.slice(0, shown.length).filter(Boolean).length;
    const where = far < 5e-4 ? "at the optimum" : `${far < 0.1 ? far.toFixed(3) : decimal(far)} short of it`;
    return `${where}${path.method === "pi" && far < 5e-4 ? ` after ${shown.length - 1}` : ""}${left ? `; ${left} of ${shown.length} values outside` : ""}`;
  }

  response(world, state) {
    const parts = world.envelope, now = parts.find((part) => state.theta <= part.to + 1e-12) ?? parts[parts.length - 1];
    const next = parts[parts.indexOf(now) + 1];
    const start = `At θ = ${decimal(state.theta)} the best response is ${world.names.called(now.line.choice)}`;
    if (parts.length === 1) return `${start}, as at every θ shown.`;
    return `${start}. Over all θ shown there are ${parts.length} best responses${next ? `; the next takes over at ${decimal(now.to)}` : ""}.`;
  }

  /* Which policy is worth the point under the mouse. */
  point(world, at) {
    const line = one("#readout");
    if (!at) {
      const text = "Point anywhere to see whose value it is. Drag a vertex, the start, or a slider.";
      if (line.textContent !== text) line.textContent = text;
      return;
    }
    const policy = policyWorth(world.process, at), n = world.actions.length;
    const bold = html("b", { text: `(${at.map(decimal).join(", ")})` });
    if (policy) {
      const told = STATES.map((s) => `in ${world.names.states[s]} ${world.actions.map((name, a) => [name, policy[s * n + a]]).filter(([, p]) => p > 1e-6).map(([name, p]) => (p > 1 - 1e-6 ? `always ${name}` : `${name} ${percent(p)}`)).join(", ")}`);
      return line.replaceChildren(bold, ` is what this policy is worth: ${told.join("; ")}${n > 2 ? " (of many, the most random)" : ""}.`);
    }
    const q = actionValues(world.process, at);
    const why = STATES.flatMap((s) => {
      const own = q.slice(s * n, (s + 1) * n), high = Math.max(...own), low = Math.min(...own);
      if (at[s] > high) return [`in ${world.names.states[s]} even the best action would give only ${decimal(high)}`];
      return at[s] < low ? [`in ${world.names.states[s]} even the worst action would give ${decimal(low)}`] : [];
    });
    line.replaceChildren(html("b", { text: "No policy is worth " }), bold, `: ${why.join(", and ")}.`);
  }

  speak(world) {
    const held = document.activeElement?.closest?.(".handle") ? `${one("#readout").textContent} ` : "";
    const text = `${held}The optimum is ${world.names.called(world.best.choice)}, worth ${pair(world.best.at)}.`;
    if (one("#said").textContent !== text) one("#said").textContent = text;
  }

  play() {
    const button = one("#play"), stop = () => { window.clearInterval(this.playing); this.playing = null; button.textContent = "Play"; this.page.settle(); };
    if (this.playing) return stop();
    button.textContent = "Pause";
    if (this.page.state.steps >= UPDATES) this.page.set({ steps: 0 });
    this.playing = window.setInterval(() => {
      this.page.set({ steps: this.page.state.steps + 1 });
      if (this.page.state.steps >= UPDATES) stop();
    }, still.matches ? 400 : 90);
  }
}
