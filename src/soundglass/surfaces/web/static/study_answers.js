// @ts-check
/** The questions of a step: what was answered, what is missing, and answers that are put back. */

import { says } from "./study_words.js";

/** @typedef {Record<string, string | number>} Answers */

/** @param {HTMLElement} form @returns {HTMLElement[]} */
const questions = (form) => [...(/** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-question]")))];

/** @param {HTMLElement} question @returns {string} */
function valueOf(question) {
  const pressed = /** @type {HTMLInputElement | null} */ (question.querySelector("input[type=radio]:checked"));
  if (pressed) return pressed.value;
  const field = /** @type {HTMLInputElement | null} */ (question.querySelector("input:not([type=radio]), textarea"));
  return !field || field.classList.contains("is-unset") ? "" : field.value.trim();
}

/** Read a number, in digits of ours or of Arabic and Persian. @param {string} value */
function numberOf(value) {
  return Number(value.replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 15)));
}

/**
 * Read what was answered, by question; what was not is left out.
 * @param {HTMLElement} form
 * @returns {Answers}
 */
export function answersOf(form) {
  /** @type {Answers} */
  const found = {};
  for (const question of questions(form)) {
    const value = valueOf(question), { question: id = "", kind = "" } = question.dataset;
    if (value !== "") found[id] = ["rating", "slider", "number"].includes(kind) ? numberOf(value) : value;
  }
  return found;
}

/**
 * Put answers back.
 * @param {HTMLElement} form
 * @param {Answers} answers
 */
export function restore(form, answers) {
  for (const question of questions(form)) {
    const value = answers[question.dataset.question ?? ""];
    if (value === undefined) continue;
    for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (question.querySelectorAll("input, textarea"))) {
      if (field.type === "radio") field.checked = field.value === String(value);
      else field.value = String(value);
      set(field);
    }
  }
}

/** Count what a slider shows as an answer. @param {Element} field */
function set(field) {
  field.classList.remove("is-unset");
  if (field instanceof HTMLInputElement && field.type === "range") field.removeAttribute("aria-valuetext");
}

/** @param {HTMLElement} question */
function problemOf(question) {
  const value = valueOf(question), field = question.querySelector("input");
  if (value === "") return question.dataset.required === "true" ? says("answer-missing-here") : "";
  if (question.dataset.kind !== "number" || !field) return "";
  const low = Number(field.dataset.low), high = Number(field.dataset.high), number = numberOf(value);
  return Number.isInteger(number) && number >= low && number <= high ? "" : says("answer-number", { low, high });
}

/** @param {HTMLElement} question @param {string} words */
function mark(question, words) {
  const wrong = /** @type {HTMLElement} */ (question.querySelector("[data-wrong]"));
  wrong.id ||= `wrong-${question.dataset.question}`;
  wrong.textContent = words;
  wrong.hidden = !words;
  for (const field of question.querySelectorAll("input, textarea")) {
    field.toggleAttribute("aria-invalid", false);
    if (words) field.setAttribute("aria-invalid", "true");
  }
  const described = question.querySelector("fieldset, input:not([type=radio]), textarea") ?? question;
  if (words) described.setAttribute("aria-errormessage", wrong.id);
}

/**
 * Mark what still needs an answer, and go to the first of it.
 * @param {HTMLElement} form
 * @returns {number} How many.
 */
export function markMissing(form) {
  const wrong = questions(form).filter((question) => {
    const words = problemOf(question);
    mark(question, words);
    return words !== "";
  });
  const first = wrong[0]?.querySelector("input, textarea");
  if (first instanceof HTMLElement) first.focus();
  wrong[0]?.scrollIntoView({ block: "center" });
  return wrong.length;
}

/**
 * Follow what is answered.
 * @param {HTMLElement} form
 * @param {() => void} changed
 */
export function onAnswer(form, changed) {
  /** @param {Event} event */
  const settle = (event) => {
    const field = event.target, question = field instanceof Element ? field.closest("[data-question]") : null;
    if (!(question instanceof HTMLElement) || !(field instanceof HTMLElement)) return;
    set(field);
    if (!problemOf(question)) mark(question, "");
    changed();
  };
  form.addEventListener("input", settle);
  form.addEventListener("change", settle);
  for (const slider of form.querySelectorAll(".slider")) {
    // A press on the middle, where the handle waits, is an answer as well.
    slider.addEventListener("pointerup", settle);
    slider.addEventListener("keydown", (event) => {
      if (event instanceof KeyboardEvent && ["Enter", " "].includes(event.key)) settle(event), event.preventDefault();
    });
  }
}
