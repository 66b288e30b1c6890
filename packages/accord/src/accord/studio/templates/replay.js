/* Replays: a painter that draws one moment of an episode, and a theatre that plays several of them on one clock. */

const NAMES = ["grass", "grass-2", "soil", "water", "water-2", "wall", "waste", "waste-2", "apple", "apple-shine", "leaf", "beam", "coin", "coin-edge", "ring", "shine", "ink", "paper", "card"];
const QUARTER = Math.PI / 2;
const PACE = 6; // steps a second at normal speed; more where an episode would take longer than a person watches
const ease = (f) => f * f * (3 - 2 * f);

function paints() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(`--${name}`).trim();
  const found = Object.fromEntries(NAMES.map((name) => [name, read(name)]));
  found.agents = Array.from({ length: 8 }, (_, i) => read(`agent-${i}`));
  return found;
}

const letterOf = (agent) => String.fromCharCode(65 + agent);

function noise(index) { // the same for the same cell: a blob keeps its form
  const x = Math.sin(index * 127.1 + 11.7) * 43758.5453;
  return x - Math.floor(x);
}

function paintApple(context, x, y, size, paint) {
  if (size <= 0.02) return;
  const r = size * 0.27;
  context.fillStyle = paint.apple;
  context.beginPath();
  context.arc(x - r * 0.32, y + r * 0.1, r * 0.82, 0, 7);
  context.arc(x + r * 0.32, y + r * 0.1, r * 0.82, 0, 7);
  context.fill();
  context.fillStyle = paint.leaf;
  context.beginPath();
  context.ellipse(x + r * 0.35, y - r * 0.95, r * 0.5, r * 0.24, -0.6, 0, 7);
  context.fill();
  context.fillStyle = paint["apple-shine"];
  context.beginPath();
  context.ellipse(x - r * 0.5, y - r * 0.15, r * 0.16, r * 0.28, 0.5, 0, 7);
  context.fill();
}

function paintWaste(context, x, y, size, seed, alpha, paint) {
  if (alpha <= 0.02) return;
  context.globalAlpha = alpha;
  context.fillStyle = paint.waste;
  context.beginPath();
  for (let i = 0; i < 9; i++) {
    const angle = (i / 9) * Math.PI * 2, r = size * (0.27 + 0.11 * noise(seed * 9 + i));
    context[i ? "lineTo" : "moveTo"](x + Math.cos(angle) * r * 1.12, y + Math.sin(angle) * r * 0.9);
  }
  context.closePath();
  context.lineJoin = "round";
  context.lineWidth = size * 0.09;
  context.strokeStyle = paint.waste;
  context.stroke();
  context.fill();
  context.fillStyle = paint["waste-2"];
  for (let i = 0; i < 3; i++) {
    context.beginPath();
    context.arc(x + (noise(seed + i * 31) - 0.5) * size * 0.38, y + (noise(seed + i * 57) - 0.5) * size * 0.3, size * (0.035 + 0.03 * noise(seed + i)), 0, 7);
    context.fill();
  }
  context.globalAlpha = 1;
}

function paintRobot(context, x, y, size, angle, agent, paint) {
  const s = size * 0.74, round = (a, b, w, h, r) => { context.beginPath(); context.roundRect(a, b, w, h, r); };
  context.save();
  context.translate(x, y);
  context.rotate(angle); // heading 0 looks up
  context.fillStyle = paint.ink;
  round(-s * 0.54, -s * 0.4, s * 0.22, s * 0.84, s * 0.09); context.fill();
  round(s * 0.32, -s * 0.4, s * 0.22, s * 0.84, s * 0.09); context.fill();
  round(-s * 0.42, -s * 0.47, s * 0.84, s * 0.94, s * 0.24);
  context.fillStyle = paint.agents[agent % 8];
  context.fill();
  context.lineWidth = Math.max(1.2, size * 0.045);
  context.strokeStyle = paint.ring;
  context.stroke();
  round(-s * 0.3, -s * 0.4, s * 0.6, s * 0.22, s * 0.11);
  context.fillStyle = paint.ring;
  context.fill();
  context.fillStyle = paint.ink;
  for (const side of [-1, 1]) { context.beginPath(); context.arc(side * s * 0.14, -s * 0.29, s * 0.065, 0, 7); context.fill(); }
  context.restore();
  const back = [Math.sin(angle) * -s * 0.12, Math.cos(angle) * s * 0.12];
  context.fillStyle = paint.ring;
  context.font = `700 ${s * 0.42}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(letterOf(agent), x + back[0], y + back[1] + s * 0.03);
}

function paintCoin(context, x, y, r, paint) {
  context.fillStyle = paint.coin;
  context.strokeStyle = paint["coin-edge"];
  context.lineWidth = Math.max(1, r * 0.16);
  context.beginPath();
  context.arc(x, y, r, 0, 7);
  context.fill();
  context.stroke();
  context.beginPath();
  context.arc(x, y, r * 0.55, 0, 7);
  context.lineWidth = Math.max(0.7, r * 0.1);
  context.stroke();
}

function paintBeam(context, x, y, size, angle, reach, width, glow, paint) {
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  const light = context.createLinearGradient(0, -size * 0.3, 0, -(reach + 0.5) * size);
  light.addColorStop(0, paint.beam);
  light.addColorStop(1, `${paint.shine}55`);
  context.globalAlpha = 0.62 * glow;
  context.fillStyle = light;
  context.beginPath();
  context.moveTo(-size * 0.1, -size * 0.3);
  context.lineTo(-size * 0.36 * width, -(reach + 0.42) * size);
  context.lineTo(size * 0.36 * width, -(reach + 0.42) * size);
  context.lineTo(size * 0.1, -size * 0.3);
  context.fill();
  context.globalAlpha = 0.9 * glow;
  context.strokeStyle = paint.shine;
  context.lineWidth = size * 0.05;
  context.beginPath();
  context.moveTo(0, -size * 0.3);
  context.lineTo(0, -(reach + 0.4) * size);
  context.stroke();
  context.restore();
}

function paintGround(context, map, size, paint) {
  context.fillStyle = paint.wall;
  context.fillRect(-size, -size, (map[0].length + 2) * size, (map.length + 2) * size);
  map.forEach((line, row) => [...line].forEach((char, col) => {
    if (char === "#" || char === "@") return;
    const x = col * size, y = row * size, wet = "HRS".includes(char);
    context.fillStyle = wet ? paint.water : char === "B" ? paint.soil : (row + col) % 2 ? paint.grass : paint["grass-2"];
    context.fillRect(x - 0.3, y - 0.3, size + 0.6, size + 0.6);
    if (wet) {
      context.strokeStyle = paint["water-2"];
      context.lineWidth = size * 0.05;
      for (const part of [0.3, 0.72]) {
        const shift = noise(row * 31 + col * 17 + part) * size * 0.3;
        context.beginPath();
        context.moveTo(x + size * 0.12 + shift, y + size * part);
        context.quadraticCurveTo(x + size * 0.25 + shift, y + size * (part - 0.09), x + size * 0.38 + shift, y + size * part);
        context.quadraticCurveTo(x + size * 0.5 + shift, y + size * (part + 0.09), x + size * 0.6 + shift, y + size * part);
        context.stroke();
      }
    }
    if (char === "B") {
      context.strokeStyle = paint.leaf;
      context.globalAlpha = 0.28;
      context.lineWidth = size * 0.035;
      for (let i = 0; i < 3; i++) {
        const a = x + size * (0.2 + 0.6 * noise(row * 13 + col * 7 + i)), b = y + size * (0.35 + 0.5 * noise(row * 5 + col * 29 + i));
        context.beginPath();
        context.moveTo(a - size * 0.05, b); context.lineTo(a - size * 0.08, b - size * 0.1);
        context.moveTo(a, b); context.lineTo(a, b - size * 0.13);
        context.moveTo(a + size * 0.05, b); context.lineTo(a + size * 0.08, b - size * 0.1);
        context.stroke();
      }
      context.globalAlpha = 1;
    }
  }));
}

class Film {
  constructor(data, article, paid) {
    this.data = data;
    this.article = article;
    this.canvas = article.querySelector("canvas");
    this.context = this.canvas.getContext("2d");
    this.time = 0;
    this.shown = -1;
    this.paid = paid;
    this.pace = clamp(data.steps / 40, PACE, 25);
    this.most = Math.max(1e-9, ...data.payments.map((p) => p[3]));
    this.held = Object.fromEntries(Object.entries(data.layers).map(([name, layer]) => [name, Film.unfold(layer, data.steps)]));
    this.fires = data.fires.map((steps) => new Set(steps));
    this.payments = new Map();
    for (const payment of data.payments) this.payments.set(payment[0], [...(this.payments.get(payment[0]) || []), payment]);
    this.makeTally();
  }

  static unfold(layer, steps) {
    const frames = [new Uint8Array(layer.cells.length)];
    for (const i of layer.first) frames[0][i] = 1;
    for (let t = 0; t < steps; t++) {
      const next = frames[t].slice();
      for (const i of layer.flips[t]) next[i] ^= 1;
      frames.push(next);
    }
    return frames;
  }

  makeTally() {
    const { agents } = this.data, body = html("tbody"), foot = html("tr", {}, html("th", { scope: "row", text: "Together" }));
    const heads = ["", "eaten", ...(this.paid ? ["contract"] : []), "total"];
    this.cells = [];
    for (let agent = 0; agent < agents; agent++) {
      const cells = heads.slice(1).map(() => html("td", { text: "0" }));
      const name = html("th", { scope: "row" }, html("span", { class: `badge agent-${agent % 8}`, text: letterOf(agent) }));
      name.firstChild.setAttribute("aria-label", `Robot ${letterOf(agent)}`);
      name.firstChild.setAttribute("role", "img");
      body.append(html("tr", {}, name, ...cells));
      this.cells.push(cells);
    }
    this.sums = heads.slice(1).map(() => html("td", { text: "0" }));
    foot.append(...this.sums);
    const top = html("tr", {}, ...heads.map((text) => (text ? html("th", { scope: "col", text }) : html("td"))));
    this.article.append(html("table", { class: "tally" }, html("thead", {}, top), body, html("tfoot", {}, foot)));
    this.purse = svg("svg", { class: "purse", "aria-hidden": "true" });
    this.article.append(this.purse);
  }

  totals(step) {
    return this.data.earned.map((earned, agent) => (step ? [earned[step - 1], this.data.net[agent][step - 1]] : [0, 0]));
  }

  worth(step) {
    return this.totals(step).map(([earned, net]) => earned + net);
  }

  resize(lowest, highest) {
    const { map } = this.data, width = this.canvas.clientWidth, dense = Math.min(2.5, window.devicePixelRatio || 1);
    if (!width) return;
    const walled = [...map[0]].every((char) => "#@".includes(char));
    this.crop = walled ? 0.72 : 0; // of a wall around the map, a thin frame is enough
    this.size = width / (map[0].length - 2 * this.crop);
    this.canvas.width = Math.round(width * dense);
    this.canvas.height = Math.round(this.size * (map.length - 2 * this.crop) * dense);
    this.dense = dense;
    this.ground = document.createElement("canvas");
    this.ground.width = this.canvas.width;
    this.ground.height = this.canvas.height;
    const context = this.ground.getContext("2d");
    this.paint = paints();
    context.scale(dense, dense);
    context.translate(-this.crop * this.size, -this.crop * this.size);
    paintGround(context, map, this.size, this.paint);
    this.drawPurse(width, lowest, highest);
    this.shown = -1;
    this.draw();
  }

  drawPurse(width, lowest, highest) {
    const height = 84, { steps, agents } = this.data, X = scale(0, steps, 0, width - 20), Y = scale(lowest, Math.max(highest, lowest + 1), height - 22, 8);
    this.purse.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const lines = (faint) => Array.from({ length: agents }, (_, agent) => {
      const points = [];
      for (let t = 0; t <= steps; t++) points.push(`${X(t).toFixed(1)} ${Y(this.worth(t)[agent]).toFixed(1)}`);
      return svg("path", { d: `M${points.join("L")}`, fill: "none", stroke: colour(`agent-${agent % 8}`), "stroke-width": 2, opacity: faint ? 0.22 : 1, "stroke-linejoin": "round" });
    });
    const id = `clip-${this.article.dataset.film}`;
    this.seen = svg("rect", { x: 0, y: -4, width: 0, height: height + 8 });
    const ends = this.worth(steps).map((value, agent) => ({ agent, at: Y(value) }));
    spread(ends, 12, 6, height - 18);
    this.purse.replaceChildren(
      svg("clipPath", { id }, this.seen),
      svg("line", { x1: 0, x2: X(steps), y1: Y(0), y2: Y(0), stroke: "var(--line)" }),
      ...lines(true),
      svg("g", { "clip-path": `url(#${id})` }, ...lines(false)),
      ...ends.map(({ agent, at }) => svg("text", { x: X(steps) + 8, y: at + 4, text: letterOf(agent) })),
      svg("text", { x: 0, y: height - 2, text: agents > 1 ? "each robot’s total over time" : "total over time" }),
    );
    this.across = X;
  }

  place(agent, k, f) {
    const { row, col, heading } = this.data, next = Math.min(k + 1, this.data.steps), g = ease(f);
    let turn = heading[agent][next] - heading[agent][k];
    if (turn > 2) turn -= 4;
    if (turn < -2) turn += 4;
    return {
      x: (col[agent][k] + (col[agent][next] - col[agent][k]) * g + 0.5) * this.size,
      y: (row[agent][k] + (row[agent][next] - row[agent][k]) * g + 0.5) * this.size,
      angle: (heading[agent][k] + turn * g) * QUARTER,
    };
  }

  reach(agent, k) { // as far as the waste it took away, or as far as the beam and the map go
    const { row, col, heading, map, beam } = this.data;
    const [down, right] = [[-1, 0], [0, 1], [1, 0], [0, -1]][heading[agent][k + 1]];
    const layer = this.data.layers.waste, before = this.held.waste && this.held.waste[k], after = this.held.waste && this.held.waste[k + 1];
    let far = 0;
    for (let step = 1; step <= beam.length; step++) {
      const r = row[agent][k + 1] + down * step, c = col[agent][k + 1] + right * step;
      if (!map[r] || !map[r][c] || map[r][c] === "#") break;
      far = step;
      const cell = layer ? layer.cells.findIndex((at) => at[0] === r && at[1] === c) : -1;
      if (cell >= 0 && before[cell] && !after[cell]) break;
    }
    return far;
  }

  draw(pace = this.pace) {
    const { data, context, size, paint } = this;
    if (!size) return;
    const k = Math.min(Math.floor(this.time), data.steps), f = k >= data.steps ? 0 : this.time - k, next = Math.min(k + 1, data.steps);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.ground, 0, 0);
    context.scale(this.dense, this.dense);
    context.translate(-this.crop * size, -this.crop * size);
    const centre = (cell) => [(cell[1] + 0.5) * size, (cell[0] + 0.5) * size];
    if (this.held.waste) data.layers.waste.cells.forEach((cell, i) => {
      const now = this.held.waste[k][i], then = this.held.waste[next][i], [x, y] = centre(cell);
      paintWaste(context, x, y, size, i + 1, now && then ? 1 : now ? 1 - ease(f) : then ? ease(f) : 0, paint);
      if (now && !then) {
        context.globalAlpha = Math.sin(Math.PI * f) * 0.9;
        context.strokeStyle = paint.shine;
        context.lineWidth = size * 0.06;
        context.beginPath();
        context.arc(x, y, size * (0.15 + 0.35 * f), 0, 7);
        context.stroke();
        context.globalAlpha = 1;
      }
    });
    if (this.held.apples) data.layers.apples.cells.forEach((cell, i) => {
      const now = this.held.apples[k][i], then = this.held.apples[next][i], [x, y] = centre(cell);
      const grown = now && then ? 1 : now ? 1 - clamp(f * 2 - 1, 0, 1) : then ? ease(clamp(f * 1.6 - 0.6, 0, 1)) : 0;
      paintApple(context, x, y, size * grown, paint);
    });
    const places = Array.from({ length: data.agents }, (_, agent) => this.place(agent, k, f));
    if (k < data.steps) places.forEach((at, agent) => {
      if (this.fires[agent] && this.fires[agent].has(k)) paintBeam(context, at.x, at.y, size, at.angle, this.reach(agent, k), data.beam.width, 0.25 + 0.75 * Math.sin(Math.PI * f), paint);
    });
    places.forEach((at, agent) => paintRobot(context, at.x, at.y, size, at.angle, agent, paint));
    this.drawGains(k, f, places);
    this.drawCoins(k, f, places, pace);
    if (k !== this.shown) this.count(k);
    if (this.seen) this.seen.setAttribute("width", Math.max(0, this.across(Math.min(this.time, data.steps))));
  }

  drawGains(k, f, places) {
    const { data, context, size, paint } = this;
    if (k >= data.steps) return;
    places.forEach((at, agent) => {
      const gain = data.earned[agent][k] - (k ? data.earned[agent][k - 1] : 0);
      if (gain <= 1e-9) return;
      context.globalAlpha = Math.sin(Math.PI * clamp(f, 0, 1));
      context.font = `700 ${size * 0.36}px system-ui, sans-serif`;
      context.textAlign = "center";
      context.lineWidth = size * 0.09;
      context.strokeStyle = paint.card;
      context.fillStyle = paint.ink;
      const y = at.y - size * (0.45 + 0.35 * f);
      context.strokeText(`+${number(gain)}`, at.x, y);
      context.fillText(`+${number(gain)}`, at.x, y);
      context.globalAlpha = 1;
    });
  }

  drawCoins(k, f, places, pace) {
    const { context, size, paint } = this, flight = Math.max(1.6, 0.45 * pace);
    for (let start = Math.max(0, k - Math.ceil(flight)); start <= k; start++) {
      const part = (k + f - start) / flight;
      if (part >= 1) continue;
      for (const [, payer, payee, amount] of this.payments.get(start) || []) {
        if (!places[payer] || !places[payee]) continue;
        const g = ease(part), from = places[payer], to = places[payee];
        const x = from.x + (to.x - from.x) * g, y = from.y + (to.y - from.y) * g - Math.sin(Math.PI * part) * size * 0.8;
        paintCoin(context, x, y, size * 0.19 * Math.max(0.55, Math.sqrt(amount / this.most)), paint);
      }
    }
  }

  count(k) {
    this.shown = k;
    this.article.dataset.step = k;
    const totals = this.totals(k), columns = ([earned, net]) => [earned, ...(this.paid ? [net] : []), earned + net];
    const signed = (x) => (x > 0.04 ? `+${x.toFixed(1)}` : x < -0.04 ? `−${(-x).toFixed(1)}` : "0");
    const plain = (x) => (Math.abs(x - Math.round(x)) < 0.05 ? `${Math.round(x) + 0}` : x.toFixed(1)).replace("-", "−");
    const text = (values) => values.map((x, i) => (this.paid && i === 1 ? signed(x) : plain(x)));
    totals.forEach((total, agent) => text(columns(total)).forEach((value, i) => { this.cells[agent][i].textContent = value; }));
    const sum = totals.reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
    text(columns(sum)).forEach((value, i) => { this.sums[i].textContent = value; });
  }
}

class Theatre {
  constructor(host, films) {
    this.host = host;
    const paid = films.some((film) => film.payments.length > 0);
    this.films = [...host.querySelectorAll("[data-film]")].map((article) => new Film(films[Number(article.dataset.film)], article, paid));
    this.active = this.films[0];
    this.still = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.playing = false;
    this.wanted = !this.still.matches; // a person's pause outlives scrolling
    this.speed = 1;
    this.visible = new Map();
    const bar = host.querySelector(".transport");
    bar.hidden = false;
    this.button = bar.querySelector("button");
    this.range = bar.querySelector("input");
    this.clock = bar.querySelector("output");
    this.button.addEventListener("click", () => this.toggle());
    this.range.addEventListener("input", () => { this.pause(); this.wanted = false; this.seek(Number(this.range.value)); });
    bar.querySelector("select").addEventListener("change", (event) => { this.speed = Number(event.target.value); });
    host.addEventListener("keydown", (event) => this.key(event));
    this.watch = new IntersectionObserver((entries) => this.look(entries), { threshold: [0, 0.3, 0.6, 0.9] });
    for (const film of this.films) this.watch.observe(film.canvas);
    new ResizeObserver(() => this.resize()).observe(host);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.resize(true));
    window.addEventListener("beforeprint", () => { this.pause(); for (const film of this.films) { film.time = film.data.steps; film.draw(); } });
    this.resize(true);
    this.show();
  }

  get stacked() { // on a phone the films stand below each other, and each has its own clock
    return this.films.length > 1 && this.films[1].article.offsetTop > this.films[0].article.offsetTop + 20;
  }

  get cast() { return this.stacked ? [this.active] : this.films; }

  get length() { return Math.max(...this.cast.map((film) => film.data.steps)); }

  get time() { return Math.max(...this.cast.map((film) => film.time)); }

  resize(force = false) {
    const width = this.films[0].canvas.clientWidth;
    if (!force && width === this.width) return;
    this.width = width;
    let [lowest, highest] = [0, 0];
    for (const film of this.films) for (let t = 0; t <= film.data.steps; t++) for (const value of film.worth(t)) {
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
    }
    for (const film of this.films) film.resize(lowest, highest);
    this.show();
  }

  look(entries) {
    for (const entry of entries) this.visible.set(entry.target, entry.intersectionRatio);
    const best = this.films.reduce((a, b) => ((this.visible.get(b.canvas) || 0) > (this.visible.get(a.canvas) || 0) + 0.05 ? b : a));
    const share = this.visible.get(best.canvas) || 0;
    if (this.stacked && best !== this.active && share >= 0.3) { this.active = best; this.show(); }
    if (share < 0.3) this.pause();
    else if (this.wanted && share >= 0.6 && this.time < this.length) this.play();
  }

  key(event) {
    if (event.target.matches("select") || event.altKey || event.ctrlKey || event.metaKey) return;
    const onRange = event.target === this.range;
    if ((event.key === " " && event.target !== this.button) || event.key === "k") this.toggle();
    else if (event.key === "ArrowRight" && !onRange) this.step(1);
    else if (event.key === "ArrowLeft" && !onRange) this.step(-1);
    else if (event.key === "Home" && !onRange) this.seek(0);
    else if (event.key === "End" && !onRange) this.seek(this.length);
    else return;
    event.preventDefault();
  }

  step(by) { this.pause(); this.wanted = false; this.seek(Math.round(this.time) + by); }

  toggle() {
    if (this.playing) { this.wanted = false; this.pause(); return; }
    this.wanted = true;
    if (this.time >= this.length) this.seek(0);
    this.play();
  }

  play() {
    if (this.playing) return;
    this.playing = true;
    this.last = undefined;
    this.show();
    requestAnimationFrame((now) => this.tick(now));
  }

  pause() { this.playing = false; this.show(); }

  seek(time) {
    for (const film of this.cast) { film.time = clamp(time, 0, film.data.steps); film.draw(film.pace * this.speed); }
    this.show();
  }

  tick(now) {
    if (!this.playing) return;
    const passed = this.last === undefined ? 0 : Math.min(0.1, (now - this.last) / 1000);
    this.last = now;
    const time = Math.min(this.length, this.time + passed * this.cast[0].pace * this.speed);
    for (const film of this.cast) {
      film.time = Math.min(time, film.data.steps);
      if (this.still.matches) { const exact = film.time; film.time = Math.floor(exact); film.draw(film.pace * this.speed); film.time = exact; }
      else film.draw(film.pace * this.speed);
    }
    this.show();
    if (time >= this.length) this.pause();
    else requestAnimationFrame((later) => this.tick(later));
  }

  show() {
    const step = Math.floor(this.time), state = this.playing ? "pause" : this.time >= this.length ? "again" : "play";
    this.range.max = this.length;
    this.range.value = step;
    this.range.setAttribute("aria-valuetext", `step ${step} of ${this.length}`);
    this.clock.textContent = `${window.innerWidth > 640 ? "step " : ""}${step} / ${this.length}`;
    if (this.state === state) return;
    this.state = state;
    this.button.setAttribute("aria-label", { pause: "Pause", play: "Play", again: "Play again" }[state]);
    const path = { pause: "M3 2h4v12H3zM9 2h4v12H9z", play: "M4 2l10 6-10 6z", again: "M8 2a6 6 0 1 1-5.7 4.1l1.9.6A4 4 0 1 0 8 4v2.5L4 3.2 8 0z" }[state];
    this.button.replaceChildren(svg("svg", { width: 16, height: 16, viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: path, fill: "currentColor" })));
  }
}

function paintKey(canvas) {
  const dense = Math.min(2.5, window.devicePixelRatio || 1), size = 26, paint = paints(), context = canvas.getContext("2d");
  canvas.width = canvas.height = size * dense;
  context.scale(dense, dense);
  const ground = { robot: ".", apple: "B", waste: "H", beam: "H", coin: "." }[canvas.dataset.key];
  paintGround(context, [ground], size, paint);
  if (canvas.dataset.key === "robot") paintRobot(context, 13, 13, size, QUARTER, 0, paint);
  if (canvas.dataset.key === "apple") paintApple(context, 13, 14, size * 1.1, paint);
  if (canvas.dataset.key === "waste") paintWaste(context, 13, 13, size, 3, 1, paint);
  if (canvas.dataset.key === "beam") paintBeam(context, 13, 34, size, 0, 0.9, 1, 1, paint);
  if (canvas.dataset.key === "coin") paintCoin(context, 13, 13, 7, paint);
}
