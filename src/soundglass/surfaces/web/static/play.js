// @ts-check
/**
 * One sound at a time: the bar at the foot of the page, and every button that plays.
 *
 * `<button data-play="/audio/ID" data-title="…" data-start="12.1" data-end="13.2">` is all it takes.
 */

/** @typedef {{src: string, title?: string, start?: number, end?: number, button?: Element | null}} Sound */

const bar = /** @type {HTMLElement} */ (document.getElementById("player-bar"));
const audio = /** @type {HTMLAudioElement} */ (document.getElementById("audio"));
const [title, time, seek, toggle, close] = ["title", "time", "seek", "toggle", "close"].map(
  (name) => /** @type {HTMLElement} */ (bar.querySelector(`[data-bar=${name}]`)),
);
const slider = /** @type {HTMLInputElement} */ (seek);
const PAUSE = "M7 5h4v14H7zM13 5h4v14h-4z", PLAY = "M8 5v14l11-7z";

/** @type {Sound | null} */
let now = null;
/** @type {Set<(seconds: number, sound: Sound | null) => void>} */
const listeners = new Set();

/**
 * Play a sound, or the stretch of it from start to end, in seconds; whatever else plays stops.
 * @param {Sound} sound
 */
export function play(sound) {
  press(false);
  now = sound;
  bar.hidden = false;
  title.textContent = sound.title ?? "";
  document.dispatchEvent(new CustomEvent("soundglass:play", { detail: sound }));
  const address = new URL(sound.src, location.href).href;
  if (audio.src !== address) audio.src = address;
  whenReady(() => {
    if (now !== sound) return;
    audio.currentTime = sound.start ?? 0;
    audio.play().catch(fail);
  });
  press(true);
}

/** Stop, and forget what was playing. */
export function stop() {
  audio.pause();
  press(false);
  now = null;
  tell();
}

/**
 * Be told where in which sound one is, several times a second while it plays.
 * @param {(seconds: number, sound: Sound | null) => void} listener
 * @returns {() => void} Ends it.
 */
export function onTime(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** @param {() => void} then */
function whenReady(then) {
  if (audio.readyState >= 1) then();
  else {
    audio.addEventListener("loadedmetadata", then, { once: true });
    audio.load();
  }
}

function fail() {
  if (!now || !audio.error) return;
  const plain = new URL(now.src, location.href);
  if (plain.pathname.startsWith("/audio/") && !plain.searchParams.has("as")) {
    plain.searchParams.set("as", "wav");
    play({ ...now, src: plain.href });
  } else {
    time.textContent = "This cannot be played";
    press(false);
  }
}

/** @param {boolean} pressed */
function press(pressed) {
  now?.button?.setAttribute("aria-pressed", String(pressed));
  toggle.setAttribute("aria-label", pressed ? "Pause" : "Play");
  toggle.querySelector("path")?.setAttribute("d", pressed ? PAUSE : PLAY);
}

/** @param {number} seconds */
function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function tell() {
  for (const listener of listeners) listener(audio.currentTime, now);
}

function follow() {
  if (!now) return;
  const start = now.start ?? 0, end = now.end ?? audio.duration;
  if (now.end !== undefined && audio.currentTime >= now.end) {
    audio.pause();
    audio.currentTime = start;
  }
  const length = Number.isFinite(end) ? end - start : 0;
  if (length > 0) slider.value = String(Math.round((1000 * (audio.currentTime - start)) / length));
  const whole = now.end === undefined ? "" : ` – ${clock(now.end)}`;
  const words = `${clock(audio.currentTime)}${whole || (length ? ` / ${clock(end)}` : "")}`;
  time.textContent = words;
  slider.setAttribute("aria-valuetext", words);
  tell();
}

function frame() {
  follow();
  if (!audio.paused) requestAnimationFrame(frame);
}

audio.addEventListener("playing", () => (press(true), frame()));
audio.addEventListener("timeupdate", follow);
audio.addEventListener("pause", () => (press(false), tell()));
audio.addEventListener("ended", () => document.dispatchEvent(new CustomEvent("soundglass:ended", { detail: now })));
audio.addEventListener("error", fail);
slider.addEventListener("input", () => {
  const start = now?.start ?? 0, end = now?.end ?? audio.duration;
  if (now && Number.isFinite(end)) audio.currentTime = start + (Number(slider.value) / 1000) * (end - start);
});
toggle.addEventListener("click", () => {
  if (!now) return;
  if (audio.paused) audio.play().catch(fail);
  else audio.pause();
});
close.addEventListener("click", () => {
  stop();
  bar.hidden = true;
});
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-play]") : null;
  if (!(button instanceof HTMLElement)) return;
  if (now?.button === button && !audio.paused) return void audio.pause();
  /** @param {string | undefined} text */
  const number = (text) => (text === undefined || text === "" ? undefined : Number(text));
  const { play: src, title: name, start, end } = button.dataset;
  play({ src: src ?? "", title: name, start: number(start), end: number(end), button });
});
