// @ts-check
/** Small help for the player: elements, and times as people write them. */

/**
 * Make an element.
 * @param {string} tag
 * @param {string} className
 * @param {Record<string, string>} [attributes]
 * @param {string} [text]
 * @returns {HTMLElement}
 */
export function make(tag, className, attributes = {}, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.textContent = text;
  return made;
}

/**
 * Make a button with an icon's path in it.
 * @param {string} className
 * @param {string} label
 * @param {string} path
 * @returns {HTMLButtonElement}
 */
export function iconButton(className, label, path) {
  const button = /** @type {HTMLButtonElement} */ (make("button", className, { type: "button", "aria-label": label, title: label }));
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  drawn.setAttribute("d", path);
  svg.append(drawn);
  button.append(svg);
  return button;
}

/**
 * Change a button's icon and label.
 * @param {HTMLElement} button @param {string} label @param {string} path
 */
export function relabel(button, label, path) {
  button.setAttribute("aria-label", label);
  button.title = label;
  button.querySelector("path")?.setAttribute("d", path);
}

/**
 * Write a time: 4:07, 1:02:09; with tenths where that is asked for.
 * @param {number} seconds @param {boolean} [tenths]
 */
export function clock(seconds, tenths = false) {
  const unit = tenths ? 10 : 1;
  const whole = Math.floor(Math.max(0, seconds) * unit + 1e-6);
  const s = Math.floor(whole / unit), h = Math.floor(s / 3600), min = Math.floor(s / 60) % 60;
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const clocked = h ? `${h}:${two(min)}:${two(s % 60)}` : `${min}:${two(s % 60)}`;
  return tenths ? `${clocked}.${whole % 10}` : clocked;
}

/**
 * Say a time for those who listen to the page.
 * @param {number} seconds
 */
export function spoken(seconds) {
  const s = Math.floor(seconds), h = Math.floor(s / 3600), min = Math.floor(s / 60) % 60;
  return [h && `${h} h`, (h || min) && `${min} min`, `${s % 60} s`].filter(Boolean).join(" ");
}

/**
 * Keep a number between two others.
 * @param {number} value @param {number} low @param {number} high
 */
export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
