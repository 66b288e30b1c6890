/* Pictures of a day of payments and of banks that learned (see payments/figures.py and payments/case_figures.py): steps over
   the clock, spells, ribbons, stacks, the network, and heat maps. Same marks, colours and read-outs as charts.js. */

const hour = (x) => {
  const minutes = Math.round(x * 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
};

/* Full hours that fit; a short day gets halves and quarters. */
function hourTicks(from, to, wanted) {
  const step = [0.25, 0.5, 1, 2, 3, 4, 6, 12].find((s) => (to - from) / s <= wanted) || 24;
  const found = [];
  for (let t = Math.ceil(from / step - 1e-9) * step; t <= to + 1e-9; t += step) found.push(t);
  return found;
}

function legend(host, entries) {
  host.append(html("div", { class: "legend" }, ...entries.map(([icon, text]) => html("span", {}, icon, text))));
}

function swatch(fill, kind) {
  const icon = svg("svg", { width: 16, height: 12, viewBox: "0 0 16 12", "aria-hidden": "true" });
  icon.append(svg("rect", { x: 1, y: 1, width: 14, height: 10, rx: 2, ...(kind ? { class: kind } : {}), ...(fill ? { fill } : {}) }));
  return icon;
}

function dayIcon(one) {
  const icon = svg("svg", { width: 26, height: 12, viewBox: "0 0 26 12", "aria-hidden": "true" });
  icon.append(svg("line", { x1: 0, x2: 26, y1: 6, y2: 6, stroke: colour(one.colour), "stroke-width": 2, ...(one.dash ? { "stroke-dasharray": "4 3" } : {}) }));
  if (one.shape !== "none") icon.append(mark(one.shape, 13, 6, 4, one.colour));
  return icon;
}

function clockAxis(root, spec, X, left, right, bottom) {
  for (const t of hourTicks(spec.from, spec.to, Math.max(2, (right - left) / 62))) {
    root.append(svg("line", { class: "grid", x1: X(t), x2: X(t), y1: bottom, y2: bottom + 4 }), axisLabel(hour(t), X(t), bottom + 18, "middle"));
  }
}

/* Steps over the clock. Values stand at equal distances from `from` to `to`; with `bins` each stands for the time up to the next. */
function drawDay(host, spec, width) {
  legend(host, [...spec.series.map((one) => [dayIcon(one), one.label]), ...(spec.marks.length ? [[ring(), "guideline"]] : [])]);
  const values = spec.series.flatMap((one) => one.values);
  const y0 = spec.y.min ?? Math.min(...values), y1 = spec.y.max ?? (Math.max(...values) * 1.06 || 1);
  const height = spec.small ? 230 : clamp(width * 0.5, 270, 400), top = 28, bottom = 30;
  const yTicks = spec.y.format === "percent" ? [0, 0.25, 0.5, 0.75, 1] : ticks(y0, y1, height / 64);
  const left = 14 + 7.4 * Math.max(...yTicks.map((t) => formatted(t, spec.y.format).length)), r = width - 16, b = top + height - bottom;
  const X = scale(spec.from, spec.to, left, r), Y = scale(y0, y1, b, top);
  const root = svg("svg", { width, height: b + bottom, viewBox: `0 0 ${width} ${b + bottom}`, role: "img", "aria-label": host.dataset.says });
  root.append(axisLabel(spec.y.label, 0, 13, "start"));
  for (const t of yTicks) root.append(svg("line", { class: t === 0 ? "base" : "grid", x1: left, x2: r, y1: Y(t), y2: Y(t) }), axisLabel(formatted(t, spec.y.format), left - 8, Y(t) + 4, "end"));
  clockAxis(root, spec, X, left, r, b);
  const n = spec.series[0].values.length - (spec.bins ? 0 : 1), at = (k) => X(spec.from + ((spec.to - spec.from) * k) / n);
  spec.series.forEach((one, s) => {
    let path = `M${at(0).toFixed(1)} ${Y(one.values[0]).toFixed(1)}`;
    for (let k = 1; k < one.values.length; k++) if (one.values[k] !== one.values[k - 1]) path += `H${at(k).toFixed(1)}V${Y(one.values[k]).toFixed(1)}`;
    root.append(svg("path", { class: "day-step", d: `${path}H${r.toFixed(1)}`, stroke: colour(one.colour), "stroke-width": one.dash ? 1.6 : s === spec.front ? 2.6 : 1.8, ...(one.dash ? { "stroke-dasharray": "5 4" } : {}) }));
    if (one.shape === "none") return;
    const every = one.values.length / 5, offset = ((s + 0.5) / spec.series.length) * every; // marks of curves that coincide stand side by side
    for (let k = offset; k < one.values.length; k += every) root.append(mark(one.shape, at(Math.floor(k)), Y(one.values[Math.floor(k)]), 4, one.colour));
  });
  for (const one of spec.marks) root.append(svg("path", { d: diamond(X(one.x), Y(one.y), 7), fill: "var(--coin)", stroke: "var(--ink)", "stroke-width": 1.4 }));
  const guide = svg("line", { class: "guide", y1: top - 4, y2: b, visibility: "hidden" });
  root.append(guide);
  host.append(root);
  readout(host, root, (p) => {
    guide.setAttribute("visibility", "hidden");
    if (!p) return null;
    const near = spec.marks.find((one) => Math.hypot(X(one.x) - p.x, Y(one.y) - p.y) < 12);
    if (near) return { head: near.label, rows: [] };
    const k = clamp(Math.round(((p.x - left) / (r - left)) * n - (spec.bins ? 0.5 : 0)), 0, spec.series[0].values.length - 1);
    const x = at(k + (spec.bins ? 0.5 : 0));
    for (const end of ["x1", "x2"]) guide.setAttribute(end, x);
    guide.setAttribute("visibility", "visible");
    const value = (v) => (spec.y.format === "percent" ? `${number(100 * v)} %` : number(v));
    return { head: hour(spec.from + ((spec.to - spec.from) * k) / n), rows: spec.series.map((one) => ({ icon: dayIcon(one), text: `${one.label}: ${value(one.values[k])}` })) };
  });
}

const diamond = (x, y, s) => `M${x} ${y - s}L${x + s} ${y}L${x} ${y + s}L${x - s} ${y}Z`;

function ring() {
  const icon = svg("svg", { width: 16, height: 14, viewBox: "0 0 16 14", "aria-hidden": "true" });
  icon.append(svg("path", { d: diamond(8, 7, 6), fill: "var(--coin)", stroke: "var(--ink)", "stroke-width": 1.2 }));
  return icon;
}

function hatch(root) {
  const pattern = svg("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  pattern.append(svg("line", { class: "hatch", x1: 0, x2: 0, y1: 0, y2: 6 }));
  root.append(svg("defs", {}, pattern));
}

function drawSpells(host, spec, width) {
  const side = width >= 560 ? 158 : 0, pitch = side ? 32 : 48, top = 4, height = spec.rows.length * pitch;
  const X = scale(spec.from, spec.to, side + 6, width - 18), b = top + height;
  const root = svg("svg", { width, height: b + 30, viewBox: `0 0 ${width} ${b + 30}`, role: "img", "aria-label": host.dataset.says });
  hatch(root);
  legend(host, [[swatch("", "gridlock"), "gridlock: a part of the queue could settle together"], [swatch("", "deadlock"), "deadlock: only more liquidity helps"]]);
  spec.rows.forEach((row, i) => {
    const y = top + i * pitch + (side ? pitch / 2 : pitch - 14);
    root.append(svg("text", { x: 0, y: side ? y + 4 : y - 14, text: row.label }), svg("line", { class: "grid", x1: X(spec.from), x2: X(spec.to), y1: y, y2: y }));
    for (const bar of row.bars) {
      const high = bar.kind === "gridlock" ? 16 : 11;
      root.append(svg("rect", { class: bar.kind, x: X(bar.from), y: y - high / 2, width: Math.max(1.5, X(bar.to) - X(bar.from)), height: high, rx: 1.5 }));
    }
  });
  clockAxis(root, spec, X, side + 6, width - 18, b);
  host.append(root);
  readout(host, root, (p) => {
    const row = p && spec.rows[Math.floor((p.y - top) / pitch)];
    if (!row) return null;
    const near = row.bars.find((bar) => p.x >= X(bar.from) - 3 && p.x <= X(bar.to) + 3);
    return near ? { head: row.label, rows: [{ text: near.title }] } : null;
  });
}

/* One bank: its balance above the line, what it has in the queue below. */
function drawRibbon(host, spec, width) {
  const up = 62, down = 30, top = 14, middle = top + up, n = spec.low.length, height = middle + down + 20;
  const most = Math.max(...spec.high, 1e-12), least = Math.min(...spec.low, 0), waiting = Math.max(...spec.queue, 1e-12);
  const X = (k) => (k / n) * width, Y = scale(least, most, middle, top), root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": host.dataset.says });
  const line = (values, y) => values.map((v, k) => `${k ? "" : "M"}${k ? "V" : `${X(0)} `}${y(v).toFixed(1)}H${X(k + 1).toFixed(1)}`).join("");
  const back = [...spec.low].reverse().map((v, k) => `V${Y(v).toFixed(1)}H${X(n - k - 1).toFixed(1)}`).join("");
  root.append(svg("path", { class: "balance", d: `${line(spec.high, Y)}${back}Z`, fill: "var(--agent-0)" }));
  root.append(svg("path", { d: line(spec.low, Y), fill: "none", stroke: "var(--agent-0)", "stroke-width": 1.3 }));
  root.append(svg("line", { class: "base", x1: 0, x2: width, y1: middle + 2, y2: middle + 2 }));
  const Q = (v) => middle + 4 + (v / waiting) * (down - 4);
  if (waiting > 1e-9) root.append(svg("path", { class: "waiting", d: `M0 ${middle + 4}${spec.queue.map((v, k) => `V${Q(v).toFixed(1)}H${X(k + 1).toFixed(1)}`).join("")}V${middle + 4}Z` }));
  root.append(axisLabel(number(most), width, 9, "end"), axisLabel(hour(spec.from), 0, height - 3, "start"), axisLabel(hour(spec.to), width, height - 3, "end"));
  host.append(root);
  readout(host, root, (p) => {
    if (!p) return null;
    const k = clamp(Math.floor((p.x / width) * n), 0, n - 1), [low, high] = [spec.low[k], spec.high[k]];
    const rows = [{ text: `balance ${number(low)}${high > low ? ` to ${number(high)}` : ""} ${spec.unit}` }, { text: `queued ${number(spec.queue[k])} ${spec.unit}` }];
    return { head: hour(spec.from + ((spec.to - spec.from) * k) / n), rows };
  });
}

function drawStack(host, spec, width) {
  legend(host, spec.parts.map((part) => [swatch(colour(part.colour)), part.label]));
  const longest = Math.max(...spec.rows.map((row) => row.label.length)), inline = width >= 480 && longest <= 20;
  const side = inline ? 14 + 7.4 * longest : 0, pitch = inline ? 25 : 42, sums = spec.rows.map((row) => row.parts.reduce((a, v) => a + v, 0));
  const low = Math.min(0, ...spec.rows.map((row) => row.parts.filter((v) => v < 0).reduce((a, v) => a + v, 0)));
  const X = scale(low, Math.max(...sums, 1e-12), side, width - 66), height = spec.rows.length * pitch + 26;
  const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": host.dataset.says || spec.x.label });
  spec.rows.forEach((row, i) => {
    const y = i * pitch + (inline ? 4 : 20);
    root.append(svg("text", { x: 0, y: inline ? y + 12 : y - 5, text: row.label.length > 34 ? `${row.label.slice(0, 33)}…` : row.label }));
    let [right, left] = [0, 0];
    row.parts.forEach((v, k) => {
      const [a, b] = v < 0 ? [left + v, left] : [right, right + v];
      if (v < 0) left = a; else right = b;
      if (v) root.append(svg("rect", { x: X(a), y, width: Math.max(0.5, X(b) - X(a)), height: 15, fill: colour(spec.parts[k].colour), stroke: "var(--paper)", "stroke-width": 0.7 }));
    });
    root.append(svg("text", { class: "strong", x: X(right) + 8, y: y + 12, text: number(sums[i]) }));
  });
  root.append(axisLabel(spec.x.label, 0, height - 4, "start"));
  host.append(root);
  readout(host, root, (p) => {
    const row = p && spec.rows[Math.floor(p.y / pitch)];
    return row ? { head: row.label, rows: row.parts.map((v, k) => ({ icon: swatch(colour(spec.parts[k].colour)), text: `${spec.parts[k].label} ${number(v)}` })) } : null;
  });
}

function drawNetwork(host, spec, width) {
  const side = Math.min(width, 660), room = side < 480 ? 30 : 46, half = side / 2 - room, height = 2 * half + 2 * room;
  const root = svg("svg", { width: side, height, viewBox: `0 0 ${side} ${height}`, role: "img", "aria-label": host.dataset.says });
  const biggest = clamp(half * 0.16, 16, 38) * (spec.nodes.length > 24 ? 0.7 : 1);
  const spots = spec.nodes.map((node) => ({ ...node, px: side / 2 + node.x * half, py: height / 2 + node.y * half, r: 4 + (biggest - 4) * node.size }));
  const curve = (link) => {
    const [a, b] = [spots[link.a], spots[link.b]], [dx, dy] = [b.px - a.px, b.py - a.py], long = Math.hypot(dx, dy) || 1;
    const [mx, my] = [(a.px + b.px) / 2 - (dy / long) * long * 0.12, (a.py + b.py) / 2 + (dx / long) * long * 0.12];
    return { a, b, mx, my };
  };
  const lit = (link) => (link.ring ? 2 : link.queued ? 1 : 0);
  if (spec.links.some(lit)) legend(host, [[swatch("var(--faint)"), "paid over the day"], [swatch("var(--agent-1)"), "queued"], [swatch("var(--harvester)"), "queued on a ring"]]);
  for (const link of [...spec.links].sort((one, other) => lit(one) - lit(other))) {
    const { a, b, mx, my } = curve(link);
    root.append(svg("path", { class: ["flow", "flow queued", "stuck"][lit(link)], d: `M${a.px} ${a.py}Q${mx} ${my} ${b.px} ${b.py}`, "stroke-width": (link.ring ? 2 : 0.6) + 5 * link.width }));
    if (!link.ring) continue;
    const turn = (Math.atan2(b.py - a.py, b.px - a.px) * 180) / Math.PI, [x, y] = [(a.px + 2 * mx + b.px) / 4, (a.py + 2 * my + b.py) / 4];
    root.append(svg("path", { class: "stuck-head", d: "M8 0L-6 6.5L-6 -6.5Z", transform: `translate(${x} ${y}) rotate(${turn})` }));
  }
  for (const node of spots) {
    root.append(svg("circle", { class: "node", cx: node.px, cy: node.py, r: node.r, fill: colour(node.core ? "agent-0" : "agent-3") }));
    const text = node.label.length > 14 ? `${node.label.slice(0, 13)}…` : node.label, wide = 7.2 * text.length;
    if (wide < 2 * node.r - 4) root.append(svg("text", { class: "inside", x: node.px, y: node.py + 4.5, "text-anchor": "middle", text }));
    else root.append(svg("text", { x: clamp(node.px, wide / 2, side - wide / 2), y: node.py + (node.py < height / 2 ? -node.r - 5 : node.r + 14), "text-anchor": "middle", text }));
  }
  host.append(root);
  readout(host, root, (p) => {
    const near = p && spots.find((node) => Math.hypot(node.px - p.x, node.py - p.y) < node.r + 5);
    if (!near) return null;
    const k = spots.indexOf(near), out = spec.links.filter((link) => link.a === k && link.queued).reduce((sum, link) => sum + link.queued, 0);
    return { head: near.label, rows: [{ text: near.title }, ...(out ? [{ text: `queued then: ${number(out)} ${spec.unit}` }] : [])] };
  });
}

/* Costs of two banks for all their choices: darker is dearer; each bank's best replies and the equilibria on it. */
function drawHeat(host, spec, width) {
  const n = spec.values.length, m = spec.values[0].length, left = 52, top = 22, bottom = 50;
  const side = Math.min(width - left - 10, 460), w = side / m, h = side / n, b = top + side;
  const root = svg("svg", { width: left + side + 10, height: b + bottom, viewBox: `0 0 ${left + side + 10} ${b + bottom}`, role: "img", "aria-label": host.dataset.says });
  legend(host, spec.marks.filter((one) => one.cells.length).map((one) => [spotIcon(one), one.label]));
  const all = spec.values.flat(), [low, high] = [Math.min(...all), Math.max(...all)];
  const X = (j) => left + (j + 0.5) * w, Y = (i) => b - (i + 0.5) * h; // the first choice at the bottom
  spec.values.forEach((row, i) => row.forEach((v, j) => {
    const part = high > low ? (v - low) / (high - low) : 0;
    root.append(svg("rect", { class: "cell", x: X(j) - w / 2, y: Y(i) - h / 2, width: w + 0.4, height: h + 0.4, fill: `color-mix(in oklab, var(--joint) ${Math.round(4 + 56 * Math.sqrt(part))}%, var(--paper))` }));
  }));
  const most = Math.max(2, Math.floor(side / 62)), every = Math.ceil(Math.max(n, m) / most);
  spec.x.choices.forEach((text, j) => { if (j % every === 0) root.append(axisLabel(text, X(j), b + 18, "middle")); });
  spec.y.choices.forEach((text, i) => { if (i % every === 0) root.append(axisLabel(text, left - 7, Y(i) + 4, "end")); });
  root.append(axisLabel(spec.y.label, 0, 13, "start"), axisLabel(spec.x.label, left + side / 2, b + 42, "middle"));
  for (const one of spec.marks) {
    const size = clamp(Math.min(w, h) * one.size, 3, 14);
    if (one.line && one.cells.length > 1) root.append(svg("path", { d: `M${one.cells.map(([i, j]) => `${X(j)} ${Y(i)}`).join("L")}`, fill: "none", stroke: colour(one.colour), "stroke-width": 1.6, opacity: 0.7 }));
    for (const [i, j] of one.cells) root.append(one.hollow ? frame(one, X(j), Y(i), size) : mark(one.shape, X(j), Y(i), size, one.colour));
  }
  host.append(root);
  readout(host, root, (p) => {
    if (!p) return null;
    const [i, j] = [Math.floor((b - p.y) / h), Math.floor((p.x - left) / w)];
    if (i < 0 || j < 0 || i >= n || j >= m) return null;
    const rows = [{ text: `${spec.says}: ${number(spec.values[i][j])}` }, ...(spec.more || []).map((one) => ({ text: `${one.label}: ${number(one.values[i][j])}` }))];
    for (const one of spec.marks) if (one.cells.some(([a, c]) => a === i && c === j)) rows.push({ icon: spotIcon(one), text: one.label });
    return { head: `${spec.y.label} ${spec.y.choices[i]}, ${spec.x.label} ${spec.x.choices[j]}`, rows };
  });
}

function frame(one, x, y, size) {
  const node = mark(one.shape, x, y, size, one.colour, true);
  node.style.fill = "none";
  return node;
}

function spotIcon(one) {
  const icon = svg("svg", { width: 16, height: 16, viewBox: "0 0 16 16", "aria-hidden": "true" });
  icon.append(one.hollow ? frame(one, 8, 8, 5) : mark(one.shape, 8, 8, 5, one.colour));
  return icon;
}

KINDS.day = drawDay;
KINDS.spells = drawSpells;
KINDS.ribbon = drawRibbon;
KINDS.stack = drawStack;
KINDS.network = drawNetwork;
KINDS.heat = drawHeat;
