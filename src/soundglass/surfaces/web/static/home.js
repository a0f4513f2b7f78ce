// @ts-check
/** The first page by keyboard: arrows walk from the words to what they found; commands can be copied. */

import { say } from "./api.js";

const input = /** @type {HTMLInputElement | null} */ (document.getElementById("q"));

/** @returns {HTMLElement[]} */
const links = () => Array.from(document.querySelectorAll("#found .open"));

/**
 * Where an arrow leads from what has the focus: -1 is the field itself.
 * @param {string} key
 * @param {number} from
 * @param {number} count
 */
function next(key, from, count) {
  if (key === "ArrowDown") return Math.min(from + 1, count - 1);
  if (key === "ArrowUp") return Math.max(from - 1, -1);
  if (from < 0) return null;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return key === "Escape" ? -1 : null;
}

/** @param {KeyboardEvent} event */
function walk(event) {
  if (!input || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.isComposing) return;
  const all = links();
  const from = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (from < 0 && document.activeElement !== input) return;
  const to = next(event.key, from, all.length);
  if (to === null || to === from) return;
  event.preventDefault();
  if (to < 0) input.focus();
  else all[to].focus();
}

/** @param {Event} event */
async function copy(event) {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  if (!(button instanceof HTMLElement)) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy ?? "");
    button.textContent = "Copied";
    say("Copied");
  } catch {
    const code = button.parentElement?.querySelector("code");
    if (code) getSelection()?.selectAllChildren(code);
    say("The command is selected; copy it with your keyboard");
  }
}

document.addEventListener("keydown", walk);
document.addEventListener("click", copy);
for (const button of document.querySelectorAll("[data-copy]")) /** @type {HTMLElement} */ (button).hidden = false;
