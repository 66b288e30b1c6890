/* Wakes the page of the polytope up: one state, from which a world is computed and drawn at most once a frame. */

const DATA = JSON.parse(document.getElementById("data").textContent);
const LAYERS = ["hull", "bands", "cloud", "mixture"];
const STARTS = [[5, -5], [-1, -5], [-1, 0]];
const REWARDS = [-2, 2], MOST = 0.99, LEAST_CHANCE = 0.002;
const one = (selector) => document.querySelector(selector);
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const tidy = (x, digits = 4) => Number(Number(x).toFixed(digits)) + 0;

/* --------------------------------------------------------------------------------------------------------- the state */

function started(actions, logits) {
  return policyOf(STATES.flatMap((s) => [logits[s], ...new Array(actions - 2).fill(0)]), actions);
}

function fresh(name) {
  const { rewards, first, discount, feature, theta, actions, chart } = DATA.worlds[name];
  return {
    world: name, rewards: [...rewards], first: [...first], discount, feature: [...feature], theta, chart,
    start: started(actions.length, STARTS[2]), show: new Set(["vi", "pi", "pg", "natural", "hull"]), steps: UPDATES, seed: 1, probe: null,
  };
}

/* What differs from the named world, as a fragment that a person can read. */
function fragment(state) {
  const usual = fresh(state.world), parts = [`world=${state.world}`];
  const list = (name, key, digits = 4) => {
    const text = (all) => all.map((x) => tidy(x, digits)).join(",");
    if (text(state[key]) !== text(usual[key])) parts.push(`${name}=${text(state[key])}`);
  };
  list("rewards", "rewards");
  list("first", "first");
  for (const key of ["discount", "theta", "steps", "seed"]) if (tidy(state[key]) !== tidy(usual[key])) parts.push(`${key}=${tidy(state[key])}`);
  list("pays", "feature");
  list("start", "start", 5);
  if (state.chart !== usual.chart) parts.push(`seen=${state.chart + 1}`);
  const shown = (show) => [...Object.keys(METHODS), ...LAYERS].filter((name) => show.has(name)).join(",");
  if (shown(state.show) !== shown(usual.show)) parts.push(`show=${shown(state.show)}`);
  return `#${parts.join("&")}`;
}

/* A fragment as a state: whatever can't be read is left as the named world has it. */
function read(text) {
  const given = new Map(text.replace(/^#/, "").split("&").filter(Boolean).map((part) => part.split(/=(.*)/s).slice(0, 2)));
  const name = Object.hasOwn(DATA.worlds, given.get("world") ?? "") ? given.get("world") : DATA.first;
  const state = fresh(name), actions = DATA.worlds[name].actions.length;
  const numbers = (key, low, high, count) => {
    const found = (given.get(key) ?? "").split(",").map((x) => (x.trim() === "" ? NaN : Number(x)));
    return found.length === count && found.every(Number.isFinite) ? found.map((x) => clamp(x, low, high)) : null;
  };
  state.rewards = numbers("rewards", ...REWARDS, 2 * actions) ?? state.rewards;
  state.first = numbers("first", 0, 1, 2 * actions) ?? state.first;
  state.feature = numbers("pays", 0, 1, 2 * actions) ?? state.feature;
  state.start = startable(numbers("start", 0, 1, 2 * actions) ?? state.start, actions);
  for (const [key, low, high] of [["discount", 0, MOST], ["theta", ...THETAS], ["steps", 0, UPDATES], ["seed", 1, 9999]]) {
    const found = numbers(key, low, high, 1);
    if (found) state[key] = key === "steps" || key === "seed" ? Math.round(found[0]) : found[0];
  }
  const seen = numbers("seen", 1, 2, 1);
  if (seen) state.chart = Math.round(seen[0]) - 1;
  if (given.has("show")) state.show = new Set(given.get("show").split(",").filter((x) => x in METHODS || LAYERS.includes(x)));
  return state;
}

/* Logits are finite: no probability of a start is 0. */
function startable(policy, actions) {
  return STATES.flatMap((s) => {
    const own = policy.slice(s * actions, (s + 1) * actions).map((p) => Math.max(p, LEAST_CHANCE)), sum = own.reduce((x, y) => x + y);
    return own.map((p) => p / sum);
  });
}

/* --------------------------------------------------------------------------------------------------------- the world */

const COSTS = {}, KEPT = {};

/* Everything that is drawn, from the state alone. Drawn samples wait for the end of a drag where they are slow. */
function derive(state, moving = false) {
  const preset = DATA.worlds[state.world], actions = preset.actions.length;
  const base = { actions, discount: state.discount, rewards: state.rewards, first: state.first };
  const process = contracted(base, state.feature, state.theta), corners = vertices(process), cells = pieces(process, corners);
  const worthOf = (rewards, choice) => evaluate({ ...base, rewards }, pure(actions, choice));
  const lines = corners.map(({ choice }) => ({ choice, value: worthOf(state.rewards, choice), moves: worthOf(state.feature, choice), partner: worthOf(preset.partner, choice) }));
  const paths = Object.keys(METHODS).filter((name) => state.show.has(name)).map((method) => {
    const slow = moving && COSTS[method] > 7 && KEPT[method]?.actions === actions, began = performance.now();
    const points = slow ? KEPT[method].points : METHODS[method].run(process, state.start, state.seed);
    if (!slow) COSTS[method] = performance.now() - began;
    KEPT[method] = { actions, points };
    return { method, points, outside: points.map((at) => !inside(process, at)) };
  });
  const names = {
    states: preset.states,
    short: (choice) => choice.map((a) => preset.actions[a]).join(preset.actions[0].length > 1 ? ", " : ""),
    called: (choice) => choice.map((a, s) => `${preset.actions[a]} in ${preset.states[s]}`).join(" and "),
  };
  const mixes = Array.from({ length: 121 }, (_, i) => i / 120);
  const last = corners.length - 1, ends = [0, last].map((i) => pure(actions, corners[i].choice));
  return {
    base, process, corners, cells, lines, paths, names, actions: preset.actions,
    hull: hull(corners.map((corner) => corner.at)), best: optimal(corners), start: evaluate(process, state.start),
    segments: segments(process, corners), envelope: envelope(lines, ...THETAS),
    moved: state.theta !== 0 && state.feature.some((f) => f > 0),
    before: state.theta ? pieces(base, vertices(base)) : [],
    cloud: state.show.has("cloud") ? crowd(actions).map((policy) => evaluate(process, policy)) : [],
    mixture: state.show.has("mixture") ? mixes.map((t) => evaluate(process, ends[0].map((p, i) => (1 - t) * p + t * ends[1][i]))) : [],
  };
}

/* Random policies, uniform over all: exponential numbers divided by their sum, the same ones each time. */
const CROWDS = {};

function crowd(actions, count = 900) {
  const z = normals(7, 4 * actions * count);
  CROWDS[actions] ??= Array.from({ length: count }, (_, k) => STATES.flatMap((s) => {
    const own = Array.from({ length: actions }, (__, a) => { const i = 2 * ((k * 2 + s) * actions + a); return z[i] ** 2 + z[i + 1] ** 2; });
    const sum = own.reduce((x, y) => x + y);
    return own.map((x) => x / sum);
  }));
  return CROWDS[actions];
}

function python(state) {
  const n = DATA.worlds[state.world].actions.length, row = (list, show) => STATES.map((s) => `[${list.slice(s * n, (s + 1) * n).map(show).join(", ")}]`).join(", ");
  const changed = fragment({ ...fresh(state.world), rewards: state.rewards, first: state.first, discount: state.discount }) !== `#world=${state.world}`;
  const lines = [
    "import numpy as np", "", "from accord.geometry.process import Process", "", "process = Process(",
    `    rewards=np.array([${row(state.rewards, (x) => tidy(x))}]),`,
    `    transitions=np.array([${row(state.first, (x) => `[${tidy(x)}, ${tidy(1 - tidy(x))}]`)}]),`,
    `    discount=${tidy(state.discount)},`, `    name="${state.world}${changed ? ", changed" : ""}",`, ")",
  ];
  if (state.theta) lines.push(`pays = np.array([${row(state.feature, (x) => tidy(x))}])`, `process = process.rewarded(process.rewards + ${tidy(state.theta)} * pays)`);
  return lines.join("\n");
}

/* ---------------------------------------------------------------------------------------------------------- the page */

class Page {
  constructor() {
    this.state = read(location.hash);
    this.moving = 0;
    this.plane = new Plane(one("#plane"), { drag: (name, at) => this.drag(name, at), drop: () => this.settle(), probe: (at) => { this.state.probe = at; this.soon(false); } });
    this.envelope = new Envelope(one("#envelope"), (theta) => this.set({ theta }), () => this.settle());
    this.panel = new Panel(this);
    const watch = new ResizeObserver(() => this.soon());
    for (const host of [one("#plane"), one("#envelope")]) watch.observe(host);
    window.addEventListener("hashchange", () => {
      if (location.hash === fragment(this.state)) return;
      this.state = read(location.hash);
      this.panel.build();
      this.soon();
    });
    this.panel.build();
    this.frame();
  }

  /* Change the state; `quick` for what follows a hand. The fragment and the spoken text wait until the hand rests. */
  set(changes, quick = true) {
    Object.assign(this.state, changes);
    if (quick) this.moving = performance.now();
    this.soon();
    window.clearTimeout(this.resting);
    this.resting = window.setTimeout(() => this.settle(), quick ? 500 : 0);
  }

  settle() {
    this.moving = 0;
    window.clearTimeout(this.resting);
    history.replaceState(null, "", fragment(this.state));
    this.resting = null;
    this.silent = false;
    this.soon();
  }

  soon(changed = true) {
    this.stale ||= changed;
    this.waiting ??= requestAnimationFrame(() => this.frame());
  }

  frame() {
    this.waiting = null;
    const fits = this.plane.resize(), fresh = this.stale || !this.world;
    if (fresh) this.world = derive(this.state, this.moving > 0);
    this.stale = false;
    if (!this.plane.size) return;
    if (this.plane.aim(this.world, this.moving > 0, still.matches || fits)) this.soon(false);
    this.plane.draw(this.world, this.state);
    if (fresh || fits) {
      this.envelope.draw(this.world, this.state);
      this.panel.draw(this.world, this.state);
    }
    this.panel.point(this.world, this.state.probe ?? this.plane.chosen());
    if (!this.silent) this.panel.speak(this.world);
    this.silent = true;
  }

  /* A start goes to the nearest value of a policy. A vertex takes the two rewards that make its policy worth that. */
  drag(name, at) {
    const { state, world } = this, { actions, discount, first } = world.process;
    if (name === "start") {
      const flat = world.segments.map((segment) => [segment.from, segment.to]);  // a polytope may have no area
      const near = nearest(world.cells.length ? world.cells : flat, at), policy = policyWorth(world.process, near) ?? policyWorth(world.process, world.start);
      return this.set({ start: startable(policy ?? state.start, actions) });
    }
    const { choice } = world.corners[Number(name.split(":")[1])], rewards = [...state.rewards];
    for (const s of STATES) {
      const i = s * actions + choice[s], after = first[i] * at[0] + (1 - first[i]) * at[1];
      rewards[i] = tidy(clamp(at[s] - discount * after - state.theta * state.feature[i], ...REWARDS));
    }
    this.set({ rewards });
  }

  /* Another world; the numbers walk there where the two have as many actions. */
  visit(name) {
    window.cancelAnimationFrame(this.walk);
    const from = this.state, to = { ...fresh(name), show: from.show, seed: from.seed };
    this.state = { ...to };
    this.panel.build();
    if (still.matches || from.rewards.length !== to.rewards.length) return this.settle();
    const began = performance.now(), keys = ["rewards", "first", "start"];
    const step = () => {
      const t = clamp((performance.now() - began) / 600, 0, 1), share = t * t * (3 - 2 * t);
      const between = (x, y) => x + share * (y - x);
      for (const key of keys) this.state[key] = t < 1 ? to[key].map((y, i) => between(from[key][i], y)) : to[key];
      for (const key of ["discount", "theta"]) this.state[key] = t < 1 ? between(from[key], to[key]) : to[key];
      this.soon();
      if (t < 1) this.walk = requestAnimationFrame(step); else this.settle();
    };
    step();
  }
}

const page = new Page();
if (!location.hash && !still.matches) page.panel.play();  // who comes for the first time sees learning move
/* For the console, and for tests: the state, and the mathematics of the page. */
window.polytope = { page, fresh, derive, fragment, read, python, evaluate, optimal, vertices, pieces, area, inside, policyWorth, policyOf, started, envelope, METHODS, STARTS };
document.documentElement.dataset.ready = "yes";
