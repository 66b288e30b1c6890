/* What the policies of a process with two states are worth, exactly. No page in here: numbers in, numbers out.

   A process is {actions, discount, rewards, first}: lists in the order state * actions + action; `first` is the
   probability that the next state is the first one. A policy is a list of probabilities in the same order. */

const STATES = [0, 1];

function evaluate({ actions, discount, rewards, first }, policy) {
  let r0 = 0, r1 = 0, p0 = 0, p1 = 0;
  for (let i = 0, j = actions; i < actions; i++, j++) {
    r0 += policy[i] * rewards[i];
    r1 += policy[j] * rewards[j];
    p0 += policy[i] * first[i];
    p1 += policy[j] * first[j];
  }
  const a = 1 - discount * p0, b = -discount * (1 - p0), c = -discount * p1, d = 1 - discount * (1 - p1);
  const size = a * d - b * c;
  return [(d * r0 - b * r1) / size, (a * r1 - c * r0) / size];
}

function actionValues({ discount, rewards, first }, [v0, v1]) {
  return rewards.map((r, i) => r + discount * (first[i] * v0 + (1 - first[i]) * v1));
}

function pure(actions, choice) {
  const policy = new Array(2 * actions).fill(0);
  for (const s of STATES) policy[s * actions + choice[s]] = 1;
  return policy;
}

function vertices(process) {
  const found = [];
  for (let a = 0; a < process.actions; a++) {
    for (let b = 0; b < process.actions; b++) found.push({ choice: [a, b], at: evaluate(process, pure(process.actions, [a, b])) });
  }
  return found;
}

/* Of equals the lowest, as in Python. The optimal policy is best in both states at once, so a sum finds it. */
function optimal(corners) {
  const worth = ({ at }) => at[0] + at[1];
  const best = Math.max(...corners.map(worth));
  return corners.find((one) => worth(one) >= best - 1e-9 * (1 + Math.abs(best)));
}

/* -------------------------------------------------------------------------------- which values belong to a policy

   V is the value of a policy if, and only if, in each state it lies between the lowest and the highest
   q(s, a) = r(s, a) + discount P(s, a) V: then some pi(.|s) mixes the q to V(s), and V is what pi is worth. */

function inside({ actions, discount, rewards, first }, at, slack = 1e-9) {
  for (const s of STATES) {
    let low = Infinity, high = -Infinity;
    for (let i = s * actions; i < (s + 1) * actions; i++) {
      const q = rewards[i] + discount * (first[i] * at[0] + (1 - first[i]) * at[1]);
      if (q < low) low = q;
      if (q > high) high = q;
    }
    const loose = slack * (1 + Math.abs(at[s]));
    if (!(low <= at[s] + loose && at[s] <= high + loose)) return false;
  }
  return true;
}

/* The policy with a value: with two actions there is one, with more the one of greatest entropy; null outside. */
function policyWorth(process, at) {
  if (!inside(process, at)) return null;
  const q = actionValues(process, at);
  return STATES.flatMap((s) => mixed(q.slice(s * process.actions, (s + 1) * process.actions), at[s]));
}

function mixed(q, wanted) {
  const low = Math.min(...q), high = Math.max(...q), span = high - low;
  if (span < 1e-12) return q.map(() => 1 / q.length);
  const target = clamp(wanted, low, high);
  const tilted = (t) => {
    const weights = q.map((x) => Math.exp((t * (x - (t > 0 ? high : low))) / span));
    const sum = weights.reduce((x, y) => x + y);
    return weights.map((w) => w / sum);
  };
  const mean = (p) => p.reduce((sum, x, i) => sum + x * q[i], 0);
  let [from, to] = [-400, 400];
  for (let i = 0; i < 60; i++) {
    const middle = (from + to) / 2;
    if (mean(tilted(middle)) < target) from = middle; else to = middle;
  }
  const policy = tilted((from + to) / 2), left = target - mean(policy);
  const end = q.indexOf(left > 0 ? high : low), gap = q[end] - mean(policy);  // close the last rounding gap exactly
  const share = Math.abs(gap) < 1e-15 ? 0 : clamp(left / gap, 0, 1);
  return policy.map((p, i) => (1 - share) * p + (i === end ? share : 0));
}

/* ---------------------------------------------------------------------------------------------------- the polytope

   Solved for V(s), the equation V(s) = q(s, a) is a line over the other state's value. Values of policies lie between
   the lowest and the highest of these lines in each state: the polytope is where two bands meet. */

function line({ actions, discount, rewards, first }, s, a) {
  const i = s * actions + a, stays = s === 0 ? first[i] : 1 - first[i];
  return { base: rewards[i] / (1 - discount * stays), slope: (discount * (1 - stays)) / (1 - discount * stays) };
}

const along = ({ base, slope }, other) => base + slope * other;
const place = (s, own, other) => (s === 0 ? [own, other] : [other, own]);

/* The band of a state, cut into convex pieces where its lines cross, for the other value from low to high. */
function band(process, s, low, high) {
  const lines = Array.from({ length: process.actions }, (_, a) => line(process, s, a));
  const cuts = [low, high];
  for (const [i, one] of lines.entries()) {
    for (const two of lines.slice(i + 1)) {
      const at = (two.base - one.base) / (one.slope - two.slope);
      if (at > low && at < high) cuts.push(at);
    }
  }
  cuts.sort((x, y) => x - y);
  return cuts.slice(1).map((to, i) => {
    const from = cuts[i], order = [...lines].sort((x, y) => along(x, (from + to) / 2) - along(y, (from + to) / 2));
    const bottom = order[0], top = order[order.length - 1];
    return [[bottom, from], [bottom, to], [top, to], [top, from]].map(([one, other]) => place(s, along(one, other), other));
  });
}

function area(points) {
  return points.reduce((sum, [x, y], i) => {
    const [u, v] = points[(i + 1) % points.length];
    return sum + (x * v - u * y) / 2;
  }, 0);
}

const counterclockwise = (points) => (area(points) < 0 ? [...points].reverse() : points);

/* Where lines cross, a piece of a band ends in two corners that differ by rounding: an edge between them has no side. */
function distinct(points) {
  return points.filter((p, i) => {
    const q = points[(i + 1) % points.length];
    return Math.hypot(p[0] - q[0], p[1] - q[1]) > 1e-10 * (1 + Math.hypot(...p));
  });
}

/* Where two convex polygons meet (Sutherland and Hodgman). */
function meeting(subject, clipper) {
  let kept = counterclockwise(subject);
  const edges = distinct(counterclockwise(clipper));
  edges.forEach(([x, y], i) => {
    const [u, v] = edges[(i + 1) % edges.length];
    const side = ([a, b]) => (u - x) * (b - y) - (v - y) * (a - x);
    kept = kept.flatMap((point, j) => {
      const before = kept[(j + kept.length - 1) % kept.length], now = side(point), then = side(before);
      const crossing = () => before.map((c, k) => c + ((point[k] - c) * then) / (then - now));
      if (now >= 0) return then < 0 ? [crossing(), point] : [point];
      return then >= 0 ? [crossing()] : [];
    });
  });
  return kept;
}

function extent(points) {
  const xs = points.map((p) => p[0]), ys = points.map((p) => p[1]);
  return { x: [Math.min(...xs), Math.max(...xs)], y: [Math.min(...ys), Math.max(...ys)] };
}

/* The polytope as convex pieces that do not overlap: it may be neither convex nor simple, its pieces are both. */
function pieces(process, corners) {
  const box = extent(corners.map((one) => one.at));
  const first = band(process, 0, ...box.y), second = band(process, 1, ...box.x);
  return first.flatMap((one) => second.map((two) => meeting(one, two))).filter((cell) => Math.abs(area(cell)) > 1e-14);
}

/* Line theorem: policies that take action a in state s are worth a segment, from the worst to the best of them. The
   boundary is made of parts of these: where one side of a part belongs to no policy. */
function segments(process, corners) {
  const found = [];
  const box = extent(corners.map((one) => one.at));
  const tiny = 1e-6 * Math.max(box.x[1] - box.x[0], box.y[1] - box.y[0], 1e-9);
  for (const s of STATES) {
    for (let a = 0; a < process.actions; a++) {
      const ends = corners.filter((one) => one.choice[s] === a).sort((x, y) => x.at[0] + x.at[1] - y.at[0] - y.at[1]);
      const from = ends[0].at, to = ends[ends.length - 1].at;
      found.push({ state: s, action: a, from, to, edges: edges(process, s, a, ends, tiny) });
    }
  }
  return found;
}

function edges(process, s, a, ends, tiny) {
  const own = line(process, s, a), o = 1 - s, from = ends[0].at, to = ends[ends.length - 1].at;
  const cuts = ends.map((one) => one.at[o]);
  for (let b = 0; b < process.actions; b++) {
    const other = line(process, s, b), at = (other.base - own.base) / (own.slope - other.slope);
    if (b !== a && at > from[o] && at < to[o]) cuts.push(at);
  }
  cuts.sort((x, y) => x - y);
  const normal = s === 0 ? [1, -own.slope] : [-own.slope, 1];
  return cuts.slice(1).flatMap((high, i) => {
    const low = cuts[i], middle = place(s, along(own, (low + high) / 2), (low + high) / 2);
    if (high - low < 1e-12) return [];
    const open = [1, -1].some((sign) => !inside(process, middle.map((c, k) => c + sign * tiny * normal[k]), 1e-13));
    return open ? [[low, high].map((other) => place(s, along(own, other), other))] : [];
  });
}

function hull(points) {
  const sorted = [...points].sort((p, q) => p[0] - q[0] || p[1] - q[1]);
  const half = (list) => {
    const chain = [];
    for (const p of list) {
      while (chain.length > 1) {
        const [[a, b], [c, d]] = chain.slice(-2);
        if ((c - a) * (p[1] - b) - (d - b) * (p[0] - a) > 1e-12) break;
        chain.pop();
      }
      chain.push(p);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/* The nearest point of the polytope. */
function nearest(cells, at) {
  let best = null, closest = Infinity;
  for (const cell of cells) {
    const ring = counterclockwise(cell);
    let outer = false;
    ring.forEach(([x, y], i) => {
      const [u, v] = ring[(i + 1) % ring.length], [dx, dy] = [u - x, v - y], length = dx * dx + dy * dy;
      outer ||= dx * (at[1] - y) - dy * (at[0] - x) < 0;
      const t = length ? clamp(((at[0] - x) * dx + (at[1] - y) * dy) / length, 0, 1) : 0;
      const p = [x + t * dx, y + t * dy], far = (p[0] - at[0]) ** 2 + (p[1] - at[1]) ** 2;
      if (far < closest) [best, closest] = [p, far];
    });
    if (!outer) return at;
  }
  return best;
}

/* ------------------------------------------------------------------------------------------------------- contracts

   Under a contract the rewards are r + theta f. Every policy's value is affine in theta, V + theta W, with W the value
   of f itself; so the best response is worth the upper envelope of as many lines as there are deterministic policies. */

function contracted(process, feature, theta) {
  return { ...process, rewards: process.rewards.map((r, i) => r + theta * feature[i]) };
}

/* The envelope from low to high: [{from, to, line}], exact breakpoints. Each line has `value` and `moves` by state. */
function envelope(lines, low, high) {
  const height = (one, theta) => one.value[0] + one.value[1] + theta * (one.moves[0] + one.moves[1]);
  const slope = (one) => one.moves[0] + one.moves[1];
  const found = [];
  let from = low;
  let now = lines.reduce((best, one) => {
    const more = height(one, low) - height(best, low);
    return more > 1e-9 || (more > -1e-9 && slope(one) > slope(best) + 1e-12) ? one : best;
  });
  while (from < high) {
    let next = null, to = high;
    for (const one of lines) {
      if (slope(one) <= slope(now) + 1e-12) continue;
      const at = from + Math.max(0, height(now, from) - height(one, from)) / (slope(one) - slope(now));
      if (at < to - 1e-12 || (next && at < to + 1e-12 && slope(one) > slope(next))) [next, to] = [one, at];
    }
    if (to > from + 1e-12) found.push({ from, to, line: now });
    if (!next) break;
    [from, now] = [to, next];
  }
  return found;
}
