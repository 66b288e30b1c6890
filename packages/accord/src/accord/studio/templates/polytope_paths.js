/* Paths that learning draws through the values, after the protocol of the published figures. Policies are a softmax of
   one logit for each action but the last, whose logit is 0: with two actions that is the sigmoid of the figures. */

const UPDATES = 50;
const SAMPLES = 500, ELITES = 50;

function logitsOf(policy, actions) {
  return STATES.flatMap((s) => {
    const own = policy.slice(s * actions, (s + 1) * actions);
    return own.slice(0, -1).map((p) => Math.log(p / own[actions - 1]));
  });
}

function policyOf(logits, actions, policy = new Array(2 * actions)) {
  for (const s of STATES) {
    let most = 0, sum = 0;
    for (let a = 0; a < actions - 1; a++) most = Math.max(most, logits[s * (actions - 1) + a]);
    for (let a = 0; a < actions; a++) {
      policy[s * actions + a] = Math.exp((a < actions - 1 ? logits[s * (actions - 1) + a] : 0) - most);
      sum += policy[s * actions + a];
    }
    for (let a = 0; a < actions; a++) policy[s * actions + a] /= sum;
  }
  return policy;
}

/* d mean V / d logits: how often a state is visited, times the probability of the action, times its advantage. */
function gradient(process, policy) {
  const { actions, discount, first } = process;
  const values = evaluate(process, policy), q = actionValues(process, values);
  const p = STATES.map((s) => first.slice(s * actions, (s + 1) * actions).reduce((sum, x, a) => sum + x * policy[s * actions + a], 0));
  const a = 1 - discount * p[0], b = -discount * (1 - p[0]), c = -discount * p[1], d = 1 - discount * (1 - p[1]);
  const size = a * d - b * c, visits = [(d - c) / (2 * size), (a - b) / (2 * size)];
  return STATES.flatMap((s) => Array.from({ length: actions - 1 }, (_, i) => visits[s] * policy[s * actions + i] * (q[s * actions + i] - values[s])));
}

/* Gradient of the mean over actions of -pi log pi, in each state. */
function entropyGradient(policy, actions) {
  const logs = policy.map((p) => Math.log(Math.max(p, 1e-300)));
  return STATES.flatMap((s) => {
    let entropy = 0;
    for (let a = 0; a < actions; a++) entropy -= policy[s * actions + a] * logs[s * actions + a];
    return Array.from({ length: actions - 1 }, (_, a) => (-policy[s * actions + a] * (logs[s * actions + a] + entropy)) / actions);
  });
}

/* The gradient in the metric of Fisher's information, summed over states without weights, plus 1e-4 I. */
function natural(slope, policy, actions) {
  const n = actions - 1;
  return STATES.flatMap((s) => {
    const own = policy.slice(s * actions, s * actions + n);
    const fisher = own.map((p, i) => own.map((q, j) => (i === j ? p + 1e-4 : 0) - p * q));
    return solved(fisher, slope.slice(s * n, (s + 1) * n));
  });
}

function solved(matrix, right) {
  const n = right.length, m = matrix.map((row, i) => [...row, right[i]]);
  for (let i = 0; i < n; i++) {
    const pivot = m.slice(i).reduce((best, row, k) => (Math.abs(row[i]) > Math.abs(m[best][i]) ? i + k : best), i);
    [m[i], m[pivot]] = [m[pivot], m[i]];
    for (let k = 0; k < n; k++) {
      if (k === i) continue;
      const share = m[k][i] / m[i][i];
      for (let j = i; j <= n; j++) m[k][j] -= share * m[i][j];
    }
  }
  return m.map((row, i) => row[n] / row[i]);
}

function valueIteration(process, start) {
  const path = [evaluate(process, start)], n = process.actions;
  for (let k = 0; k < UPDATES; k++) {
    const q = actionValues(process, path[k]);
    path.push(STATES.map((s) => Math.max(...q.slice(s * n, (s + 1) * n))));
  }
  return path;
}

function policyIteration(process, start) {
  const path = [evaluate(process, start)], n = process.actions;
  for (let k = 0; k < UPDATES; k++) {
    const q = actionValues(process, path[k]);
    const choice = STATES.map((s) => {
      const own = q.slice(s * n, (s + 1) * n);
      return own.indexOf(Math.max(...own));
    });
    const next = evaluate(process, pure(n, choice));
    if (k && Math.abs(next[0] - path[k][0]) + Math.abs(next[1] - path[k][1]) < 1e-10) break;
    path.push(next);
  }
  return path;
}

function climbing(direction) {
  return (process, start) => {
    const n = process.actions;
    let logits = logitsOf(start, n);
    const path = [];
    for (let k = 0; k <= UPDATES; k++) {
      const policy = policyOf(logits, n);
      path.push(evaluate(process, policy));
      const step = direction(process, policy);
      logits = logits.map((x, i) => x + step[i]);
    }
    return path;
  };
}

/* Normal numbers from a seed (mulberry32, Box and Muller), kept: the same draws while a world is dragged. */
const draws = new Map();

function normals(seed, count) {
  const name = `${seed} ${count}`;
  if (draws.has(name)) return draws.get(name);
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const found = new Float64Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform())), angle = 2 * Math.PI * uniform();
    found[i] = radius * Math.cos(angle);
    if (i + 1 < count) found[i + 1] = radius * Math.sin(angle);
  }
  if (draws.size > 6) draws.clear();
  draws.set(name, found);
  return found;
}

function lower(covariance) {
  const n = covariance.length, found = covariance.map((row) => row.map(() => 0));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = covariance[i][j];
      for (let k = 0; k < j; k++) sum -= found[i][k] * found[j][k];
      found[i][j] = i === j ? Math.sqrt(Math.max(sum, 1e-14)) : sum / found[j][j];
    }
  }
  return found;
}

/* Cross-entropy method: draw, keep the best tenth, fit, repeat; `noise` is added to the variances each time. */
function crossEntropy(noise) {
  return (process, start, seed) => {
    const n = 2 * (process.actions - 1), z = normals(seed, UPDATES * SAMPLES * n);
    const samples = new Float64Array(SAMPLES * n), worth = new Float64Array(SAMPLES);
    const policy = new Array(2 * process.actions), logits = new Array(n);
    let mean = logitsOf(start, process.actions);
    let root = lower(mean.map((_, i) => mean.map((__, j) => (i === j ? 0.5 : 0))));
    const path = [evaluate(process, policyOf(mean, process.actions))];
    for (let k = 0; k < UPDATES; k++) {
      for (let m = 0; m < SAMPLES; m++) {
        for (let i = 0; i < n; i++) {
          let x = mean[i];
          for (let j = 0; j <= i; j++) x += root[i][j] * z[(k * SAMPLES + m) * n + j];
          logits[i] = samples[m * n + i] = x;
        }
        const [v0, v1] = evaluate(process, policyOf(logits, process.actions, policy));
        worth[m] = v0 + v1;
      }
      const bar = Float64Array.from(worth).sort()[SAMPLES - ELITES];
      const best = [];
      for (let m = 0; m < SAMPLES && best.length < ELITES; m++) if (worth[m] >= bar) best.push(samples.subarray(m * n, (m + 1) * n));
      mean = mean.map((_, i) => best.reduce((sum, x) => sum + x[i], 0) / ELITES);
      root = lower(mean.map((_, i) => mean.map((__, j) => best.reduce((sum, x) => sum + (x[i] - mean[i]) * (x[j] - mean[j]), 0) / (ELITES - 1) + (i === j ? noise : 0))));
      path.push(evaluate(process, policyOf(mean, process.actions)));
    }
    return path;
  };
}

const METHODS = {
  vi: { name: "value iteration", short: "value iteration", colour: "agent-1", shape: "circle", run: valueIteration },
  pi: { name: "policy iteration", short: "policy iteration", colour: "joint", shape: "square", run: policyIteration },
  pg: { name: "policy gradient", short: "gradient", colour: "agent-0", shape: "triangle", run: climbing(gradient) },
  entropy: {
    name: "gradient with entropy", short: "with entropy", colour: "agent-6", shape: "diamond",
    run: climbing((process, policy) => {
      const bonus = entropyGradient(policy, process.actions);
      return gradient(process, policy).map((x, i) => x + bonus[i]);
    }),
  },
  natural: {
    name: "natural gradient", short: "natural gradient", colour: "agent-3", shape: "circle",
    run: climbing((process, policy) => natural(gradient(process, policy), policy, process.actions)),
  },
  cem: { name: "cross-entropy method", short: "cross-entropy", colour: "agent-2", shape: "square", run: crossEntropy(0) },
  noisy: { name: "cross-entropy with noise", short: "cross-entropy, noise", colour: "agent-5", shape: "triangle", run: crossEntropy(0.01) },
};
