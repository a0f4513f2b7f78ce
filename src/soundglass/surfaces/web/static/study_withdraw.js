// @ts-check
/** Whoever wants to can take everything back, on any page. */

import { Problem, send } from "./api.js";
import { says } from "./study_words.js";

/**
 * Let the page's button delete all that somebody answered, once they are sure.
 * @param {HTMLElement} own What makes place for the words that say so.
 * @param {() => void} [whenGone]
 */
export function offerWithdrawal(own, whenGone = () => {}) {
  const sure = /** @type {HTMLDialogElement} */ (document.getElementById("sure"));
  const opener = /** @type {HTMLElement} */ (document.getElementById("delete"));
  opener.addEventListener("click", () => {
    sure.returnValue = "";
    sure.showModal();
  });
  sure.addEventListener("close", async () => {
    if (sure.returnValue !== "yes") return opener.focus();
    if (!(await isWithdrawn(own.dataset.withdraw ?? ""))) return;
    whenGone();
    const gone = /** @type {HTMLTemplateElement} */ (document.getElementById("gone"));
    const title = gone.content.querySelector("h1");
    own.replaceWith(gone.content);
    title?.focus();
  });
}

/** @param {string} address */
async function isWithdrawn(address) {
  const notice = /** @type {HTMLElement} */ (document.getElementById("notice"));
  try {
    await send("DELETE", address);
  } catch (error) {
    // Who is no longer known is deleted already: a first answer may have been lost on its way.
    if (!(error instanceof Problem) || error.status !== 404) {
      notice.textContent = error instanceof Problem && error.status ? error.message : says("connection-lost");
      notice.hidden = false;
      return false;
    }
  }
  notice.hidden = true;
  return true;
}
