/* Charts: three kinds of picture drawn as SVG from plain specifications (see figures.py). Text always has the ink's colour;
   colour and shape stand on the marks, so that neither alone carries a meaning. */

const SVG = "http://www.w3.org/2000/svg";

function svg(name, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "text") node.textContent = value;
    else if (key === "fill" || key === "stroke") node.style[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

function html(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "text") node.textContent = value;
    else node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

const clamp = (x, low, high) => Math.min(high, Math.max(low, x));
const colour = (name) => `var(--${name})`;

function number(x) {
  const size = Math.abs(x);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return (x + 0).toLocaleString("en", { maximumFractionDigits: digits }).replace(/^-0$/, "0").replace("-", "−");
}

function formatted(x, format) {
  if (format === "percent") return `${Math.round(100 * x)} %`;
  if (format === "steps" && Math.abs(x) >= 1e6) return `${number(x / 1e6)} M`;
  if (format === "steps" && Math.abs(x) >= 1e3) return `${number(x / 1e3)} k`;
  return number(x);
}

function ticks(low, high, wanted) {
  const raw = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= raw * 0.999) || raw;
  const found = [];
  for (let t = Math.ceil(low / step - 1e-9) * step; t <= high + step * 1e-9; t += step) found.push(Math.abs(t) < step * 1e-9 ? 0 : t);
  return found;
}

function scale(low, high, from, to) {
  const span = high - low || 1;
  return (x) => from + ((x - low) / span) * (to - from);
}

function mark(shape, x, y, size, name, hollow = false) {
  const paint = hollow ? { fill: "var(--paper)", stroke: colour(name), "stroke-width": 2 } : { fill: colour(name), stroke: "var(--paper)", "stroke-width": 1 };
  if (shape === "square") return svg("rect", { x: x - size * 0.9, y: y - size * 0.9, width: size * 1.8, height: size * 1.8, ...paint });
  if (shape === "triangle") return svg("path", { d: `M${x} ${y - size * 1.2}L${x + size * 1.15} ${y + size}L${x - size * 1.15} ${y + size}Z`, ...paint });
  if (shape === "diamond") return svg("path", { d: `M${x} ${y - size * 1.3}L${x + size * 1.3} ${y}L${x} ${y + size * 1.3}L${x - size * 1.3} ${y}Z`, ...paint });
  return svg("circle", { cx: x, cy: y, r: size, ...paint });
}

function sample(one) {
  const icon = svg("svg", { width: 26, height: 12, viewBox: "0 0 26 12", "aria-hidden": "true" });
  icon.append(svg("line", { x1: 0, x2: 26, y1: 6, y2: 6, stroke: colour(one.colour), "stroke-width": 2, ...(one.dots ? { "stroke-dasharray": "2 4" } : {}) }));
  if (!one.dots) icon.append(mark(one.shape, 13, 6, 4, one.colour));
  return icon;
}

function axisLabel(text, x, y, anchor) {
  return svg("text", { x, y, "text-anchor": anchor, text });
}

/* One read-out for each chart: follows pointer and touch, gone when they leave. */
function readout(host, root, find) {
  const tip = html("div", { class: "tip", hidden: "" });
  host.append(tip);
  const hide = () => { tip.hidden = true; find(null); };
  const show = (event) => {
    const box = root.getBoundingClientRect();
    const unit = root.viewBox.baseVal.width / box.width;
    const lines = find({ x: (event.clientX - box.left) * unit, y: (event.clientY - box.top) * unit });
    if (!lines) return hide();
    tip.replaceChildren(html("b", { text: lines.head }), ...lines.rows.map((row) => html("span", {}, ...(row.icon ? [row.icon] : []), row.text)));
    tip.hidden = false;
    const around = host.getBoundingClientRect();
    const left = event.clientX - around.left;
    const room = around.width - tip.offsetWidth;
    tip.style.left = `${clamp(left + 14 > room ? left - tip.offsetWidth - 14 : left + 14, 0, Math.max(0, room))}px`;
    tip.style.top = `${clamp(event.clientY - around.top - tip.offsetHeight - 12, -20, around.height)}px`;
  };
  root.addEventListener("pointermove", show);
  root.addEventListener("pointerdown", show);
  root.addEventListener("pointerleave", hide);
}

function spread(labels, gap, low, high) {
  labels.sort((a, b) => a.at - b.at);
  for (let i = 1; i < labels.length; i++) labels[i].at = Math.max(labels[i].at, labels[i - 1].at + gap);
  const over = labels.length ? labels[labels.length - 1].at - high : 0;
  if (over > 0) labels[labels.length - 1].at -= over;
  for (let i = labels.length - 2; i >= 0; i--) labels[i].at = Math.min(labels[i].at, labels[i + 1].at - gap);
  for (const label of labels) label.at = Math.max(label.at, low);
}

function drawLines(host, spec, width) {
  const shown = spec.series.filter((one) => one.points.length || one.null);
  const direct = !spec.nolabels && !spec.legend && width >= 520 && !spec.small;
  if (!direct && !spec.nolabels) host.append(html("div", { class: "legend" }, ...shown.filter((one) => !one.quiet).map((one) => html("span", {}, sample(one), one.label))));
  const every = shown.flatMap((one) => [...one.points, ...(one.null ? [one.null] : [])]);
  const xs = shown.flatMap((one) => one.points.map((p) => p[0])).concat(spec.x.ticks || [], (spec.xrules || []).map((rule) => rule.at));
  const ys = every.flatMap((p) => [p[2], p[3]]).concat(spec.yzone ? [spec.yzone.to] : []);
  let [x0, x1] = [spec.x.min ?? Math.min(...xs), spec.x.max ?? Math.max(...xs)];
  let [y0, y1] = [spec.y.min ?? Math.min(...ys, ...(spec.y.zero ? [0] : [])), spec.y.max ?? Math.max(...ys, ...(spec.y.zero ? [0] : []))];
  if (x0 === x1) { x0 -= 0.5; x1 += 0.5; }
  if (y1 - y0 < 1e-9) y1 = y0 + 1;
  if (spec.y.max === undefined) y1 += (y1 - y0) * 0.06;
  if (spec.y.min === undefined && y0 < 0) y0 -= (y1 - y0) * 0.04;
  const height = spec.small ? 230 : clamp(width * 0.52, 270, 400);
  const yTicks = spec.y.ticks || ticks(y0, y1, height / 64);
  const left = 12 + 7.4 * Math.max(...yTicks.map((t) => formatted(t, spec.y.format).length));
  const labelled = shown.filter((one) => one.points.length && !one.quiet);
  const right = direct ? 18 + 7.1 * Math.min(30, Math.max(...labelled.map((one) => one.label.length))) : 16;
  const ruleRows = (spec.xrules || []).length;
  const top = 26 + (ruleRows ? 6 + 17 * ruleRows : 0), bottom = 46;
  const gutter = spec.gutter ? 96 : 0;
  const [l, r, t, b] = [left + gutter, width - right, top, height + top - bottom];
  const X = scale(x0, x1, l + (spec.x.ticks ? 14 : 0), r - (spec.x.ticks ? 14 : 0)), Y = scale(y0, y1, b, t);
  const root = svg("svg", { width, height: height + top, viewBox: `0 0 ${width} ${height + top}`, role: "img", "aria-label": host.dataset.says || spec.y.label });

  root.append(axisLabel(spec.y.label, 0, 13, "start"), axisLabel(spec.x.label, (l + r) / 2, height + top - 4, "middle"));
  for (const tick of yTicks) {
    root.append(svg("line", { class: tick === 0 ? "base" : "grid", x1: left, x2: r, y1: Y(tick), y2: Y(tick) }));
    root.append(axisLabel(formatted(tick, spec.y.format), left - 8, Y(tick) + 4, "end"));
  }
  const most = Math.max(2, Math.floor((r - l) / 70));
  const xTicks = spec.x.ticks && spec.x.ticks.length <= most + 2 ? spec.x.ticks : ticks(x0, x1, most);
  for (const tick of xTicks) root.append(axisLabel(formatted(tick, spec.x.format), X(tick), b + 19, "middle"));

  if (spec.yzone) {
    const zone = spec.yzone;
    root.append(svg("rect", { class: "zone", x: left, width: r - left, y: Y(zone.to), height: Math.max(0, Y(zone.from) - Y(zone.to)) }));
    root.append(axisLabel(zone.label, left + 6, Y(zone.to) - 6, "start"));
  }
  (spec.xrules || []).forEach((rule, i) => {
    const x = X(rule.at), flip = x > (l + r) / 2;
    root.append(svg("line", { class: rule.strong ? "rule strong" : "rule", x1: x, x2: x, y1: 30 + 17 * i, y2: b }));
    root.append(axisLabel(rule.label, x + (flip ? -5 : 5), 35 + 17 * i, flip ? "end" : "start"));
  });
  if (gutter) {
    root.append(svg("rect", { class: "gutter", x: left, y: t - 6, width: gutter - 20, height: b - t + 6, rx: 4 }));
    root.append(axisLabel(spec.gutter, left + (gutter - 20) / 2, b + 19, "middle"));
  }
  const withNull = shown.filter((one) => one.null);
  withNull.forEach((one, i) => {
    const x = left + ((i + 1) * (gutter - 20)) / (withNull.length + 1), [, mid, low, high] = one.null;
    root.append(svg("line", { x1: x, x2: r, y1: Y(mid), y2: Y(mid), stroke: colour(one.colour), "stroke-width": 1.2, "stroke-dasharray": "5 5", opacity: 0.75 }));
    root.append(svg("line", { x1: x, x2: x, y1: Y(low), y2: Y(high), stroke: colour(one.colour), "stroke-width": 2 }));
    root.append(mark(one.shape, x, Y(mid), 5, one.colour));
  });
  for (const one of shown) {
    if (!one.points.length) continue;
    if (one.band) {
      const there = one.points.map((p) => `${X(p[0])} ${Y(p[3])}`), back = one.points.map((p) => `${X(p[0])} ${Y(p[2])}`).reverse();
      root.append(svg("path", { d: `M${there.join("L")}L${back.join("L")}Z`, fill: colour(one.colour), opacity: 0.16 }));
    }
    const shift = (one.nudge || 0) * 2.5;
    const path = one.points.map((p) => `${X(p[0])} ${Y(p[1]) - shift}`).join("L");
    root.append(svg("path", { d: `M${path}`, fill: "none", stroke: colour(one.colour), "stroke-width": one.dots ? 1.6 : 2.4, "stroke-linejoin": "round", "stroke-linecap": "round", ...(one.dots ? { "stroke-dasharray": "1 5" } : {}) }));
    if (one.whiskers) for (const p of one.points) root.append(svg("line", { x1: X(p[0]), x2: X(p[0]), y1: Y(p[2]), y2: Y(p[3]), stroke: colour(one.colour), "stroke-width": 1.4 }));
    const every = one.marks ? 1 : Math.max(1, Math.round(one.points.length / 5));
    if (!one.dots) one.points.forEach((p, i) => {
      if (one.marks || i % every === Math.floor(every / 2) || i === one.points.length - 1) root.append(mark(one.shape, X(p[0]), Y(p[1]) - shift, one.marks ? 5 : 4, one.colour));
    });
  }
  if (direct) {
    const labels = labelled.map((one) => ({ one, at: Y(one.points[one.points.length - 1][1]) }));
    spread(labels, 17, t, b);
    for (const { one, at } of labels) root.append(svg("text", { class: "strong", x: r + 10, y: at + 4, text: one.label.length > 30 ? `${one.label.slice(0, 29)}…` : one.label }));
  }
  const guide = svg("line", { class: "guide", y1: t - 4, y2: b, visibility: "hidden" });
  root.append(guide);
  host.append(root);

  const places = [...new Set(shown.flatMap((one) => one.points.map((p) => p[0])))].sort((a, c) => a - c);
  const value = (p, format) => formatted(p[1], format) + (p[3] - p[2] > 1e-9 ? ` (${formatted(p[2], format)} to ${formatted(p[3], format)})` : "");
  readout(host, root, (at) => {
    guide.setAttribute("visibility", "hidden");
    if (!at) return null;
    if (gutter && at.x < l - 12) return { head: spec.gutter, rows: withNull.map((one) => ({ icon: sample(one), text: `${one.label}: ${value(one.null, spec.y.format)}` })) };
    if (!places.length) return null;
    const near = places.reduce((best, x) => (Math.abs(X(x) - at.x) < Math.abs(X(best) - at.x) ? x : best));
    guide.setAttribute("x1", X(near));
    guide.setAttribute("x2", X(near));
    guide.setAttribute("visibility", "visible");
    const rows = shown.flatMap((one) => one.points.filter((p) => p[0] === near).map((p) => ({ icon: sample(one), text: `${one.label}: ${value(p, spec.y.format)}` })));
    return { head: `${spec.x.label}: ${formatted(near, spec.x.format)}`, rows };
  });
}

function drawBars(host, spec, width) {
  const pitch = 50, high = Math.max(...spec.rows.map((row) => Math.max(row.high, row.value, ...(row.seeds || []))), 0);
  const low = Math.min(...spec.rows.map((row) => Math.min(row.low, row.value)), 0);
  const height = spec.rows.length * pitch + 26;
  const X = scale(low, high || 1, 0, width - 64);
  const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": host.dataset.says || spec.x.label });
  spec.rows.forEach((row, i) => {
    const y = i * pitch;
    root.append(svg("text", { x: 0, y: y + 14, text: row.label }));
    root.append(svg("rect", { x: Math.min(X(0), X(row.value)), y: y + 21, width: Math.max(2, Math.abs(X(row.value) - X(0))), height: 15, rx: 2, fill: colour(row.colour) }));
    if (row.high - row.low > 1e-9) root.append(svg("path", { d: `M${X(row.low)} ${y + 28.5}H${X(row.high)}M${X(row.low)} ${y + 24.5}v8M${X(row.high)} ${y + 24.5}v8`, stroke: "var(--ink)", "stroke-width": 1.3, fill: "none" }));
    root.append(svg("text", { class: "strong", x: Math.max(X(row.value), X(row.high)) + 9, y: y + 33, text: number(row.value) }));
  });
  root.append(axisLabel(spec.x.label, 0, height - 4, "start"));
  host.append(root);
  readout(host, root, (at) => {
    const row = at && spec.rows[Math.floor(at.y / pitch)];
    if (!row) return null;
    const rows = [{ text: `${number(row.value)}${row.high - row.low > 1e-9 ? ` (${number(row.low)} to ${number(row.high)})` : ""}` }];
    if ((row.seeds || []).length > 1) rows.push({ text: `seeds: ${row.seeds.map(number).join(", ")}` });
    return { head: row.label, rows };
  });
}

function drawRows(host, spec, width) {
  const side = width >= 560 ? 130 : 0, pitch = side ? 34 : 48, head = 34;
  const rows = spec.groups.flatMap((group) => group.rows);
  const values = rows.flatMap((row) => (row.dots ? row.dots.map((dot) => dot.at) : [row.after, row.low, row.high, ...(row.before == null ? [] : [row.before])]));
  const low = spec.x.min ?? Math.min(...values, ...(spec.x.zero ? [0] : [])), high = spec.x.max ?? Math.max(...values, ...(spec.x.zero ? [0] : []));
  const height = spec.groups.reduce((sum, group) => sum + (group.label ? head : 6) + group.rows.length * pitch, 0) + 48;
  const X = scale(low, high, side + 8, width - (rows.some((row) => row.dots) ? 16 : 58));
  const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": host.dataset.says || spec.x.label });
  for (const tick of ticks(low, high, width / 130)) {
    root.append(svg("line", { class: tick === 0 ? "base" : "grid", x1: X(tick), x2: X(tick), y1: 0, y2: height - 44 }));
    root.append(axisLabel(number(tick), X(tick), height - 28, "middle"));
  }
  root.append(axisLabel(spec.x.label, X(low), height - 6, "start"));
  const bands = [];
  let y = 0;
  for (const group of spec.groups) {
    if (group.label) {
      const text = svg("text", { class: "strong", x: 0, y: y + 22, text: group.label });
      root.append(svg("rect", { class: "paper", x: 0, y: y + 6, width: 8 + 7.6 * group.label.length, height: 22 }), text);
    }
    y += group.label ? head : 6;
    for (const row of group.rows) {
      const at = y + (side ? pitch / 2 : pitch - 16);
      if (!side) root.append(svg("rect", { class: "paper", x: 0, y: y + 1, width: 8 + 7.2 * row.label.length, height: 18 }));
      root.append(svg("text", { x: 0, y: side ? at + 4 : y + 14, text: row.label }));
      root.append(svg("line", { class: "grid", x1: X(low), x2: X(high), y1: at, y2: at }));
      if (row.dots) {
        for (const dot of row.dots) root.append(mark("circle", X(dot.at), at, 6, row.colour, dot.hollow));
      } else {
        if (row.high - row.low > 1e-9) root.append(svg("path", { d: `M${X(row.low)} ${at}H${X(row.high)}`, stroke: colour(row.colour), "stroke-width": 8, "stroke-linecap": "round", opacity: 0.22 }));
        if (row.before != null && Math.abs(X(row.before) - X(row.after)) > 1) {
          root.append(svg("line", { x1: X(row.before), x2: X(row.after), y1: at, y2: at, stroke: colour(row.colour), "stroke-width": 2.4 }));
          root.append(mark(row.shape, X(row.before), at, 4.5, row.colour, true));
        }
        root.append(mark(row.shape, X(row.after), at, 6, row.colour));
        root.append(svg("text", { class: "strong", x: Math.max(X(row.after), X(row.high), X(row.before ?? row.after)) + 12, y: at + 4, text: number(row.after) }));
      }
      bands.push({ from: y, to: y + pitch, row, group });
      y += pitch;
    }
  }
  host.append(root);
  readout(host, root, (at) => {
    const found = at && bands.find((one) => at.y >= one.from && at.y < one.to);
    if (!found) return null;
    const { row, group } = found;
    if (row.dots) return { head: row.label, rows: row.dots.map((dot) => ({ text: dot.title })) };
    const rows = [];
    if (row.before != null) rows.push({ text: `before transfers ${number(row.before)}` });
    rows.push({ text: `after transfers ${number(row.after)}${row.high - row.low > 1e-9 ? ` (${number(row.low)} to ${number(row.high)})` : ""}` });
    return { head: group.label ? `${group.label}, ${row.label}` : row.label, rows };
  });
}

const KINDS = { lines: drawLines, bars: drawBars, rows: drawRows };

function drawChart(host, spec) {
  const width = Math.floor(host.clientWidth);
  if (!width || Number(host.dataset.width) === width) return;
  host.dataset.width = width;
  host.replaceChildren();
  KINDS[spec.kind](host, spec, width);
}
