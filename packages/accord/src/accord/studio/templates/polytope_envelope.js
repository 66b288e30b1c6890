/* Beside the plane: what the best response to a contract is worth at every theta, and what that leaves for the payer. */

const THETAS = [-2, 2];

class Envelope {
  constructor(host, change, drop) {
    Object.assign(this, { host, change, drop, width: 0 });
    this.root = svg("svg", { role: "group", "aria-label": "The best response at every theta" });
    this.picture = svg("g", { "aria-hidden": "true" });
    this.rule = svg("g", { class: "theta", tabindex: "0", role: "slider", "aria-label": "theta", "aria-valuemin": THETAS[0], "aria-valuemax": THETAS[1] });
    this.root.append(this.picture, this.rule);
    host.append(this.root);
    let held = false;
    const at = (event) => {
      const box = this.root.getBoundingClientRect();
      const share = (event.clientX - box.left - this.left) / (this.right - this.left);
      change(clamp(Math.round((THETAS[0] + share * (THETAS[1] - THETAS[0])) * 100) / 100, ...THETAS));
    };
    this.root.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      held = true;
      this.root.setPointerCapture(event.pointerId);
      this.rule.focus({ preventScroll: true });
      at(event);
    });
    this.root.addEventListener("pointermove", (event) => { if (held) at(event); });
    for (const end of ["pointerup", "pointercancel"]) this.root.addEventListener(end, () => { if (held) { held = false; drop(); } });
    this.rule.addEventListener("keydown", (event) => {
      const now = this.theta, step = event.shiftKey ? 0.1 : 0.01;
      const to = { ArrowLeft: now - step, ArrowDown: now - step, ArrowRight: now + step, ArrowUp: now + step, PageDown: now - 0.25, PageUp: now + 0.25, Home: THETAS[0], End: THETAS[1] }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      this.theta = clamp(Math.round(to * 100) / 100, ...THETAS);  // keys may come faster than frames
      change(this.theta);
      drop();
    });
  }

  draw(world, state) {
    const width = Math.floor(this.host.clientWidth);
    if (!width) return;
    const [upper, under, gap, top] = [190, 130, 56, 24], height = top + upper + gap + under + 40, s = state.chart;
    [this.left, this.right] = [36, width - 12];
    for (const [key, value] of Object.entries({ viewBox: `0 0 ${width} ${height}`, width, height })) this.root.setAttribute(key, value);
    const X = scale(...THETAS, this.left, this.right);
    const parts = world.envelope, lineAt = (one, theta) => one.value[s] + theta * one.moves[s];
    const rest = (one, theta) => one.partner[s] - theta * one.moves[s], both = (one) => one.value[s] + one.partner[s];
    const nodes = [];
    const text = (kind, x, y, anchor, words) => nodes.push(svg("text", { class: kind, x, y, "text-anchor": anchor, text: words }));
    const path = (kind, d) => nodes.push(svg("path", { class: kind, d }));
    const frame = (name, low, high, y0, y1) => {
      const Y = scale(low, high, y1, y0);
      for (const t of ticks(low, high, 4)) {
        nodes.push(svg("line", { class: t === 0 ? "base" : "grid", x1: this.left, x2: this.right, y1: Y(t), y2: Y(t) }));
        text("tick", this.left - 6, Y(t) + 4, "end", number(t));
      }
      text("axis", this.left, y0 - 9, "start", name);
      return Y;
    };
    const best = parts.flatMap((p) => [lineAt(p.line, p.from), lineAt(p.line, p.to)]), lowest = Math.min(...world.lines.map((one) => one.value[s]), ...best);
    const Y = frame(`what the best response is worth in ${world.names.states[s]}`, lowest, Math.max(...best) + 1e-6, top, top + upper);
    const clipped = svg("clipPath", { id: "upper" }, svg("rect", { x: this.left, y: top, width: this.right - this.left, height: upper }));
    nodes.push(clipped);
    const all = world.lines.map((one) => `M${THETAS.map((t) => `${X(t)} ${Y(lineAt(one, t))}`).join("L")}`).join("");
    nodes.push(svg("path", { class: "candidates", d: all, "clip-path": "url(#upper)" }));
    path("upper", `M${parts.flatMap((p) => [p.from, p.to].map((t) => `${X(t)} ${Y(lineAt(p.line, t))}`)).join("L")}`);
    const now = parts.find((p) => state.theta <= p.to + 1e-12) || parts[parts.length - 1];
    path("current", `M${[now.from, now.to].map((t) => `${X(t)} ${Y(lineAt(now.line, t))}`).join("L")}`);

    const sums = parts.map((p) => both(p.line)), left = parts.flatMap((p) => [rest(p.line, p.from), rest(p.line, p.to)]);
    const y0 = top + upper + gap, y1 = y0 + under;
    let [low, high] = [Math.min(...sums, ...left), Math.max(...sums, ...left)];
    if (high - low < 0.2) [low, high] = [low - 0.1, high + 0.1];
    const Z = frame("left for the payer, and for both together", low, high, y0, y1);
    parts.forEach((p) => {
      path("payer", `M${X(p.from)} ${Z(rest(p.line, p.from))}L${X(p.to)} ${Z(rest(p.line, p.to))}`);
      path("both", `M${X(p.from)} ${Z(both(p.line))}H${X(p.to)}`);
    });
    const last = parts[parts.length - 1], wide = parts.reduce((x, y) => (y.to - y.from > x.to - x.from ? y : x));
    text("name both-name", X((wide.from + wide.to) / 2), Z(both(wide.line)) - 6, "middle", "both");
    const spot = (last.from + 3 * last.to) / 4;
    text("name payer-name", X(spot) - 6, clamp(Z(rest(last.line, spot)) + 14, y0 + 12, y1 - 4), "end", "payer");
    for (const p of parts.slice(1)) path("break", `M${X(p.from)} ${top}V${y1}`);
    const named = [];  // the response of now first, the others where there is room
    for (const p of [now, ...parts.filter((part) => part !== now)]) {
      const name = world.names.short(p.line.choice), half = 3.4 * name.length + 3;
      const middle = clamp((X(p.from) + X(p.to)) / 2, this.left + half, this.right - half);
      if ((p !== now && X(p.to) - X(p.from) < half) || named.some(([at, wide]) => Math.abs(at - middle) < wide + half)) continue;
      named.push([middle, half]);
      text(p === now ? "name strong" : "name", middle, top + upper + 17, "middle", name);
    }
    for (const t of [-2, -1, 0, 1, 2]) text("tick", X(t), y1 + 17, "middle", number(t));
    text("axis", this.right, y1 + 34, "end", "θ →");
    this.picture.replaceChildren(...nodes);

    const x = X(state.theta), value = lineAt(now.line, state.theta);
    this.rule.replaceChildren(
      svg("rect", { class: "hit", x: x - 14, y: top, width: 28, height: y1 - top }),
      svg("line", { x1: x, x2: x, y1: top, y2: y1 }), svg("circle", { cx: x, cy: Y(value), r: 6 }),
      svg("circle", { class: "knob", cx: x, cy: y1, r: 6 }),
    );
    this.theta = state.theta;
    this.rule.setAttribute("aria-valuenow", state.theta);
    this.rule.setAttribute("aria-valuetext", `theta ${decimal(state.theta)}: the best response is ${world.names.called(now.line.choice)}, worth ${decimal(value)}`);
  }
}
