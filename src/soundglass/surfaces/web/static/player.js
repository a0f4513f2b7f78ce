// @ts-check
/**
 * The player of a track: its waveform, its spectrogram, and what plays them.
 *
 * `<section data-player="ID" data-src="/audio/ID" …>` with an `<audio>` in it is all it takes. Without scripts
 * that element and a picture stay.
 */
import { say, send } from "./api.js";
import { onTime } from "./play.js";
import { clamp, clock, iconButton, make, relabel } from "./player_dom.js";
import { takeMediaKeys } from "./player_media.js";
import { Strip } from "./player_strip.js";
import { Wave } from "./player_wave.js";

/** @typedef {import("./player_strip.js").Mark} Mark */
/** @typedef {{hover?: (number: number | null) => void, focus?: (number: number | null) => void, click?: (number: number) => void}} MarkListeners */

const PLAY = "M8 5v14l11-7z", PAUSE = "M7 5h4v14H7zM13 5h4v14h-4z";
const PLUS = "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z", MINUS = "M5 11h14v2H5z";
const WHOLE = "M4 5h2v14H4zM18 5h2v14h-2zM9 8l-3 4 3 4v-3h6v3l3-4-3-4v3H9z";
const LOOP = "M7 7h9V4l5 4.5L16 13v-3H8v3H5V9a2 2 0 0 1 2-2zm10 10H8v3l-5-4.5L8 11v3h8v-3h3v4a2 2 0 0 1-2 2z";
const STEP_S = 5, LEAP_S = 30, SHORTEST_LOOP_S = 0.1, DRAG_PIXELS = 6, WAVE_STEPS = 2400;

/** @type {WeakMap<Element, Promise<Player>>} */
const mounted = new WeakMap();

/** One player; everything is in seconds from the start of the recording. */
export class Player {
  /** @param {HTMLElement} element @param {import("./player_strip.js").Tiles} tiles */
  constructor(element, tiles) {
    this.element = element;
    this.tiles = tiles;
    this.duration = tiles.duration_s;
    const { title = "this track", src = "" } = element.dataset;
    this.src = src;
    this.audio = /** @type {HTMLAudioElement} */ (element.querySelector("audio"));
    this.wave = new Wave(this.audio, this.duration, title);
    this.strip = new Strip(tiles, title);
    /** @type {{start: number, end: number | null} | null} */
    this.loop = null;
    /** @type {number | null} */
    this.until = null;
    this.toggle = iconButton("round main", "Play", PLAY);
    this.clock = make("span", "player-clock");
    this.looping = iconButton("player-loop", "", LOOP);
    for (const name of ["aria-label", "title"]) this.looping.removeAttribute(name);
    this.loopWords = this.looping.appendChild(make("span", "", {}, "Loop from here"));
    this.wanted = false;
    this.controls();
    this.listen();
    takeMediaKeys(this.audio, element.dataset, { seek: (seconds) => this.seek(seconds), now: () => this.now });
    this.time();
  }

  controls() {
    const bar = make("div", "player-bar");
    const out = iconButton("", "Zoom out", MINUS), into = iconButton("", "Zoom in", PLUS), whole = iconButton("", "Show the whole recording", WHOLE);
    const zoom = make("div", "player-zoom", { role: "group", "aria-label": "Zoom of the spectrogram" });
    zoom.append(out, into, whole);
    bar.append(this.toggle, this.clock, this.looping, zoom);
    const hint = make("p", "player-hint small", {}, "Space plays · ← → seek · + − zoom · L loops · drag over the spectrogram to loop a stretch");
    this.element.replaceChildren(this.audio, bar, this.wave.element, this.strip.element, hint);
    this.audio.controls = false;
    this.element.classList.add("live");
    this.toggle.addEventListener("click", () => this.playPause());
    this.looping.addEventListener("click", () => this.nextLoop());
    out.addEventListener("click", () => this.strip.zoomBy(0.5, this.now));
    into.addEventListener("click", () => this.strip.zoomBy(2, this.now));
    whole.addEventListener("click", () => this.strip.zoomTo(0, 0));
  }

  listen() {
    const { audio, strip, wave, element } = this;
    wave.onSeek = (seconds) => this.seek(seconds);
    strip.onView = () => wave.setWindow(...strip.view);
    audio.addEventListener("play", () => this.shown(true));
    audio.addEventListener("pause", () => this.shown(false));
    audio.addEventListener("seeked", () => this.time());
    audio.addEventListener("ended", () => this.time());
    audio.addEventListener("error", () => this.fallBack());
    if (audio.error) this.fallBack();
    element.addEventListener("keydown", (event) => this.key(event));
    strip.scroller.addEventListener("pointerdown", (event) => this.drag(event));
    strip.scroller.addEventListener("click", (event) => this.clicked(event));
    strip.scroller.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      strip.zoomTo(strip.pps * 2 ** (-event.deltaY / 200), strip.timeAt(event.clientX));
    }, { passive: false });
    // Events of media do not bubble, but can be caught on their way down.
    document.addEventListener("play", (event) => event.target !== audio && audio.pause(), true);
    onTime((seconds, sound) => sound && this.isOwn(sound.src) && audio.paused && this.time(seconds));
  }

  /** @param {string} address */
  isOwn(address) {
    return new URL(address, location.href).pathname === new URL(this.src, location.href).pathname;
  }

  get now() { return this.audio.currentTime; }

  /** Play from here, or from one time to another. @param {number} [start] @param {number} [end] */
  play(start, end) {
    if (start !== undefined) this.seek(start);
    this.until = end ?? null;
    this.wanted = true;
    for (const other of document.querySelectorAll("audio")) if (other !== this.audio) other.pause();
    return this.audio.play().catch(() => this.fallBack());
  }

  playPause() {
    if (this.audio.paused) this.play();
    else {
      this.wanted = false;
      this.audio.pause();
    }
  }

  /** @param {number} seconds */
  seek(seconds) {
    this.until = null;
    this.audio.currentTime = clamp(seconds, 0, this.duration);
    this.time(undefined, true);
  }

  /** @param {boolean} plays */
  shown(plays) {
    relabel(this.toggle, plays ? "Pause" : "Play", plays ? PAUSE : PLAY);
    if (plays) requestAnimationFrame(() => this.frame());
    else this.time();
  }

  frame() {
    const { now, loop } = this;
    if (this.until !== null && now >= this.until) this.audio.pause();
    else if (loop?.end && (now >= loop.end || now < loop.start - 0.5)) this.audio.currentTime = loop.start;
    this.time(undefined, !this.audio.paused);
    if (!this.audio.paused) requestAnimationFrame(() => this.frame());
  }

  /** Show where one is. @param {number} [seconds] @param {boolean} [follow] */
  time(seconds = this.now, follow = false) {
    this.wave.seek(seconds);
    this.strip.seek(seconds, follow);
    this.clock.textContent = `${clock(seconds)} / ${clock(this.duration)}`;
  }

  fallBack() {
    if (!this.audio.error) return;
    if (this.audio.src.includes("as=wav")) {
      this.clock.textContent = "This recording cannot be played here.";
      return;
    }
    const at = this.now;
    this.audio.src = `${this.src}?as=wav`;
    this.audio.currentTime = at;
    if (this.wanted) this.audio.play().catch(() => {});
  }

  /** From here, to here, no more. */
  nextLoop() {
    if (!this.loop) this.setLoop(this.now, null);
    else if (this.loop.end === null && this.now - this.loop.start > SHORTEST_LOOP_S) this.setLoop(this.loop.start, this.now);
    else this.setLoop(null);
  }

  /** Play a stretch again and again. @param {number | null} start @param {number | null} [end] Open where it is null. */
  setLoop(start, end = null) {
    this.loop = start === null ? null : { start, end };
    const words = start === null ? "Loop from here" : end === null ? `Loop ${clock(start)} to here` : `End loop ${clock(start)}–${clock(end)}`;
    this.loopWords.textContent = words;
    this.looping.setAttribute("aria-pressed", String(end !== null));
    for (const shown of [this.wave, this.strip]) shown.setLoop(end === null ? null : start, end ?? 0);
    say(words);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onButton = event.target instanceof HTMLButtonElement;
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => this.seek(this.now - STEP_S), ArrowRight: () => this.seek(this.now + STEP_S),
      PageDown: () => this.seek(this.now - LEAP_S), PageUp: () => this.seek(this.now + LEAP_S),
      Home: () => this.seek(0), End: () => this.seek(this.duration),
      "+": () => this.strip.zoomBy(2, this.now), "=": () => this.strip.zoomBy(2, this.now),
      "-": () => this.strip.zoomBy(0.5, this.now), 0: () => this.strip.zoomTo(0, 0),
      l: () => this.nextLoop(), ...(onButton ? {} : { " ": () => this.playPause(), Enter: () => this.playPause() }),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** Dragging with a mouse chooses a stretch to loop; a finger scrolls. @param {PointerEvent} event */
  drag(event) {
    this.dragged = false;
    if (event.pointerType !== "mouse" || event.button || (event.target instanceof Element && event.target.closest("button"))) return;
    const { strip } = this, x = event.clientX, from = strip.timeAt(x);
    const moved = (/** @type {PointerEvent} */ to) => {
      if (Math.abs(to.clientX - x) > DRAG_PIXELS) this.dragged = true;
      if (this.dragged) strip.setLoop(Math.min(from, strip.timeAt(to.clientX)), Math.max(from, strip.timeAt(to.clientX)));
    };
    strip.scroller.setPointerCapture(event.pointerId);
    strip.scroller.addEventListener("pointermove", moved);
    strip.scroller.addEventListener("pointerup", (up) => {
      strip.scroller.removeEventListener("pointermove", moved);
      const to = strip.timeAt(up.clientX);
      if (this.dragged && Math.abs(to - from) > SHORTEST_LOOP_S) this.setLoop(Math.min(from, to), Math.max(from, to));
    }, { once: true });
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const mark = event.target instanceof Element ? event.target.closest("[data-number]") : null;
    if (mark instanceof HTMLElement) this.listeners?.click?.(Number(mark.dataset.number));
    else if (!this.dragged) this.seek(this.strip.timeAt(event.clientX));
  }

  /**
   * Outline regions on the spectrogram; each is a button.
   * @param {Mark[]} marks @param {MarkListeners} [listeners]
   */
  setRegions(marks, listeners = {}) {
    this.listeners = listeners;
    this.strip.setMarks(marks);
    for (const box of this.strip.marks.children) {
      const number = Number(/** @type {HTMLElement} */ (box).dataset.number);
      box.addEventListener("pointerenter", () => listeners.hover?.(number));
      box.addEventListener("pointerleave", () => listeners.hover?.(null));
      box.addEventListener("focus", () => listeners.focus?.(number));
      box.addEventListener("blur", () => listeners.focus?.(null));
    }
  }

  /** Light one region and no other. @param {number | null} number */
  light(number) {
    for (const box of this.strip.marks.children) {
      if (box instanceof HTMLElement) box.classList.toggle("lit", Number(box.dataset.number) === number);
    }
  }

  async loadWave() {
    const slow = window.setTimeout(() => this.wave.say("Listening to the whole recording for its waveform…"), 900);
    const { parts } = this.tiles, highest = [], lowest = [];
    try {
      for (let part = 0; part < parts; part++) {
        const peaks = await send("GET", `/api/tracks/${this.element.dataset.player}/peaks?n=${Math.ceil(WAVE_STEPS / parts)}&part=${part}`);
        highest.push(...peaks.highest);
        lowest.push(...peaks.lowest);
        clearTimeout(slow);
        this.wave.show(highest, lowest, peaks.end_s);
      }
    } catch (problem) {
      this.wave.say(`No waveform: ${problem instanceof Error ? problem.message : problem}`);
    } finally {
      clearTimeout(slow);
    }
  }
}

/**
 * Bring a player to life.
 * @param {HTMLElement} element With `data-player`, `data-src` and an `<audio>`.
 * @returns {Promise<Player>} The same for the same element; rejected where there is nothing to show.
 */
export function mountPlayer(element) {
  const found = mounted.get(element) ?? begin(element);
  mounted.set(element, found);
  return found;
}

/** @param {HTMLElement} element */
async function begin(element) {
  const tiles = await send("GET", `/api/tracks/${element.dataset.player}/tiles`);
  const player = new Player(element, tiles);
  player.strip.settled.then(() => player.loadWave());
  return player;
}

for (const element of document.querySelectorAll("[data-player]")) {
  if (element instanceof HTMLElement) mountPlayer(element).catch(() => element.classList.add("still"));
}
