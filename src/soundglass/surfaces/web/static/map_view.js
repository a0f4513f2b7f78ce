// @ts-check
// How a map is looked at: moved and zoomed by mouse, touch and keys; what is drawn around with a lasso.

/** @typedef {[number, number]} Place */
/**
 * What a map does when something happens on it; places are those of the map.
 * @typedef {object} Doings
 * @property {() => void} moved
 * @property {(place: Place) => void} hovered
 * @property {() => void} left
 * @property {(place: Place) => void} clicked
 * @property {(line: Place[], done: boolean) => void} lassoed
 * @property {(key: string) => boolean} pressed tells whether it was a key of the map
 */

const CLICK = 5;
const STEP = 60;
const MOST = 400;

/** How a canvas is looked at, in CSS pixels: right = x * zoom + left, down = top - y * zoom. */
export class Looking {
  /** @param {HTMLCanvasElement} canvas @param {Doings} doings */
  constructor(canvas, doings) {
    this.canvas = canvas;
    this.doings = doings;
    this.zoom = 100;
    this.left = 0;
    this.top = 0;
    this.whole = 100;
    this.lasso = false;
    /** @type {Map<number, Place>} */
    this.fingers = new Map();
    /** @type {Place[]} */
    this.line = [];
    this.travelled = 0;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
      canvas.addEventListener(end, (event) => this.#up(event));
    }
    canvas.addEventListener("pointerleave", () => this.fingers.size || doings.left());
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {Place} place @returns {Place} in pixels */
  toScreen([x, y]) {
    return [x * this.zoom + this.left, this.top - y * this.zoom];
  }

  /** @param {Place} pixels @returns {Place} on the map */
  toMap([right, down]) {
    return [(right - this.left) / this.zoom, (this.top - down) / this.zoom];
  }

  /** @returns {Place} */
  middle() {
    return [this.canvas.clientWidth / 2, this.canvas.clientHeight / 2];
  }

  /**
   * Shows a rectangle of the map as large as it can be.
   * @param {{ low: number[], high: number[] }} bounds
   * @param {boolean} [whole] it is all there is
   */
  show({ low, high }, whole = false) {
    if (!Number.isFinite(low[0])) return;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const margin = Math.min(60, width / 10);
    const zoom = Math.min(
      (width - 2 * margin) / Math.max(high[0] - low[0], 1e-6),
      (height - 2 * margin - 24) / Math.max(high[1] - low[1], 1e-6),
    );
    if (whole) this.whole = Math.min(zoom, 5000);
    this.zoom = Math.min(zoom, this.whole * MOST, whole ? this.whole : this.whole * 12);
    const [x, y] = this.middle();
    this.left = x - ((low[0] + high[0]) / 2) * this.zoom;
    this.top = y + 12 + ((low[1] + high[1]) / 2) * this.zoom;
    this.doings.moved();
  }

  /**
   * Zooms by a factor, keeping a place on the screen where it is.
   * @param {number} factor @param {Place} [about]
   */
  zoomBy(factor, about = this.middle()) {
    const [x, y] = this.toMap(about);
    this.zoom = Math.min(Math.max(this.zoom * factor, this.whole / 3), this.whole * MOST);
    this.left = about[0] - x * this.zoom;
    this.top = about[1] + y * this.zoom;
    this.doings.moved();
  }

  /** @param {number} right @param {number} down */
  moveBy(right, down) {
    this.left += right;
    this.top += down;
    this.doings.moved();
  }

  /** Lets go of a line that is being drawn. */
  letGo() {
    this.fingers.clear();
    this.line = [];
  }

  /** @param {PointerEvent | WheelEvent} event @returns {Place} */
  #place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, this.#place(event));
    this.travelled = this.fingers.size > 1 ? Infinity : 0;
    this.line = this.lasso && this.fingers.size === 1 ? [this.toMap(this.#place(event))] : [];
    this.canvas.classList.toggle("drags", !this.lasso);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const now = this.#place(event), before = this.fingers.get(event.pointerId);
    if (!before) return this.doings.hovered(this.toMap(now));
    const [right, down] = [now[0] - before[0], now[1] - before[1]];
    this.travelled += Math.hypot(right, down);
    this.fingers.set(event.pointerId, now);
    if (this.fingers.size === 2) return this.#pinch(event.pointerId, before, now);
    if (this.lasso) {
      this.line.push(this.toMap(now));
      return this.doings.lassoed(this.line, false);
    }
    if (this.travelled > CLICK) this.moveBy(right, down);
  }

  /** @param {number} finger @param {Place} before @param {Place} now */
  #pinch(finger, before, now) {
    const other = [...this.fingers].find(([id]) => id !== finger)?.[1];
    if (!other) return;
    /** @param {Place} one */
    const apart = (one) => Math.hypot(one[0] - other[0], one[1] - other[1]) || 1;
    this.moveBy((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    this.zoomBy(apart(now) / apart(before), [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (!this.fingers.delete(event.pointerId)) return;
    this.canvas.classList.remove("drags");
    if (this.fingers.size) return;
    const line = this.line;
    this.line = [];
    if (event.type === "pointercancel") return this.doings.lassoed([], false);
    if (this.travelled <= CLICK) {
      this.doings.lassoed([], false);
      this.doings.clicked(this.toMap(this.#place(event)));
    } else if (line.length > 2) this.doings.lassoed(line, true);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    this.zoomBy(Math.exp(-Math.max(-120, Math.min(120, event.deltaY * lines)) / 300), this.#place(event));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? 4 * STEP : STEP;
    /** @type {Record<string, () => void>} */
    const moves = {
      ArrowLeft: () => this.moveBy(step, 0),
      ArrowRight: () => this.moveBy(-step, 0),
      ArrowUp: () => this.moveBy(0, step),
      ArrowDown: () => this.moveBy(0, -step),
      "+": () => this.zoomBy(1.4),
      "=": () => this.zoomBy(1.4),
      "-": () => this.zoomBy(1 / 1.4),
    };
    moves[event.key]?.();
    if (this.doings.pressed(event.key) || moves[event.key]) event.preventDefault();
  }
}
