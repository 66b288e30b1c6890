/* Three states' values in a view that turns: by itself until somebody drags it or presses an arrow key, and not at all
   for who asked for less motion. The surface is exact; the dots are random policies. Equal units on all three axes. */

const TURN = 0.00022; // radians in a millisecond
const CAMERA = 5.0; // half-sizes of the polytope from its middle

class Space {
  constructor(host, spec, width) {
    Object.assign(this, { host, spec, yaw: Number(host.dataset.yaw || 0.7), pitch: Number(host.dataset.pitch || 0.35), held: null });
    this.canvas = html("canvas", { role: "img", tabindex: "0", "aria-label": `${host.dataset.says}. Drag, or press the arrow keys, to turn it.` });
    this.size = Math.min(width, 640);
    this.height = Math.round(this.size * 0.82);
    const dense = Math.min(2, window.devicePixelRatio || 1);
    Object.assign(this.canvas, { width: this.size * dense, height: this.height * dense });
    Object.assign(this.canvas.style, { width: `${this.size}px`, height: `${this.height}px`, cursor: "grab", touchAction: "pan-y", maxWidth: "100%" });
    this.pen = this.canvas.getContext("2d");
    this.pen.scale(dense, dense);
    const all = spec.dots.map((dot) => dot.at);
    this.middle = [0, 1, 2].map((i) => (Math.min(...all.map((p) => p[i])) + Math.max(...all.map((p) => p[i]))) / 2);
    this.reach = Math.max(...all.map((p) => Math.hypot(...p.map((x, i) => x - this.middle[i])))) || 1;
    host.append(this.legend(), this.canvas);
    this.listen();
    this.turning = host.dataset.touched !== "yes" && !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.seen = false;
    new IntersectionObserver(([entry]) => { this.seen = entry.isIntersecting; if (this.seen) this.roll(); }).observe(this.canvas);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
    this.paint();
  }

  legend() {
    const dot = (name) => svg("svg", { width: 12, height: 12, viewBox: "0 0 12 12", "aria-hidden": "true" }, svg("circle", { cx: 6, cy: 6, r: 3, fill: colour(name) }));
    const entry = (name, text) => html("span", {}, dot(name), text);
    return html("div", { class: "legend" }, entry("agent-0", "random policies"), entry("agent-1", "policies that agree in state 1"), entry("ink", "deterministic policies"));
  }

  listen() {
    const stop = () => { this.turning = false; this.host.dataset.touched = "yes"; };
    this.canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      stop();
      this.held = [event.clientX, event.clientY, this.yaw, this.pitch];
      this.canvas.setPointerCapture(event.pointerId);
      this.canvas.style.cursor = "grabbing";
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (!this.held) return;
      const [x, y, yaw, pitch] = this.held;
      this.turn(yaw + (event.clientX - x) * 0.01, pitch + (event.clientY - y) * 0.01);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.canvas.addEventListener(end, () => { this.held = null; this.canvas.style.cursor = "grab"; });
    }
    this.canvas.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] }[event.key];
      if (!by) return;
      event.preventDefault();
      stop();
      this.turn(this.yaw + by[0], this.pitch + by[1]);
    });
  }

  turn(yaw, pitch) {
    this.yaw = yaw;
    this.pitch = clamp(pitch, -1.5, 1.5);
    Object.assign(this.host.dataset, { yaw: this.yaw, pitch: this.pitch });
    this.paint();
  }

  roll(last = null) {
    if (!this.turning || !this.seen || !this.canvas.isConnected || this.rolling) return;
    this.rolling = true;
    window.requestAnimationFrame((now) => {
      this.rolling = false;
      if (!this.turning) return;
      if (last !== null) this.turn(this.yaw + Math.min(50, now - last) * TURN, this.pitch);
      this.roll(now);
    });
  }

  /* A value on the screen: right, down, and how far away. The third state's axis points up. */
  place(value) {
    const [x, y, z] = value.map((v, i) => (v - this.middle[i]) / this.reach);
    const [cy, sy, cp, sp] = [Math.cos(this.yaw), Math.sin(this.yaw), Math.cos(this.pitch), Math.sin(this.pitch)];
    const [right, back] = [x * cy - y * sy, x * sy + y * cy];
    const [up, depth] = [z * cp + back * sp, back * cp - z * sp];
    const zoom = (this.height * 0.47 * CAMERA) / (CAMERA + depth);
    return [this.size / 2 + right * zoom, this.height / 2 - up * zoom, depth];
  }

  paint() {
    const style = window.getComputedStyle(this.host), paint = (name) => style.getPropertyValue(`--${name}`).trim();
    const pen = this.pen, [blue, orange, ink, soft, line] = ["agent-0", "agent-1", "ink", "soft", "line"].map(paint);
    pen.clearRect(0, 0, this.size, this.height);
    pen.lineJoin = "round";
    this.axes(soft, line);
    const light = [0.35, -0.5, 0.8];
    const faces = this.spec.faces.map((face) => {
      const at = face.corners.map((corner) => this.place(corner));
      const shade = face.normal.reduce((sum, n, i) => sum + n * light[i], 0);
      return { at, alpha: 0.07 + 0.06 * (1 + shade), depth: (at[0][2] + at[1][2] + at[2][2]) / 3 };
    });
    pen.fillStyle = blue;
    for (const { at, alpha } of faces.sort((a, b) => b.depth - a.depth)) {
      pen.globalAlpha = alpha;
      pen.beginPath();
      at.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      pen.fill();
    }
    this.points(this.spec.cloud, blue, 0.55, 1.5);
    this.points(this.spec.agreeing, orange, 0.75, 1.7);
    pen.strokeStyle = blue;
    pen.lineWidth = 1;
    for (const [from, to] of this.spec.ridges) {
      const [a, b] = [this.place(from), this.place(to)];
      pen.globalAlpha = clamp(0.62 - 0.4 * (a[2] + b[2]) / 2, 0.15, 0.95);
      pen.beginPath();
      pen.moveTo(a[0], a[1]);
      pen.lineTo(b[0], b[1]);
      pen.stroke();
    }
    pen.globalAlpha = 1;
    this.names(ink, paint("paper"));
    const [x, y] = this.place(this.spec.best);
    pen.fillStyle = paint("coin");
    pen.strokeStyle = ink;
    const shape = new Path2D(starred(x, y, 9));
    pen.fill(shape);
    pen.stroke(shape);
  }

  points(values, paint, alpha, size) {
    this.pen.fillStyle = paint;
    this.pen.globalAlpha = alpha;
    for (const value of values) {
      const [x, y] = this.place(value);
      this.pen.fillRect(x - size / 2, y - size / 2, size, size);
    }
    this.pen.globalAlpha = 1;
  }

  axes(soft, line) {
    const low = this.middle.map((x) => x - 0.56 * this.reach), pen = this.pen;
    pen.font = "12px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    for (const i of [0, 1, 2]) {
      const end = low.map((x, j) => (j === i ? x + 1.12 * this.reach : x)), name = low.map((x, j) => (j === i ? x + 1.22 * this.reach : x));
      const [a, b, c] = [this.place(low), this.place(end), this.place(name)];
      pen.strokeStyle = line;
      pen.lineWidth = 1.5;
      pen.beginPath();
      pen.moveTo(a[0], a[1]);
      pen.lineTo(b[0], b[1]);
      pen.stroke();
      pen.fillStyle = soft;
      pen.fillText(`state ${i + 1}`, clamp(c[0], 24, this.size - 24), clamp(c[1], 10, this.height - 10));
    }
  }

  names(ink, paper) {
    const pen = this.pen, middle = this.place(this.middle);
    pen.font = "11px system-ui, sans-serif";
    for (const dot of this.spec.dots) {
      const [x, y] = this.place(dot.at);
      pen.fillStyle = ink;
      pen.strokeStyle = paper;
      pen.lineWidth = 1;
      pen.beginPath();
      pen.arc(x, y, 3, 0, 7);
      pen.fill();
      pen.stroke();
      if (!dot.name) continue;
      const [dx, dy] = [x - middle[0], y - middle[1]], length = Math.hypot(dx, dy) || 1;
      pen.textAlign = dx < -6 ? "right" : dx > 6 ? "left" : "center";
      pen.fillText(dot.name, x + (8 * dx) / length, y + (10 * dy) / length);
    }
    pen.textAlign = "center";
  }
}

KINDS.space = (host, spec, width) => new Space(host, spec, width);
