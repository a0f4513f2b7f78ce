// @ts-check
/** The whole recording as a waveform: where one is, what the spectrogram shows, and a slider to seek by. */
import WaveSurfer from "./vendor/wavesurfer.esm.js";
import { clamp, clock, make, spoken } from "./player_dom.js";

const HEIGHT = 64;

/** The waveform; everything is in seconds from the start of the recording. */
export class Wave {
  /** @param {HTMLMediaElement} audio @param {number} duration @param {string} name */
  constructor(audio, duration, name) {
    this.audio = audio;
    this.duration = duration;
    this.element = make("div", "wave waiting", {
      role: "slider", tabindex: "0", "aria-label": `Position in ${name}`,
      "aria-valuemin": "0", "aria-valuemax": duration.toFixed(1),
    });
    this.drawing = make("div", "wave-drawing", { "aria-hidden": "true" });
    this.loop = make("div", "wave-span wave-loop", { hidden: "" });
    this.window = make("div", "wave-span wave-window", { "aria-hidden": "true", hidden: "" });
    this.head = make("div", "wave-head", { "aria-hidden": "true" });
    this.note = make("p", "wave-note small", {}, "");
    this.element.append(this.drawing, this.loop, this.window, this.head, this.note);
    /** @type {(seconds: number) => void} */
    this.onSeek = () => {};
    this.element.addEventListener("pointerdown", (event) => this.drag(event));
    this.seek(0);
  }

  /**
   * Draw the waveform as far as the server has found it.
   * @param {number[]} highest @param {number[]} lowest Of equal steps from the start.
   * @param {number} until Where they end.
   */
  show(highest, lowest, until) {
    const missing = new Array(Math.round((highest.length * (this.duration - until)) / until)).fill(0);
    const peaks = [[...highest, ...missing], [...lowest, ...missing]];
    this.say(missing.length ? `Listening to the rest, from ${clock(until)}…` : "");
    if (this.surfer) this.surfer.load(this.audio.currentSrc || this.audio.src, peaks, this.duration);
    else this.begin(peaks);
  }

  /** @param {number[][]} peaks */
  begin(peaks) {
    this.element.classList.remove("waiting");
    const nonce = document.querySelector("meta[name=csp-nonce]")?.getAttribute("content") ?? "";
    this.surfer = WaveSurfer.create({
      container: this.drawing, peaks, duration: this.duration,
      media: this.audio, height: HEIGHT, normalize: true, interact: false, cursorWidth: 0,
      hideScrollbar: true, cspNonce: nonce, ...this.colours(),
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.surfer?.setOptions(this.colours()));
  }

  /** @param {string} words Why there is no waveform (yet). */
  say(words) {
    this.note.textContent = words;
  }

  colours() {
    const style = getComputedStyle(this.element);
    return { waveColor: style.getPropertyValue("--wave").trim(), progressColor: style.getPropertyValue("--wave-past").trim() };
  }

  /** @param {number} seconds */
  seek(seconds) {
    this.now = clamp(seconds, 0, this.duration);
    this.head.style.left = `${(100 * this.now) / this.duration}%`;
    this.element.setAttribute("aria-valuenow", this.now.toFixed(1));
    this.element.setAttribute("aria-valuetext", `${spoken(this.now)} of ${spoken(this.duration)}`);
  }

  /** @param {number} from @param {number} to What the spectrogram shows. */
  setWindow(from, to) {
    this.window.hidden = to - from > 0.98 * this.duration;
    this.span(this.window, from, to);
  }

  /** @param {number | null} start @param {number} [end] */
  setLoop(start, end = 0) {
    this.loop.hidden = start === null;
    this.loop.title = start === null ? "" : `${clock(start)} to ${clock(end)}`;
    this.span(this.loop, start ?? 0, end);
  }

  /** @param {HTMLElement} what @param {number} from @param {number} to */
  span(what, from, to) {
    what.style.left = `${(100 * from) / this.duration}%`;
    what.style.width = `${(100 * (to - from)) / this.duration}%`;
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (event.button) return;
    this.element.setPointerCapture(event.pointerId);
    const at = (/** @type {PointerEvent} */ moved) => {
      const box = this.element.getBoundingClientRect();
      this.onSeek(clamp((moved.clientX - box.left) / box.width, 0, 1) * this.duration);
    };
    at(event);
    this.element.addEventListener("pointermove", at);
    this.element.addEventListener("lostpointercapture", () => this.element.removeEventListener("pointermove", at), { once: true });
  }
}
