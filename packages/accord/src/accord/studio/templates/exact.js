/* Two more kinds of picture, for exact solutions (see exact_figures.py): the plane of two agents' payoffs, and welfare by
   terms, where an equilibrium may exist on an interval or at one point alone. */

function drawPlane(host, spec, width) {
  const kinds = spec.points.filter((one, i) => spec.points.findIndex((other) => other.label === one.label) === i);
  host.append(html("div", { class: "legend" }, ...kinds.map((one) => html("span", {}, spot(one), one.label))));
  const all = [...spec.hull, ...spec.points.flatMap((one) => [one.at, ...(one.upto ? [one.upto] : [])])];
  const [xs, ys] = [0, 1].map((i) => all.map((p) => p[i]));
  let [x0, x1, y0, y1] = [Math.min(0, ...xs), Math.max(...xs), Math.min(0, ...ys), Math.max(...ys)];
  const room = 0.07 * Math.max(x1 - x0, y1 - y0, 1e-9);
  [x0, x1, y0, y1] = [x0 - (x0 < 0 ? room : 0), x1 + room, y0 - (y0 < 0 ? room : 0), y1 + room];
  const side = Math.min(width, 520), left = 46, bottom = 46, top = 24;
  const unit = Math.min((side - left - 12) / (x1 - x0), 430 / (y1 - y0)); // one unit is as long on both axes
  const [r, b] = [left + unit * (x1 - x0), top + unit * (y1 - y0)];
  const X = scale(x0, x1, left, r), Y = scale(y0, y1, b, top);
  const root = svg("svg", { width: side, height: b + bottom, viewBox: `0 0 ${side} ${b + bottom}`, role: "img", "aria-label": host.dataset.says });
  root.append(axisLabel(spec.y.label, 0, 12, "start"), axisLabel(spec.x.label, (left + r) / 2, b + bottom - 4, "middle"));
  for (const t of ticks(x0, x1, (r - left) / 70)) {
    root.append(svg("line", { class: t === 0 ? "base" : "grid", x1: X(t), x2: X(t), y1: top, y2: b }), axisLabel(number(t), X(t), b + 19, "middle"));
  }
  for (const t of ticks(y0, y1, (b - top) / 64)) {
    root.append(svg("line", { class: t === 0 ? "base" : "grid", x1: left, x2: r, y1: Y(t), y2: Y(t) }), axisLabel(number(t), left - 8, Y(t) + 4, "end"));
  }
  root.append(svg("path", { class: "reach", d: `M${spec.hull.map((p) => `${X(p[0])} ${Y(p[1])}`).join("L")}Z` }));
  const sum = spec.line.sum, from = Math.max(x0, sum - y1), to = Math.min(x1, sum - y0);
  if (spec.floor) {
    const [a, c] = spec.floor;
    if (a + c < sum - 1e-9) root.append(svg("path", { class: "gain", d: `M${X(a)} ${Y(c)}H${X(sum - c)}L${X(a)} ${Y(sum - a)}Z` }));
  }
  if (from < to) {
    root.append(svg("line", { class: "sum", x1: X(from), y1: Y(sum - from), x2: X(to), y2: Y(sum - to) }));
    root.append(axisLabel(spec.line.label, X(from) + 14, Y(sum - from) + 8, "start"));
  }
  for (const { at, upto, colour: name } of spec.points) {
    if (upto) root.append(svg("line", { x1: X(at[0]), y1: Y(at[1]), x2: X(upto[0]), y2: Y(upto[1]), stroke: colour(name), "stroke-width": 3, "stroke-linecap": "round" }));
  }
  for (const one of spec.points) root.append(outcome(one, X(one.at[0]), Y(one.at[1]), one.hollow ? 10 : 6));
  host.append(root);
  readout(host, root, (at) => {
    const near = at && spec.points.filter((one) => Math.hypot(X(one.at[0]) - at.x, Y(one.at[1]) - at.y) < 22);
    if (!near || !near.length) return null;
    return { head: `${number(near[0].at[0])} and ${number(near[0].at[1])}`, rows: near.map((one) => ({ icon: spot(one), text: one.label })) };
  });
}

function spot(one) {
  const icon = svg("svg", { width: 16, height: 16, viewBox: "0 0 16 16", "aria-hidden": "true" });
  icon.append(outcome(one, 8, 8, 5));
  return icon;
}

/* A hollow mark frames what lies in it: two outcomes are often the same point. */
function outcome(one, x, y, size) {
  const node = mark(one.shape, x, y, size, one.colour, one.hollow);
  if (one.hollow) node.style.fill = "none";
  return node;
}

function drawSteps(host, spec, width) {
  const pieces = spec.pieces, edge = (piece) => piece.low === piece.high;
  const [x0, x1] = [pieces[0].low, pieces[pieces.length - 1].high];
  const values = pieces.flatMap((piece) => piece.levels).concat(spec.best.at);
  let [y0, y1] = [Math.min(0, ...values), Math.max(...values)];
  const room = 0.08 * (y1 - y0 || 1);
  [y0, y1] = [y0 - room / 2, y1 + room];
  const yTicks = ticks(y0, y1, 5), left = 14 + 7.4 * Math.max(...yTicks.map((t) => number(t).length));
  const top = 26 + 17 * (spec.rules.length + 1), height = clamp(width * 0.42, 210, 330), b = top + height, r = width - 14;
  const X = scale(x0, x1 > x0 ? x1 : x0 + 1, left + 10, r - 10), Y = scale(y0, y1, b, top);
  const root = svg("svg", { width, height: b + 46, viewBox: `0 0 ${width} ${b + 46}`, role: "img", "aria-label": host.dataset.says });
  root.append(axisLabel(spec.y.label, 0, 13, "start"), axisLabel(spec.x.label, (left + r) / 2, b + 42, "middle"));
  for (const t of yTicks) {
    root.append(svg("line", { class: t === 0 ? "base" : "grid", x1: left, x2: r, y1: Y(t), y2: Y(t) }), axisLabel(number(t), left - 8, Y(t) + 4, "end"));
  }
  for (const t of ticks(x0, x1, (r - left) / 80)) root.append(axisLabel(number(t), X(t), b + 19, "middle"));
  root.append(svg("line", { class: "sum", x1: left, x2: r, y1: Y(spec.best.at), y2: Y(spec.best.at) }));
  root.append(axisLabel(spec.best.label, r, Y(spec.best.at) - 8, "end"));
  spec.rules.forEach((rule, i) => {
    const x = X(rule.at), flip = x > (left + r) / 2;
    root.append(svg("line", { class: "rule", x1: x, x2: x, y1: 30 + 17 * i, y2: b }), axisLabel(rule.label, x + (flip ? -5 : 5), 35 + 17 * i, flip ? "end" : "start"));
  });
  const line = { stroke: "var(--moca)", "stroke-width": 3, "stroke-linecap": "round" };
  for (const piece of pieces) {
    if (edge(piece)) {
      if (piece.levels.length > 1) root.append(svg("line", { x1: X(piece.low), x2: X(piece.low), y1: Y(Math.min(...piece.levels)), y2: Y(Math.max(...piece.levels)), stroke: "var(--separate)", "stroke-width": 1.4, "stroke-dasharray": "2 4" }));
      for (const level of piece.levels) root.append(mark("diamond", X(piece.low), Y(level), 5, "separate"));
      continue;
    }
    for (const level of piece.levels) {
      root.append(svg("line", { x1: X(piece.low), x2: X(piece.high), y1: Y(level), y2: Y(level), ...line }));
      [piece.low, piece.high].forEach((x, i) => root.append(mark("circle", X(x), Y(level), 4, "moca", !piece.closed[i])));
    }
  }
  for (const piece of pieces) if (edge(piece)) for (const level of piece.levels) root.append(mark("diamond", X(piece.low), Y(level), 5, "separate"));
  host.append(root);
  readout(host, root, (at) => {
    if (!at || at.y < top - 10) return null;
    const x = x0 + ((at.x - X(x0)) / (X(x1) - X(x0) || 1)) * (x1 - x0);
    const piece = pieces.find((one) => edge(one) && Math.abs(X(one.low) - at.x) < 6) || pieces.find((one) => !edge(one) && x >= one.low && x <= one.high);
    return piece ? { head: `price ${piece.says}`, rows: [{ text: `together: ${piece.value}` }] } : null;
  });
}

KINDS.plane = drawPlane;
KINDS.steps = drawSteps;
