// @ts-check
/** Playing a list through: `<button data-queue="#list">` plays every button that plays in it, one after another. */

import { play } from "./play.js";

/** @type {HTMLElement | null} */
let list = null;

/** @param {Element} of @returns {HTMLElement[]} */
const buttons = (of) => [...of.querySelectorAll("[data-play]")].filter((one) => one instanceof HTMLElement);

/** @param {HTMLElement} button */
function start(button) {
  play({ src: button.dataset.play ?? "", title: button.dataset.title, button });
  button.closest("li")?.scrollIntoView({ block: "nearest" });
}

/**
 * Play a list from its first track on.
 * @param {HTMLElement} tracks
 */
export function playThrough(tracks) {
  list = tracks;
  const [first] = buttons(tracks);
  if (first) start(first);
}

document.addEventListener("soundglass:ended", (event) => {
  const ended = /** @type {CustomEvent} */ (event).detail?.button;
  if (!list || !(ended instanceof HTMLElement) || !list.contains(ended)) return;
  const all = buttons(list), next = all[all.indexOf(ended) + 1];
  if (next) start(next);
  else list = null;
});
document.addEventListener("soundglass:play", (event) => {
  const button = /** @type {CustomEvent} */ (event).detail?.button;
  const tracks = button instanceof HTMLElement ? button.closest("ol.tracks") : null;
  list = tracks instanceof HTMLElement ? tracks : null; // a track of a list goes on with the next one
});
document.addEventListener("click", (event) => {
  const asked = event.target instanceof Element ? event.target.closest("[data-queue]") : null;
  const tracks = asked instanceof HTMLElement ? document.querySelector(asked.dataset.queue ?? "") : null;
  if (tracks instanceof HTMLElement) playThrough(tracks);
});
