// @ts-check
/** Consent: nobody takes part before it is given. */

import { Problem } from "./api.js";
import { deliver } from "./study_outbox.js";
import { says } from "./study_words.js";

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("consent"));
const notice = /** @type {HTMLElement} */ (document.getElementById("notice"));
const other = document.getElementById("else");
/** What one's own link will hold, chosen once: should the answer be lost, asking again joins nobody twice. */
const secret = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(24))))
  .replaceAll("+", "-")
  .replaceAll("/", "_");
let isSending = false;

/** @param {string} words */
function show(words) {
  notice.textContent = words;
  notice.hidden = !words;
}

/** @param {HTMLFormElement} consent */
async function join(consent) {
  if (isSending) return;
  isSending = true;
  const sent = /** @type {HTMLElement} */ (document.getElementById("sent"));
  sent.textContent = says("connection-sending");
  const { code = "", wording } = consent.dataset;
  try {
    const address = `/api/study/join/${encodeURIComponent(code)}`;
    const agreed = { consent: true, wording, secret };
    const joined = await deliver("POST", address, agreed, (is_lost) => show(is_lost ? says("connection-lost") : ""));
    location.assign(joined.address);
  } catch (error) {
    isSending = false;
    sent.textContent = "";
    if (!(error instanceof Problem)) throw error;
    show(error.message);
  }
}

if (form) {
  const agree = /** @type {HTMLInputElement} */ (form.querySelector("#agree"));
  const wrong = /** @type {HTMLElement} */ (form.querySelector("#agree-wrong"));
  form.noValidate = true;
  agree.addEventListener("change", () => (wrong.hidden = wrong.hidden || agree.checked));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    wrong.hidden = agree.checked;
    agree.setAttribute("aria-invalid", String(!agree.checked));
    if (agree.checked) void join(form);
    else agree.focus();
  });
  other?.addEventListener("click", () => {
    form.hidden = false;
    other.setAttribute("aria-expanded", "true");
    form.scrollIntoView();
    agree.focus({ preventScroll: true });
  });
}
// A page out of the browser's memory does not know who has joined since.
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
