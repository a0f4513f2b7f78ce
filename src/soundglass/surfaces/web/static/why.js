// @ts-check
/** Matched regions that light up together, play where they are pressed, and show where the sound is. */

/** @type {(selector: string) => Element[]} */
const all = (selector) => Array.from(document.querySelectorAll(selector));

/**
 * The matched region that something stands for.
 * @param {EventTarget | null} target
 * @returns {string | undefined}
 */
function regionOf(target) {
  const one = target instanceof Element ? target.closest("[data-region]") : null;
  return one?.getAttribute("data-region") ?? undefined;
}

/**
 * Light all that stands for one matched region, and nothing else.
 * @param {string | undefined} region
 */
function light(region) {
  for (const one of all("[data-region]")) one.classList.toggle("lit", one.getAttribute("data-region") === region);
}

/** Put the light back on what has the focus, or out. */
function settle() {
  light(regionOf(document.activeElement));
}

/**
 * Press the button that a place on a picture stands for.
 * @param {Event} event
 */
function press(event) {
  const place = event.target instanceof Element ? event.target.closest("[data-press]") : null;
  const button = place && document.getElementById(place.getAttribute("data-press") ?? "");
  if (!button) return;
  event.preventDefault();
  button.click();
}

/** Move the playheads to where the sound is. */
function follow() {
  const audio = /** @type {HTMLAudioElement | null} */ (document.getElementById("audio"));
  if (!audio) return;
  const path = audio.src ? new URL(audio.src).pathname : "";
  for (const line of all(".playhead")) {
    const plays = path === line.getAttribute("data-audio") && !audio.paused;
    line.setAttribute("visibility", plays ? "visible" : "hidden");
    const at = (100 * audio.currentTime) / Number(line.getAttribute("data-seconds"));
    for (const end of ["x1", "x2"]) line.setAttribute(end, `${Math.min(at, 100).toFixed(2)}%`);
  }
}

/**
 * Say that a test runs, and let it be started once.
 * @param {Event} event
 */
function busy(event) {
  const started = event.target instanceof Element ? event.target.closest("[data-busy]") : null;
  if (!started) return;
  started.setAttribute("aria-disabled", "true");
  started.closest("#check")?.setAttribute("aria-busy", "true");
  started.textContent = started.getAttribute("data-busy");
}

/**
 * Say that a test is over; where it went wrong, offer it again.
 * @param {Event} event
 */
function done(event) {
  const check = event.target instanceof Element ? event.target.closest("#check") : null;
  if (!check) return;
  check.removeAttribute("aria-busy");
  const started = check.querySelector("[data-busy]");
  started?.removeAttribute("aria-disabled");
  if (started) started.textContent = "This did not work: try again";
}

document.addEventListener("pointerover", (event) => regionOf(event.target) && light(regionOf(event.target)));
document.addEventListener("pointerout", settle);
document.addEventListener("focusin", settle);
document.addEventListener("focusout", () => light(undefined));
document.addEventListener("click", press);
document.addEventListener("htmx:beforeRequest", busy);
document.addEventListener("htmx:afterRequest", done);
for (const kind of ["timeupdate", "pause", "emptied"]) document.getElementById("audio")?.addEventListener(kind, follow);
document.documentElement.classList.add("js");
