// @ts-check
/** A step of a study: listen, answer, and on; nothing that was heard or answered is lost on the way. */

import { Problem, send } from "./api.js";
import { answersOf, markMissing, onAnswer, restore } from "./study_answers.js";
import { listening } from "./study_listen.js";
import { deliver, Outbox } from "./study_outbox.js";
import { offerWithdrawal } from "./study_withdraw.js";
import { says, secondsText } from "./study_words.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("step"));
const asked = /** @type {HTMLFieldSetElement} */ (document.getElementById("asked"));
const gate = /** @type {HTMLElement} */ (document.getElementById("gate"));
const button = /** @type {HTMLButtonElement} */ (document.getElementById("send"));
const sent = /** @type {HTMLElement} */ (document.getElementById("sent"));
const notice = /** @type {HTMLElement} */ (document.getElementById("notice"));
const { step = "", answers: answersAt = "", heard: heardAt = "", here = "" } = form.dataset;
const seat = Number(form.dataset.seat);
const outbox = new Outbox(here);
const EVERY_MS = 3000;

/** When things happened, in ms since the page was there. @type {Record<string, number>} */
const times = {};
let isOpen = false, isSending = false, isOver = false, reported = "";

/** @param {string} what */
const note = (what) => (times[what] ??= Math.round(performance.now()));

/** @param {boolean} [is_sent] @returns {import("./study_outbox.js").Kept} */
function state(is_sent = false) {
  return { step, answers: answersOf(form), heard: sounds.heard(), times, is_sent };
}

const sounds = listening(form, () => {
  if (sounds.plays()) note("played_ms");
  unlock();
  if (!sounds.plays()) keep();
});

/** Open the questions once enough was heard. */
function unlock() {
  if (isOpen) return;
  isOpen = sounds.missing().length === 0;
  asked.disabled = !isOpen;
  gate.hidden = isOpen && !("opened_ms" in times) && !("played_ms" in times);
  gate.classList.toggle("is-open", isOpen);
  const words = says(isOpen ? "gate-opened" : "gate-locked");
  if (gate.textContent !== words) gate.textContent = words;
  if (!isOpen) return;
  note("opened_ms");
  hide("gate");
}

/** Tell the server how much was heard, so that nobody has to hear it again. */
async function report() {
  const heard = JSON.stringify(sounds.heard());
  if (heard === reported) return;
  try {
    await send("PUT", heardAt, { step, seat, heard: JSON.parse(heard) });
    reported = heard;
    lost(false);
  } catch (error) {
    if (error instanceof Problem && error.status === 409) refused(error);
    else if (error instanceof Problem && error.status === 0) lost(true);
  }
}

/** Keep what was heard, here and there. */
function keep() {
  if (isOver || isSending || !("played_ms" in times)) return;
  outbox.keep(state());
  void report();
}

/** Say the last of it as the page goes away. */
function leave() {
  if (isOver || isSending || !("played_ms" in times)) return;
  const body = JSON.stringify({ step, seat, heard: sounds.heard() });
  const headers = { "Content-Type": "application/json" };
  fetch(heardAt, { method: "PUT", headers, body, keepalive: true }).catch(() => {});
}

/** @param {boolean} is_lost */
function lost(is_lost) {
  if (is_lost) show(says("connection-lost"), "connection");
  else hide("connection");
}

/** Take back what was shown for one reason. @param {string} why */
function hide(why) {
  if (notice.dataset.why === why) notice.hidden = true;
}

/** @param {string} words @param {string} [why] */
function show(words, why = "") {
  notice.textContent = words;
  notice.dataset.why = why;
  notice.hidden = false;
}

/** Send the answers of this step, and go on. */
async function answer() {
  if (isSending || isOver) return;
  isSending = true;
  note("sent_ms");
  const kept = state(true);
  outbox.keep(kept);
  sounds.pause();
  asked.disabled = true;
  button.setAttribute("aria-disabled", "true");
  sent.textContent = says("connection-sending");
  try {
    const { answers, heard } = kept;
    await deliver("POST", answersAt, { step, seat, answers, heard, times }, lost);
    outbox.empty();
    isOver = true;
    if (!feedBack(String(answers.choice ?? ""))) onward();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    isSending = asked.disabled = false;
    button.removeAttribute("aria-disabled");
    sent.textContent = "";
    outbox.keep(state());
    refused(error);
  }
}

const onward = () => location.replace(here);

/**
 * Say what is said to a choice, where something is: in the practice. The button then goes on.
 * @param {string} choice
 */
function feedBack(choice) {
  const feedback = document.getElementById("feedback");
  const text = feedback?.querySelector(`[data-for="${choice}"]`);
  if (!feedback || !text) return false;
  text.removeAttribute("hidden");
  feedback.hidden = false;
  gate.hidden = true;
  sent.textContent = "";
  button.removeAttribute("aria-disabled");
  button.addEventListener("click", (event) => (event.preventDefault(), onward()));
  feedback.focus();
  return true;
}

/** @param {Problem} problem The server's no. */
function refused(problem) {
  if (problem.status === 404 || problem.status === 409) stopped(problem);
  else show(problem.message);
}

/**
 * End the page: another window has the seat, or the step is answered, or nobody knows this participant any more.
 * @param {Problem} problem
 */
function stopped(problem) {
  isOver = true;
  sounds.pause();
  notice.hidden = true;
  if (problem.why !== "seat") outbox.empty();
  const page = /** @type {HTMLTemplateElement} */ (document.getElementById("stopped"));
  const [title, text, onwards] = page.content.children;
  title.textContent = says(problem.why === "seat" ? "problem-window-title" : "problem-title");
  text.textContent = problem.message;
  if (problem.status === 404) onwards.remove();
  form.replaceWith(page.content);
  if (title instanceof HTMLElement) title.focus();
}

/** @param {SubmitEvent} event */
function submit(event) {
  event.preventDefault();
  const [first] = sounds.missing();
  if (first) {
    const seconds = secondsText(first.missing, first.must, Math.ceil);
    show(says("gate-still", { seconds, label: first.label }), "gate");
    first.button.focus();
    return;
  }
  const missing = markMissing(form);
  sent.textContent = missing ? says("answer-missing") : "";
  if (!missing) void answer();
}

/** Take up what was left of this step; an answer that was under way is sent again. */
function resume() {
  const kept = outbox.read(step);
  if (kept) {
    restore(form, kept.answers);
    sounds.recall(kept.heard);
    Object.assign(times, kept.times);
  }
  unlock();
  if (kept?.is_sent && sounds.missing().length === 0) void answer();
}

form.addEventListener("submit", submit);
onAnswer(form, () => {
  note("answered_ms");
  outbox.keep(state());
});
offerWithdrawal(form, () => {
  isOver = true;
  sounds.pause();
  outbox.empty();
  document.querySelector(".way")?.remove();
});
resume();
// What was answered before this script was there.
if (!isSending && Object.keys(answersOf(form)).length > 0) outbox.keep(state());
setInterval(() => sounds.plays() && keep(), EVERY_MS);
window.addEventListener("pagehide", leave);
document.addEventListener("visibilitychange", () => document.hidden && leave());
// A page out of the browser's memory may long have been answered.
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
