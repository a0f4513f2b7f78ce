// @ts-check
// The canvas of the map: what draws on it, how large points are, how they glide to other places.

import { paletteOf } from "./map_palette.js";
import { Pixels } from "./map_pixels.js";
import { Places } from "./map_places.js";
import { Points } from "./map_points.js";

const GLIDE_MS = 700;
const MANY = 30_000;
const MOST_SIZE = 16;

/** A canvas with points. */
export class Paper {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import("./map_view.js").Looking} looking
   * @param {() => void} drawn is called with every frame
   */
  constructor(canvas, looking, drawn) {
    this.canvas = canvas;
    this.looking = looking;
    this.drawn = drawn;
    this.pen = Points.on(canvas) ?? Pixels.on(canvas);
    this.places = new Places(new Float32Array(0));
    /** @type {Uint8Array} */
    this.codes = new Uint8Array(0);
    this.waiting = 0;
  }

  /** What draws: WebGL, pixels, or nothing. */
  get by() {
    return this.pen instanceof Points ? "WebGL" : this.pen ? "pixels" : "";
  }

  /** Whether points show how wrong their surroundings are. */
  get errors() {
    return Boolean(this.pen?.errors);
  }

  set errors(shown) {
    if (this.pen) this.pen.errors = shown;
  }

  /** How many points there are. */
  get n() {
    return this.places.points.length / 3;
  }

  /** Pixels of the canvas for one of the page. */
  get #ratio() {
    return this.pen instanceof Points ? devicePixelRatio : 1;
  }

  /** Draws with the next frame. */
  refresh() {
    this.waiting ||= requestAnimationFrame(() => {
      this.waiting = 0;
      const ratio = this.#ratio;
      const { zoom, left, top, whole } = this.looking;
      if (this.pen) {
        const fitting = Math.min(Math.max(150 / Math.sqrt(this.n || 1), this.n > MANY ? 2 : 3), 12);
        this.pen.size = Math.min(fitting * Math.max(zoom / whole, 1) ** 0.35, MOST_SIZE) * ratio;
        this.pen.draw({ zoom: zoom * ratio, left: left * ratio, top: top * ratio });
      }
      this.drawn();
    });
  }

  /** Fits the canvas to its place on the page; what is in the middle stays there. */
  fit() {
    const { canvas, looking } = this;
    const [x, y] = looking.toMap([canvas.width / this.#ratio / 2, canvas.height / this.#ratio / 2]);
    canvas.width = Math.round(canvas.clientWidth * this.#ratio);
    canvas.height = Math.round(canvas.clientHeight * this.#ratio);
    const [right, down] = looking.middle();
    [looking.left, looking.top] = [right - x * looking.zoom, down + y * looking.zoom];
    this.refresh();
  }

  /**
   * Takes the colours that a kind of colours has, in the theme of the page.
   * @param {string} kind groups, scale or circle
   */
  dress(kind) {
    if (!this.pen) return;
    this.pen.shapes = kind === "groups";
    this.pen.palette(paletteOf(kind));
    this.refresh();
  }

  /**
   * Takes the colour of every point.
   * @param {Uint8Array} codes
   */
  colour(codes) {
    this.codes = codes;
    this.pen?.colour(codes);
    this.refresh();
  }

  /**
   * Lets some points stand out, and all others stand back; none of them where there are none.
   * @param {ArrayLike<number>} points
   */
  mark(points) {
    const marks = new Uint8Array(this.n).fill(points.length ? 2 : 0);
    for (let i = 0; i < points.length; i++) marks[points[i]] = 1;
    this.pen?.mark(marks);
    this.refresh();
  }

  /**
   * Moves the points to where they are now to lie.
   * @param {Float32Array} to x, y and error of each
   * @param {boolean} others they are of other tracks than before
   */
  glide(to, others) {
    const from = this.places.points;
    this.places = new Places(to);
    const still = others || from.length !== to.length || matchMedia("(prefers-reduced-motion: reduce)").matches;
    const start = performance.now(), between = new Float32Array(to.length);
    const step = () => {
      const at = still ? 1 : Math.min(1, (performance.now() - start) / GLIDE_MS), eased = at * at * (3 - 2 * at);
      for (let i = 0; i < to.length; i++) between[i] = i % 3 === 2 || at === 1 ? to[i] : from[i] + (to[i] - from[i]) * eased;
      this.pen?.place(between);
      this.refresh();
      if (at < 1 && this.places.points === to) requestAnimationFrame(step);
    };
    step();
  }
}
