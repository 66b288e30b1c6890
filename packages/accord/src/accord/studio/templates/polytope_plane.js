/* The big figure: the plane of values, with everything in it that can be dragged. It draws a `world` (see polytope.js)
   and tells `on.drag(name, value)`, `on.drop()` and `on.probe(value)`. */

const EASE = 0.22;

class Plane {
  constructor(host, on) {
    Object.assign(this, { host, on, view: null, goal: null, size: null, held: null, sides: new Map(), marks: new Map() });
    this.root = svg("svg", { role: "group", "aria-label": "The plane of values" });
    const clip = svg("clipPath", { id: "plot" }, (this.frame = svg("rect")));
    this.layers = {};
    this.root.append(svg("defs", {}, clip), (this.axes = svg("g", { "aria-hidden": "true" })));
    const inner = svg("g", { "clip-path": "url(#plot)", "aria-hidden": "true" });
    for (const name of ["band-0", "band-1", "ghost", "region", "cloud", "lines", "hull", "edge", "mixture", "tracks", "line-0", "line-1"]) {
      inner.append((this.layers[name] = svg("path", { class: name })));
    }
    inner.append((this.paths = svg("g")));
    this.names = svg("g", { "aria-hidden": "true" });
    this.handles = svg("g");
    this.probe = svg("g", { class: "probe", "aria-hidden": "true", visibility: "hidden" }, svg("circle", { r: 5 }));
    this.best = svg("path", { class: "best", "aria-hidden": "true", d: star(11, 4.6) });
    this.root.append(inner, this.names, this.best, this.handles, this.probe);
    host.append(this.root);
    this.corners = [];
    this.start = this.handle("start", svg("circle", { class: "ring", r: 8 }), svg("circle", { class: "core", r: 3 }));
    this.listen();
  }

  /* ---------------------------------------------------------------------------------------------- dragging, by hand */

  handle(name, ...looks) {
    const node = svg("g", { class: `handle ${name.split(":")[0]}`, tabindex: "0", role: "button", "data-name": name, "aria-roledescription": "draggable point", "aria-describedby": "keys" }, svg("circle", { class: "hit", r: 20 }), ...looks);
    this.handles.insertBefore(node, this.start ?? null);  // the start lies on top
    return node;
  }

  listen() {
    this.root.addEventListener("pointerdown", (event) => {
      const node = event.target.closest("[data-name]");
      if (!node || event.button) return this.look(event);
      event.preventDefault();
      node.focus({ preventScroll: true });
      this.root.setPointerCapture(event.pointerId);
      this.held = node.dataset.name;
      const at = this.valueAt(event), from = this.at.get(this.held);
      this.offset = [at[0] - from[0], at[1] - from[1]];
      this.root.classList.add("holding");
      this.on.probe(null);
    });
    this.root.addEventListener("pointermove", (event) => {
      if (!this.held) return this.look(event);
      const at = this.valueAt(event);
      this.on.drag(this.held, [at[0] - this.offset[0], at[1] - this.offset[1]]);
    });
    const drop = () => {
      if (!this.held) return;
      this.held = null;
      this.root.classList.remove("holding");
      this.on.drop();
    };
    this.root.addEventListener("pointerup", drop);
    this.root.addEventListener("pointercancel", drop);
    this.root.addEventListener("pointerleave", (event) => { if (!this.held && event.pointerType !== "touch") this.on.probe(null); });
    for (const kind of ["focusin", "focusout"]) this.root.addEventListener(kind, () => this.on.probe(null));
    this.root.addEventListener("keydown", (event) => {
      const node = event.target.closest("[data-name]");
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (!node || !way || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const at = this.at.get(node.dataset.name), far = event.shiftKey ? 0.05 : 0.01;
      this.on.drag(node.dataset.name, at.map((c, i) => c + way[i] * far * (this.goal[i][1] - this.goal[i][0])));
      this.on.drop();
    });
  }

  /* The value of the point that a hand or the keyboard has. */
  chosen() { return this.at.get(this.held ?? document.activeElement?.dataset?.name ?? ""); }

  look(event) {
    const { left, top, width, height } = this.plot, box = this.root.getBoundingClientRect();
    const x = event.clientX - box.left, y = event.clientY - box.top;
    const there = x >= left && x <= left + width && y >= top && y <= top + height;
    this.on.probe(there ? this.valueAt(event) : null);
  }

  valueAt(event) {
    const box = this.root.getBoundingClientRect(), { left, top, width, height } = this.plot;
    const x = clamp((event.clientX - box.left - left) / width, 0, 1), y = clamp((event.clientY - box.top - top) / height, 0, 1);
    const [[x0, x1], [y0, y1]] = this.view;
    return [x0 + x * (x1 - x0), y1 - y * (y1 - y0)];
  }

  /* ----------------------------------------------------------------------------------------------------- the window */

  resize() {
    const width = Math.floor(this.host.clientWidth), height = Math.floor(this.host.clientHeight);
    if (!width || !height || (this.size && this.size[0] === width && this.size[1] === height)) return false;
    this.size = [width, height];
    const small = width < 520;
    this.plot = { left: small ? 40 : 58, top: 14, width: width - (small ? 40 : 58) - 14, height: height - 14 - (small ? 38 : 46) };
    this.root.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.root.setAttribute("width", width);
    this.root.setAttribute("height", height);
    for (const [key, name] of [["x", "left"], ["y", "top"], ["width", "width"], ["height", "height"]]) this.frame.setAttribute(key, this.plot[name]);
    return true;
  }

  /* Where to look: all that is drawn and some room. While something moves the window only grows, so that what moves is
     the polytope; once it is let go the window fits again. Says whether it is still on its way. */
  aim(world, moving, still) {
    const own = extent([...world.corners.map((one) => one.at), ...world.paths.flatMap((one) => one.points)]);
    const wide = world.moved ? extent([[own.x[0], own.y[0]], [own.x[1], own.y[1]], ...world.lines.map((one) => one.value)]) : own;
    const span = (side) => side[1] - side[0];  // the polytope without the contract too, if that keeps this one large
    const box = span(wide.x) < 1.6 * span(own.x) && span(wide.y) < 1.6 * span(own.y) ? wide : own;
    const room = [0.13, 0.1];
    const fit = [box.x, box.y].map(([low, high], i) => {
      const size = Math.max(high - low, 0.05);
      return [(low + high - size) / 2 - room[i] * size, (low + high + size) / 2 + room[i] * size];
    });
    if (!this.goal || (!moving && !this.held)) this.goal = fit;
    else if (!this.held) this.goal = this.goal.map(([low, high], i) => [Math.min(low, fit[i][0]), Math.max(high, fit[i][1])]);
    if (!this.view || still) this.view = this.goal.map((side) => [...side]);
    let far = 0;
    this.view = this.view.map((side, i) => side.map((x, k) => {
      const left = this.goal[i][k] - x;
      far = Math.max(far, Math.abs(left) / (this.goal[i][1] - this.goal[i][0]));
      return Math.abs(left) < 1e-4 * (this.goal[i][1] - this.goal[i][0]) ? this.goal[i][k] : x + EASE * left;
    }));
    const { left, top, width, height } = this.plot, [[x0, x1], [y0, y1]] = this.view;
    this.X = (x) => left + ((x - x0) / (x1 - x0)) * width;
    this.Y = (y) => top + height - ((y - y0) / (y1 - y0)) * height;
    return far > 1e-4;
  }

  pixel([x, y]) { return [this.X(x), this.Y(y)]; }

  trace(points, closed = false) {
    return points.length ? `M${points.map((p) => `${this.X(p[0]).toFixed(2)} ${this.Y(p[1]).toFixed(2)}`).join("L")}${closed ? "Z" : ""}` : "";
  }

  /* ---------------------------------------------------------------------------------------------------- the drawing */

  draw(world, state) {
    this.at = new Map([["start", world.start], ...world.corners.map((one, i) => [`corner:${i}`, one.at])]);
    this.drawAxes(world);
    const set = (name, d) => this.layers[name].setAttribute("d", d);
    const each = (list, closed) => list.map((points) => this.trace(points, closed)).join("");
    set("region", each(world.cells, true));
    set("lines", each(world.segments.map((one) => [one.from, one.to])));
    set("edge", each(world.segments.flatMap((one) => one.edges)));
    set("hull", state.show.has("hull") ? this.trace(world.hull, true) : "");
    for (const s of STATES) {
      const [low, high] = this.view[1 - s], out = high - low;
      set(`band-${s}`, state.show.has("bands") ? each(band(world.process, s, low - out, high + out), true) : "");
    }
    set("cloud", state.show.has("cloud") ? world.cloud.map(([x, y]) => `M${this.X(x).toFixed(1)} ${this.Y(y).toFixed(1)}h0`).join("") : "");
    set("mixture", state.show.has("mixture") ? this.trace(world.mixture) : "");
    set("ghost", world.moved ? each(world.before, true) : "");
    set("tracks", world.moved ? each(world.lines.map((one, i) => [one.value, world.corners[i].at])) : "");
    this.drawPaths(world, state);
    this.drawCorners(world);
    this.move(this.best, world.best.at);
    this.move(this.start, world.start);
    this.start.setAttribute("aria-label", `Start of the paths, worth ${pair(world.start)}`);
    this.drawProbe(world, state);
  }

  move(node, at) { node.setAttribute("transform", `translate(${this.X(at[0]).toFixed(2)} ${this.Y(at[1]).toFixed(2)})`); }

  drawAxes(world) {
    const { left, top, width, height } = this.plot, [xs, ys] = this.view;
    const nodes = [];
    for (const t of ticks(xs[0], xs[1], width / 90)) {
      nodes.push(svg("line", { class: t === 0 ? "base" : "grid", x1: this.X(t), x2: this.X(t), y1: top, y2: top + height }));
      nodes.push(svg("text", { class: "tick", x: this.X(t), y: top + height + 17, "text-anchor": "middle", text: number(t) }));
    }
    for (const t of ticks(ys[0], ys[1], height / 70)) {
      nodes.push(svg("line", { class: t === 0 ? "base" : "grid", x1: left, x2: left + width, y1: this.Y(t), y2: this.Y(t) }));
      nodes.push(svg("text", { class: "tick", x: left - 8, y: this.Y(t) + 4, "text-anchor": "end", text: number(t) }));
    }
    nodes.push(svg("text", { class: "axis", x: left + width, y: top + height + (width < 460 ? 33 : 39), "text-anchor": "end", text: `value in ${world.names.states[0]} →` }));
    nodes.push(svg("text", { class: "axis", x: 0, y: 0, transform: `translate(${width < 460 ? 10 : 13} ${top}) rotate(-90)`, "text-anchor": "end", text: `value in ${world.names.states[1]} →` }));
    this.axes.replaceChildren(...nodes);
  }

  drawPaths(world, state) {
    const nodes = [], labels = [];
    for (const one of world.paths) {
      const { colour: paint, shape, short } = METHODS[one.method];
      const shown = one.points.slice(0, state.steps + 1), out = (i) => one.outside[i];
      nodes.push(svg("path", { class: "path", d: this.trace(shown), stroke: colour(paint) }));
      for (const wanted of [false, true]) {
        const d = shown.flatMap((p, i) => (i && out(i) === wanted ? [blot(shape, ...this.pixel(p), one.method === "pi" ? 6 : 3.2)] : [])).join("");
        nodes.push(svg("path", { class: wanted ? "dots outside" : "dots", d, ...(wanted ? { stroke: colour(paint) } : { fill: colour(paint) }) }));
      }
      if (shown.length > 1) labels.push({ ...one, shown, short, paint });
    }
    this.paths.replaceChildren(...nodes);
    this.words = labels.map((one) => this.named(one, labels));
  }

  /* Where a path's own name may stand: where it is farthest from all other paths, with some loyalty to the last place. */
  named(one, all) {
    const others = all.filter((two) => two !== one).flatMap((two) => two.shown.map((p) => this.pixel(p)));
    const last = this.marks.get(one.method);
    const spots = one.shown.slice(1).map((p, i) => {
      const [x, y] = this.pixel(p), clear = Math.min(90, ...others.map(([u, v]) => Math.hypot(x - u, (y - v) * 1.6)));
      return { x, y, i, clear: clear + (i === last ? 12 : 0) };
    });
    spots.sort((p, q) => q.clear - p.clear);
    return { key: `path ${one.method}`, method: one.method, text: one.short, spots: spots.slice(0, 5), kind: "of-path", paint: one.paint };
  }

  drawCorners(world) {
    while (this.corners.length < world.corners.length) this.corners.push(this.handle(`corner:${this.corners.length}`, svg("circle", { class: "ring", r: 5 })));
    while (this.corners.length > world.corners.length) this.corners.pop().remove();
    const words = world.corners.map((one, i) => {
      const [x, y] = this.pixel(one.at), node = this.corners[i];
      this.move(node, one.at);
      node.classList.toggle("optimum", one === world.best);
      const says = `${world.names.called(one.choice)}, worth ${pair(one.at)}${one === world.best ? ", the optimum" : ""}. Moving it changes the rewards of its two actions`;
      if (node.getAttribute("aria-label") !== says) node.setAttribute("aria-label", says);
      return { key: `corner ${i}`, text: world.names.short(one.choice), x, y, kind: one === world.best ? "of-best" : "of-corner" };
    });
    words.push({ key: "start", text: "start", x: this.X(world.start[0]), y: this.Y(world.start[1]), kind: "of-start" });
    if (world.moved) this.words.push({ key: "ghost", text: "without the contract", kind: "of-ghost", spots: this.vacated(world) });
    this.place(world, [...words.filter((w) => w.kind === "of-best"), ...words.filter((w) => w.kind !== "of-best"), ...this.words]);
  }

  /* Places in the polytope without the contract that the polytope under it has left: all of a name, or its middle. */
  vacated(world) {
    const { left, top, width, height } = this.plot, half = 74, [[x0, x1], [y0, y1]] = this.view, found = [[], []];
    const free = (x, y) => {
      const at = [x0 + ((x - left) / width) * (x1 - x0), y1 - ((y - top) / height) * (y1 - y0)];
      return inside(world.base, at) && !inside(world.process, at);
    };
    for (let x = left + half; x < left + width - half; x += 36) {
      for (let y = top + 14; y < top + height - 14; y += 24) {
        if (free(x, y)) found[[-half, half].every((dx) => free(x + dx, y)) ? 0 : 1].push({ x, y, i: 0, centred: true });
      }
    }
    return found[0].length ? found[0] : found[1];
  }

  /* Names beside their points: of eight sides the one with least in its way, and no jumping for a small gain. A path
     whose name would lie on another name goes without: the legend has it. */
  place(world, words) {
    const taken = words.filter((w) => !w.spots).map(({ x, y }) => [x - 7, y - 7, x + 7, y + 7]);
    const around = this.pixel([0, 1].map((k) => world.corners.reduce((sum, one) => sum + one.at[k], 0) / world.corners.length));
    const dots = world.paths.flatMap((one) => one.points.filter((_, i) => i % 2).map((p) => this.pixel(p)));
    const nodes = words.flatMap((word) => {
      const tries = (word.spots ?? [word]).map((spot, i) => ({ ...this.beside(word, spot, taken, dots, around), extra: spot.centred ? 0 : i, spot }));
      if (!tries.length) return [];
      const best = tries.reduce((x, y) => (y.cost + y.extra * 0.4 < x.cost + x.extra * 0.4 ? y : x));
      if (word.spots && best.hits) return [];
      this.sides.set(word.key, best.k);
      if (word.method) this.marks.set(word.method, best.spot.i);
      taken.push(best.box);
      return [svg("text", { class: `name ${word.kind}`, x: best.box[0] + 2, y: best.box[3] - 3.5, text: word.text, ...(word.paint ? { fill: colour(word.paint) } : {}) })];
    });
    this.names.replaceChildren(...nodes);
  }

  beside(word, spot, taken, dots, around) {
    const { left, top, width, height } = this.plot, wide = 7.4 * word.text.length + 4, tall = 15, gap = word.kind === "of-best" ? 15 : 11;
    const outward = Math.atan2(spot.y - around[1], spot.x - around[0]);
    let best = { cost: Infinity };
    for (let k = 0; k < (spot.centred ? 1 : 8); k++) {
      const angle = (k * Math.PI) / 4, [dx, dy] = spot.centred ? [0, 0] : [Math.cos(angle), Math.sin(angle)];
      const x = spot.x + dx * gap + (dx > 0.3 ? 0 : dx < -0.3 ? -wide : -wide / 2), y = spot.y + dy * gap + (dy > 0.3 ? 0 : dy < -0.3 ? -tall : -tall / 2);
      const box = [x, y, x + wide, y + tall];
      const hits = taken.filter((b) => box[0] < b[2] && b[0] < box[2] && box[1] < b[3] && b[1] < box[3]).length;
      const on = dots.filter(([u, v]) => u > box[0] && u < box[2] && v > box[1] && v < box[3]).length;
      const over = box[0] < left || box[2] > left + width || box[1] < top - 6 || box[3] > top + height;
      const turn = word.spots ? 0 : 1 - Math.cos(angle - outward);
      const cost = 8 * hits + 0.5 * Math.min(on, 8) + (over ? 20 : 0) + turn - (this.sides.get(word.key) === k ? 0.8 : 0);
      if (cost < best.cost) best = { k, box, cost, hits: hits + Number(over) };
    }
    return best;
  }

  /* The point under the mouse, and through it the two segments of the line theorem. */
  drawProbe(world, state) {
    const at = state.probe, policy = at && policyWorth(world.process, at);
    this.probe.setAttribute("visibility", at && !this.held ? "visible" : "hidden");
    this.probe.classList.toggle("nowhere", !policy);
    for (const s of STATES) {
      let d = "";
      if (policy && !this.held) {
        const n = world.process.actions;
        const ends = Array.from({ length: n }, (_, a) => {
          const other = [...policy];
          for (let b = 0; b < n; b++) other[s * n + b] = a === b ? 1 : 0;
          return evaluate(world.process, other);
        }).sort((p, q) => p[0] + p[1] - q[0] - q[1]);
        d = this.trace([ends[0], ends[n - 1]]);
      }
      this.layers[`line-${s}`].setAttribute("d", d);
    }
    if (at) this.move(this.probe, at);
  }
}

function star(outer, inner) {
  const points = Array.from({ length: 10 }, (_, i) => [i % 2 ? inner : outer, (i * Math.PI) / 5 - Math.PI / 2]);
  return `M${points.map(([r, t]) => `${(r * Math.cos(t)).toFixed(2)} ${(r * Math.sin(t)).toFixed(2)}`).join("L")}Z`;
}

function blot(shape, x, y, r) {
  const at = (dx, dy) => `${(x + dx).toFixed(1)} ${(y + dy).toFixed(1)}`;
  if (shape === "square") return `M${at(-r, -r)}h${2 * r}v${2 * r}h${-2 * r}Z`;
  if (shape === "triangle") return `M${at(0, -1.25 * r)}L${at(1.15 * r, r)}L${at(-1.15 * r, r)}Z`;
  if (shape === "diamond") return `M${at(0, -1.35 * r)}L${at(1.35 * r, 0)}L${at(0, 1.35 * r)}L${at(-1.35 * r, 0)}Z`;
  return `M${at(-r, 0)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
}

const decimal = (x) => (x + 0).toFixed(2).replace(/^-(0\.00)$/, "$1").replace("-", "−");
const pair = ([x, y]) => `${decimal(x)} and ${decimal(y)}`;
