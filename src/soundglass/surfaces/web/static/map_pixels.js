// @ts-check
// Draws points by writing pixels, where no graphics processor helps: the same calls as map_points.js.

import { mixed } from "./map_points.js";

const PAD = 24;
const WIDTHS = 24;
/** How much of a point's colour covers what is below it, in eighths: as it is, lit, and standing back. */
const COVER = [6, 8, 1];

/**
 * Tells whether a place within a square of 2 × 2 belongs to a shape; as in map_points.js.
 * @param {number} shape @param {number} x @param {number} y
 */
function holds(shape, x, y) {
  const a = Math.abs(x), b = Math.abs(y), far = Math.hypot(x, y);
  switch (shape) {
    case 1: return Math.max(a, b) <= 0.9;
    case 2: return a + b <= 1;
    case 3: return y >= -0.75 && a * 1.5 + y * 0.87 <= 0.86;
    case 4: return y <= 0.75 && a * 1.5 - y * 0.87 <= 0.86;
    case 5: return (a <= 0.36 && b <= 1) || (b <= 0.36 && a <= 1);
    case 6: return Math.abs(a - b) <= 0.5 && far <= 1.05;
    case 7: return far <= 1 && far >= 0.45;
    default: return far <= 1;
  }
}

/**
 * Lists the pixels of a shape as steps in an image.
 * @param {number} shape @param {number} width @param {number} stride of the image
 */
function stamp(shape, width, stride) {
  const steps = [];
  for (let row = 0; row < width; row++) {
    for (let column = 0; column < width; column++) {
      const x = (2 * column + 1) / width - 1, y = 1 - (2 * row + 1) / width;
      if (width < 4 || holds(shape, x, y)) steps.push(row * stride + column);
    }
  }
  return Int32Array.from(steps);
}

/** Points on a canvas, pixel by pixel. */
export class Pixels {
  /**
   * Takes a canvas; null where the browser cannot draw at all.
   * @param {HTMLCanvasElement} canvas
   */
  static on(canvas) {
    const context = canvas.getContext("2d", { alpha: false });
    return context && new Pixels(canvas, context);
  }

  /** @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2D} context */
  constructor(canvas, context) {
    this.canvas = canvas;
    this.context = context;
    this.n = 0;
    this.size = 4;
    this.errors = false;
    this.shapes = false;
    this.order = new Uint32Array(0);
    this.x = this.y = this.wrong = new Float32Array(0);
    /** @type {Uint8Array} */
    this.codes = new Uint8Array(0);
    this.marks = new Uint8Array(0);
    this.anyLit = false;
    this.inks = new Uint32Array(256);
    /** @type {Uint8Array} */
    this.shapeOf = new Uint8Array(256);
    this.ground = 0xffffffff;
    /** @type {ImageData | null} */
    this.image = null;
    /** @type {Uint32Array} */
    this.pixels = new Uint32Array(0);
    /** @type {(Int32Array | undefined)[]} */
    this.stamps = [];
  }

  /** @param {Float32Array} points x, y and error of each */
  place(points) {
    const n = points.length / 3;
    if (n !== this.n) {
      this.n = n;
      this.order = mixed(n);
      [this.x, this.y, this.wrong] = [new Float32Array(n), new Float32Array(n), new Float32Array(n)];
      [this.codes, this.marks] = [new Uint8Array(n), new Uint8Array(n)];
    }
    this.order.forEach((from, to) => {
      this.x[to] = points[3 * from];
      this.y[to] = points[3 * from + 1];
      this.wrong[to] = points[3 * from + 2] || 0;
    });
  }

  /** @param {Uint8Array} codes */
  colour(codes) {
    this.codes = this.order.length === codes.length ? Uint8Array.from(this.order, (from) => codes[from]) : this.codes;
  }

  /** @param {Uint8Array} marks */
  mark(marks) {
    this.anyLit = marks.includes(1);
    this.marks = Uint8Array.from(this.order, (from) => marks[from]);
  }

  /** @param {import("./map_palette.js").Palette} palette */
  palette({ colours, shapes, ground }) {
    this.shapeOf = shapes;
    this.ground = 0xff000000 | (ground[2] << 16) | (ground[1] << 8) | ground[0];
    for (let code = 0; code < 256; code++) {
      this.inks[code] = (colours[4 * code + 2] << 16) | (colours[4 * code + 1] << 8) | colours[4 * code];
    }
  }

  /** @param {import("./map_points.js").View} view */
  draw(view) {
    const { width, height } = this.canvas;
    const stride = width + 2 * PAD;
    if (!this.image || this.image.width !== stride || this.image.height !== height + 2 * PAD) {
      this.image = this.context.createImageData(stride, height + 2 * PAD);
      this.pixels = new Uint32Array(this.image.data.buffer);
      this.stamps = [];
    }
    this.pixels.fill(this.ground);
    for (const lit of this.anyLit ? [false, true] : [false]) this.#pass(view, lit, stride);
    this.context.putImageData(this.image, -PAD, -PAD, PAD, PAD, width, height);
  }

  /**
   * Draws the points that are lit, or all others.
   * @param {import("./map_points.js").View} view @param {boolean} lit @param {number} stride
   */
  #pass(view, lit, stride) {
    const { n, x, y, codes, marks, wrong, inks, pixels, errors } = this;
    const right = stride - WIDTHS, low = this.image ? this.image.height - WIDTHS : 0;
    const { zoom } = view, left = view.left + PAD, top = view.top + PAD;
    for (let i = 0; i < n; i++) {
      const mark = marks[i];
      if ((mark === 1) !== lit) continue;
      const size = this.size * (lit ? 1.4 : 1) * (errors ? Math.sqrt(1 + 3 * wrong[i]) : 1);
      const wide = size > WIDTHS - 1 ? WIDTHS - 1 : Math.round(size) || 1;
      const column = (x[i] * zoom + left - wide / 2) | 0, row = (top - y[i] * zoom - wide / 2) | 0;
      if (column < 0 || row < 0 || column > right || row > low) continue;
      const at = row * stride + column, code = codes[i], ink = inks[code];
      const steps = this.#stamp(wide, code, stride);
      const cover = errors && !mark ? Math.round(6 - 4.8 * wrong[i]) || 1 : COVER[mark], rest = 8 - cover;
      const outer = (ink & 0xff00ff) * cover, inner = (ink & 0xff00) * cover;
      for (let k = 0; k < steps.length; k++) {
        const there = pixels[at + steps[k]];
        pixels[at + steps[k]] =
          0xff000000 |
          ((((there & 0xff00ff) * rest + outer) >>> 3) & 0xff00ff) |
          ((((there & 0xff00) * rest + inner) >>> 3) & 0xff00);
      }
    }
  }

  /** @param {number} width @param {number} code @param {number} stride */
  #stamp(width, code, stride) {
    const shape = this.shapes && width > 4 ? this.shapeOf[code] : 0;
    return (this.stamps[shape * WIDTHS + width] ??= stamp(shape, width, stride));
  }
}
