// Players, seeking on spectrograms, and matched regions that light up together. Without it the page still reads.

/**
 * What plays: an audio element, where to stop (seconds within its file), and the button that started it.
 * @typedef {{ audio: HTMLAudioElement, end: number, button: HTMLElement | null }} Playing
 */

/** @type {Playing | null} */
let playing = null;

/** @type {(id: string | undefined) => HTMLAudioElement | null} */
const audioOf = (id) => /** @type {HTMLAudioElement | null} */ (document.getElementById(id ?? ""));

/** @type {(selector: string) => HTMLElement[]} */
const all = (selector) => Array.from(document.querySelectorAll(selector));

/** Forgets the stretch that plays, and its button; the sound goes on. */
function release() {
  playing?.button?.setAttribute("aria-pressed", "false");
  playing = null;
}

/** Stops the stretch that plays. */
function stop() {
  playing?.audio.pause();
  release();
}

/**
 * Plays what a button names, or stops it if it plays.
 * @param {HTMLElement} button with data-audio, and data-start and data-end where it is a stretch of that
 */
function press(button) {
  const audio = audioOf(button.dataset.audio);
  const again = playing?.button === button;
  stop();
  if (!audio || again) return;
  const { start = "0", end } = button.dataset;
  audio.currentTime = Number(start);
  playing = { audio, end: end === undefined ? Infinity : Number(end), button };
  button.setAttribute("aria-pressed", "true");
  audio.play().catch(stop);
}

/**
 * Lights all that stands for one matched region, or puts it out.
 * @param {string | undefined} key
 * @param {boolean} lit
 */
function light(key, lit) {
  for (const one of all("[data-lit]")) if (one.dataset.lit === key) one.classList.toggle("lit", lit);
}

/**
 * Moves the playheads of a player to where it is.
 * @param {HTMLAudioElement} audio
 */
function follow(audio) {
  for (const one of all(".seek")) {
    if (one.dataset.audio !== audio.id) continue;
    const seek = /** @type {HTMLInputElement} */ (one);
    seek.value = String(audio.currentTime);
    const seconds = Math.floor(audio.currentTime);
    seek.setAttribute("aria-valuetext", `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
  }
}

/** Keeps playheads moving and ends stretches on time, as long as anything plays. */
function tick() {
  if (playing && playing.audio.currentTime >= playing.end) stop();
  const sounding = /** @type {HTMLAudioElement[]} */ (all("audio")).filter((audio) => !audio.paused);
  sounding.forEach(follow);
  if (sounding.length) requestAnimationFrame(tick);
}

for (const audio of /** @type {HTMLAudioElement[]} */ (all("audio"))) {
  audio.addEventListener("play", () => {
    if (playing && playing.audio !== audio) release();
    for (const other of /** @type {HTMLAudioElement[]} */ (all("audio"))) if (other !== audio) other.pause();
    requestAnimationFrame(tick);
  });
  audio.addEventListener("pause", () => playing?.audio === audio && release());
  audio.addEventListener("seeked", () => follow(audio));
}

for (const one of all(".seek")) {
  const seek = /** @type {HTMLInputElement} */ (one);
  seek.addEventListener("input", () => {
    const audio = audioOf(seek.dataset.audio);
    if (!audio) return;
    if (playing?.audio === audio) release();
    audio.currentTime = Number(seek.value);
  });
}

for (const one of all("[data-lit]")) {
  const key = one.dataset.lit;
  for (const event of ["pointerenter", "focusin"]) one.addEventListener(event, () => light(key, true));
  for (const event of ["pointerleave", "focusout"]) one.addEventListener(event, () => light(key, false));
}

for (const button of all("button[data-audio]")) button.addEventListener("click", () => press(button));
for (const box of all("[data-press]")) {
  box.addEventListener("click", () => document.getElementById(box.dataset.press ?? "")?.click());
}
document.addEventListener("keydown", (event) => event.key === "Escape" && stop());
document.documentElement.classList.add("js");
