// @ts-check
/**
 * A spectrogram as a strip of tiles that scrolls and zooms, whatever its length: only what is seen is loaded.
 */
import { clamp, clock, make } from "./player_dom.js";

/** @typedef {{level: number, seconds_per_pixel: number, columns: number, tiles: number}} Level */
/** @typedef {{duration_s: number, height: number, tile_columns: number, parts: number, url: string, levels: Level[], hertz: {hz: number, from_top: number}[]}} Tiles */
/** @typedef {{number: number, start_s: number, end_s: number, low_hz: number, high_hz: number, colour: string, label: string}} Mark */

const STEPS_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
const PIXELS_A_TICK = 72;
const MOST_PIXELS_A_SECOND = 172;
const LONG_S = 900, PIXELS_A_SECOND_OF_LONG = 10;
const RETRIES = 4, RETRY_MS = 2000, SETTLE_MS = 60;

/** The strip; everything is in seconds from the start of the recording. */
export class Strip {
  /** @param {Tiles} tiles @param {string} name Of the recording, for the label. */
  constructor(tiles, name) {
    this.tiles = tiles;
    this.element = make("div", "strip");
    this.axis = make("div", "strip-hertz", { "aria-hidden": "true" });
    this.scroller = make("div", "strip-scroller", {
      tabindex: "0", role: "group", "data-scrolls": "", "aria-label": `Mel spectrogram of ${name}, up to 11 kHz. Arrow keys seek, plus and minus zoom.`,
    });
    this.inner = make("div", "strip-inner");
    this.under = make("div", "strip-tiles");
    this.over = make("div", "strip-tiles");
    this.loop = make("div", "strip-loop", { hidden: "" });
    this.marks = make("div", "strip-marks");
    this.head = make("div", "strip-head", { "aria-hidden": "true" });
    this.times = make("div", "strip-times", { "aria-hidden": "true" });
    this.inner.append(this.under, this.over, this.loop, this.marks, this.head, this.times);
    this.scroller.append(this.inner);
    this.element.append(this.axis, this.scroller);
    /** @type {Map<string, HTMLImageElement>} */
    this.shown = new Map();
    /** @type {() => void} */
    this.onView = () => {};
    this.pps = 0;
    this.settling = 0;
    /** @type {Promise<void>} When the first tile is there, or something has taken long. */
    this.settled = new Promise((resolve) => {
      this.firstTile = resolve;
      window.setTimeout(resolve, 4000);
    });
    // What is under the tiles while they load takes hearing much more, so it comes after the first of them.
    this.settled.then(() => {
      this.ready = true;
      this.draw();
    });
    this.drawHertz();
    this.scroller.addEventListener("scroll", () => this.moved(), { passive: true });
    new ResizeObserver(() => this.resized()).observe(this.scroller);
  }

  get width() { return this.scroller.clientWidth || 1; }
  get fit() { return this.width / this.tiles.duration_s; }
  /** @returns {[number, number]} What is seen. */
  get view() {
    const left = this.scroller.scrollLeft / this.pps;
    return [left, Math.min(left + this.width / this.pps, this.tiles.duration_s)];
  }

  /** First size, or the window's has changed: what was all in view stays so. */
  resized() {
    if (!this.pps) {
      const long = this.tiles.duration_s > LONG_S;
      this.wasFit = !long;
      return this.zoomTo(long ? Math.max(PIXELS_A_SECOND_OF_LONG, this.fit) : this.fit, 0);
    }
    if (this.wasFit || this.pps < this.fit) this.zoomTo(this.fit, 0);
    else this.draw();
  }

  /**
   * Zoom, holding a time where it is on the screen.
   * @param {number} pps Pixels a second. @param {number} at
   */
  zoomTo(pps, at) {
    const before = this.pps ? at * this.pps - this.scroller.scrollLeft : 0;
    const most = Math.max(MOST_PIXELS_A_SECOND, this.fit);
    this.pps = clamp(pps, this.fit, most);
    this.wasFit = this.pps <= this.fit * 1.001;
    this.inner.style.width = `${this.tiles.duration_s * this.pps}px`;
    this.scroller.scrollLeft = at * this.pps - before;
    this.over.replaceChildren();
    this.shown.clear();
    this.under.replaceChildren();
    this.draw();
    this.place(this.marks);
    this.place(this.loop);
    this.seek(this.now ?? 0);
  }

  /** @param {number} factor @param {number} at */
  zoomBy(factor, at) {
    const [from, to] = this.view;
    this.zoomTo(this.pps * factor, at >= from && at <= to ? at : (from + to) / 2);
  }

  moved() {
    this.onView();
    clearTimeout(this.settling);
    this.settling = window.setTimeout(() => this.draw(), SETTLE_MS);
  }

  draw() {
    if (!this.pps) return;
    const levels = this.tiles.levels;
    const wanted = Math.floor(Math.log2(1 / (levels[0].seconds_per_pixel * this.pps)));
    const level = levels[clamp(wanted, 0, levels.length - 1)];
    const needed = new Set();
    if (this.ready) this.drawLevel(levels[levels.length - 1], this.under, 0, needed);
    if (level !== levels[levels.length - 1] || !this.ready) this.drawLevel(level, this.over, 0.5, needed);
    for (const [key, image] of this.shown) {
      if (needed.has(key)) continue;
      image.removeAttribute("src");
      image.remove();
      this.shown.delete(key);
    }
    this.drawTimes();
    this.onView();
  }

  /**
   * @param {Level} level @param {HTMLElement} layer
   * @param {number} ahead Screens to load on both sides. @param {Set<string>} needed
   */
  drawLevel(level, layer, ahead, needed) {
    const [from, to] = this.view, more = (to - from) * ahead;
    const tile_s = this.tiles.tile_columns * level.seconds_per_pixel;
    const first = Math.max(0, Math.floor((from - more) / tile_s));
    const last = Math.min(level.tiles - 1, Math.floor((to + more) / tile_s));
    for (let n = first; n <= last; n++) {
      const key = `${level.level}/${n}`;
      needed.add(key);
      if (!this.shown.has(key)) this.shown.set(key, this.addTile(level, n, layer));
    }
  }

  /** @param {Level} level @param {number} n @param {HTMLElement} layer */
  addTile(level, n, layer) {
    const columns = Math.min(this.tiles.tile_columns, level.columns - n * this.tiles.tile_columns);
    const scale = level.seconds_per_pixel * this.pps;
    const image = /** @type {HTMLImageElement} */ (make("img", "strip-tile", { alt: "", draggable: "false", decoding: "async" }));
    // Half a pixel more, lest a seam shows where edges fall between pixels.
    image.style.left = `${n * this.tiles.tile_columns * scale}px`;
    image.style.width = `${columns * scale + 0.5}px`;
    const address = this.tiles.url.replace("{level}", String(level.level)).replace("{n}", String(n));
    let tries = 0;
    image.addEventListener("load", () => {
      image.classList.add("there");
      this.firstTile?.();
    });
    image.addEventListener("error", () => {
      if (image.isConnected && tries++ < RETRIES) window.setTimeout(() => image.isConnected && (image.src = `${address}&try=${tries}`), RETRY_MS);
    });
    image.src = address;
    layer.append(image);
    return image;
  }

  drawHertz() {
    let above = -1;
    for (const { hz, from_top } of [...this.tiles.hertz].reverse()) {
      if (from_top - above < 0.09) continue;
      const tick = make("span", "", {}, hz < 1000 ? `${hz}` : `${hz / 1000}k`);
      tick.style.top = `${100 * from_top}%`;
      this.axis.append(tick);
      above = from_top;
    }
    this.axis.append(make("i", "", {}, "Hz"));
  }

  drawTimes() {
    const [from, to] = this.view;
    const step = STEPS_S.find((s) => s * this.pps >= PIXELS_A_TICK) ?? 7200;
    const made = [];
    for (let n = Math.floor(from / step); n * step <= to; n++) {
      const at = n * step;
      if ((this.tiles.duration_s - at) * this.pps < 28) continue;
      const tick = make("span", "", {}, clock(at, step < 1));
      tick.style.left = `${at * this.pps}px`;
      made.push(tick);
    }
    this.times.replaceChildren(...made);
  }

  /**
   * Put the playhead at a time.
   * @param {number} seconds @param {boolean} [follow] Keep it in view.
   */
  seek(seconds, follow = false) {
    this.now = seconds;
    const x = seconds * this.pps;
    this.head.style.transform = `translateX(${x}px)`;
    if (!follow) return;
    const left = this.scroller.scrollLeft;
    if (x < left || x > left + 0.95 * this.width) this.scroller.scrollLeft = x - 0.1 * this.width;
  }

  /** @param {number} clientX @returns {number} The time there. */
  timeAt(clientX) {
    const box = this.scroller.getBoundingClientRect();
    return clamp((this.scroller.scrollLeft + clientX - box.left) / this.pps, 0, this.tiles.duration_s);
  }

  /** @param {number | null} start @param {number} [end] */
  setLoop(start, end = 0) {
    this.loop.hidden = start === null;
    this.loop.dataset.start = String(start ?? 0);
    this.loop.dataset.end = String(end);
    this.place(this.loop);
  }

  /**
   * Outline regions of the recording, each a button.
   * @param {Mark[]} marks
   */
  setMarks(marks) {
    this.marks.replaceChildren(...marks.map((mark) => {
      const box = make("button", "strip-mark", { type: "button", "aria-label": mark.label, title: mark.label, "data-number": String(mark.number) });
      box.append(make("b", "", {}, String(mark.number)));
      box.dataset.start = String(mark.start_s);
      box.dataset.end = String(mark.end_s);
      const top = this.fromTop(mark.high_hz);
      box.style.setProperty("--mark", mark.colour);
      box.style.top = `${100 * top}%`;
      box.style.height = `${100 * (this.fromTop(mark.low_hz) - top)}%`;
      return box;
    }));
    this.place(this.marks);
  }

  /** @param {HTMLElement} what Placed by its data, or its children are. */
  place(what) {
    for (const one of what.dataset.start ? [what] : what.children) {
      if (!(one instanceof HTMLElement)) continue;
      const start = Number(one.dataset.start), end = Number(one.dataset.end);
      one.style.left = `${start * this.pps}px`;
      one.style.width = `${Math.max((end - start) * this.pps, 3)}px`;
    }
  }

  /** @param {number} hz @returns {number} Its place, 0 at the top; Slaney's mel scale between the ticks given. */
  fromTop(hz) {
    const mel = (/** @type {number} */ f) => (f < 1000 ? (3 * f) / 200 : 15 + (27 * Math.log(f / 1000)) / Math.log(6.4));
    const [low, high] = [this.tiles.hertz[0], this.tiles.hertz[this.tiles.hertz.length - 1]];
    const slope = (high.from_top - low.from_top) / (mel(high.hz) - mel(low.hz));
    return clamp(low.from_top + slope * (mel(hz) - mel(low.hz)), 0, 1);
  }
}
