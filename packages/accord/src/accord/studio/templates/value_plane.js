/* The plane of two states' values (see polytope_page.py): the exact region, a cloud, lines with marks, named dots, the
   optimum as a star. The axes have units of their own, since values of two states are often nearly alike. */

function drawValues(host, spec, width) {
  const lines = spec.lines || [], dots = spec.dots || [];
  const told = lines.filter((one, i) => one.label && lines.findIndex((other) => other.label === one.label) === i);
  if (told.length || spec.outside) {
    const crosses = svg("svg", { width: 12, height: 12, viewBox: "0 0 12 12", "aria-hidden": "true" }, cross([[6, 6]], 4));
    const legend = html("div", { class: "legend" }, ...told.map((one) => html("span", {}, swatch(one), one.label)));
    if (spec.outside) legend.append(html("span", {}, crosses, "outside"));
    host.append(legend);
  }
  const { low: [x0, y0], high: [x1, y1] } = spec;
  const side = Math.min(width, spec.small ? 420 : 620), height = side * (spec.small ? 0.72 : 0.76);
  const yTicks = ticks(y0, y1, height / 64), left = 14 + 7.4 * Math.max(...yTicks.map((t) => number(t).length));
  const top = 26, bottom = 44, b = top + height, r = side - 12;
  const X = scale(x0, x1, left, r), Y = scale(y0, y1, b, top);
  const root = svg("svg", { width: side, height: b + bottom, viewBox: `0 0 ${side} ${b + bottom}`, role: "img", "aria-label": host.dataset.says });
  root.append(axisLabel("Value of state 2", 0, 13, "start"), axisLabel("Value of state 1", (left + r) / 2, b + bottom - 4, "middle"));
  for (const t of yTicks) {
    root.append(svg("line", { class: t === 0 ? "base" : "grid", x1: left, x2: r, y1: Y(t), y2: Y(t) }), axisLabel(number(t), left - 8, Y(t) + 4, "end"));
  }
  for (const t of ticks(x0, x1, (r - left) / 80)) {
    root.append(svg("line", { class: t === 0 ? "base" : "grid", x1: X(t), x2: X(t), y1: top, y2: b }), axisLabel(number(t), X(t), b + 19, "middle"));
  }
  const way = (points) => points.map((p) => `${X(p[0]).toFixed(1)} ${Y(p[1]).toFixed(1)}`).join("L");
  const region = spec.cells.map((cell) => `M${way(cell)}Z`).join("");
  root.append(svg("path", { class: "region", d: region, "stroke-width": 0.8, "stroke-linejoin": "round" }));
  if (spec.cloud) root.append(svg("path", { d: spec.cloud.map((p) => `M${X(p[0]).toFixed(1)} ${Y(p[1]).toFixed(1)}h0`).join(""), stroke: colour("agent-0"), "stroke-width": 1.7, "stroke-linecap": "round", opacity: 0.5 }));
  if (spec.hull) root.append(svg("path", { class: "sum", d: `M${way(spec.hull)}Z`, fill: "none" }));
  for (const one of lines) {
    root.append(svg("path", { d: `M${way(one.points)}`, fill: "none", stroke: colour(one.colour), "stroke-width": one.thin ? 1.3 : 2.2, "stroke-linejoin": "round", ...(one.dash ? { "stroke-dasharray": "6 4" } : {}) }));
    for (const [x, y] of one.marks || []) root.append(mark(one.shape, X(x), Y(y), one.size || 3, one.colour));
    if (one.out && one.out.length) root.append(cross(one.out.map(([x, y]) => [X(x), Y(y)]), 4));
    for (const [x, y] of one.rings || []) root.append(mark(one.shape, X(x), Y(y), 5.5, one.colour, true));
  }
  for (const dot of dots) {
    const [x, y] = [X(dot.at[0]), Y(dot.at[1])];
    root.append(mark(dot.shape || "circle", x, y, 4.2, "ink"));
    if (dot.name) root.append(axisLabel(dot.name, x + 13 * dot.side[0], y + 4 - 13 * dot.side[1], dot.side[0] < -0.5 ? "end" : dot.side[0] > 0.5 ? "start" : "middle"));
  }
  if (spec.best) root.append(svg("path", { class: "optimum", d: starred(X(spec.best[0]), Y(spec.best[1]), 10) }));
  host.append(root);
  const places = [...dots.map((dot) => ({ at: dot.at, text: dot.says })), ...lines.flatMap((one) => [...(one.marks || []), ...(one.out || [])].map((p) => ({ at: p, text: p[2] ? `${one.label || ""} ${p[2]}`.trim() : one.label })))];
  readout(host, root, (at) => {
    if (!at || !places.length) return null;
    const far = (place) => Math.hypot(X(place.at[0]) - at.x, Y(place.at[1]) - at.y);
    const near = places.reduce((best, place) => (far(place) < far(best) ? place : best));
    return far(near) > 24 ? null : { head: `${number(near.at[0])}, ${number(near.at[1])}`, rows: near.text ? [{ text: near.text }] : [] };
  });
}

function swatch(one) {
  const icon = svg("svg", { width: 26, height: 12, viewBox: "0 0 26 12", "aria-hidden": "true" });
  icon.append(svg("line", { x1: 0, x2: 26, y1: 6, y2: 6, stroke: colour(one.colour), "stroke-width": 2, ...(one.dash ? { "stroke-dasharray": "6 4" } : {}) }));
  if (one.shape) icon.append(mark(one.shape, 13, 6, 4, one.colour, Boolean(one.rings)));
  return icon;
}

function cross(points, size) {
  const d = points.map(([x, y]) => `M${x - size} ${y - size}l${2 * size} ${2 * size}m0 ${-2 * size}l${-2 * size} ${2 * size}`).join("");
  return svg("path", { d, fill: "none", stroke: colour("agent-2"), "stroke-width": 1.5 });
}

function starred(x, y, size) {
  const corners = Array.from({ length: 10 }, (_, i) => {
    const angle = (i * Math.PI) / 5 - Math.PI / 2, radius = i % 2 ? size * 0.42 : size;
    return `${(x + radius * Math.cos(angle)).toFixed(1)} ${(y + radius * Math.sin(angle)).toFixed(1)}`;
  });
  return `M${corners.join("L")}Z`;
}

KINDS.values = drawValues;
