// @ts-check
/** Steering: what a slider asks for in words, and profiles that are saved and deleted. */
import { Problem, say, send } from "./api.js";

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("steer"));

/**
 * Say what a slider asks for.
 * @param {HTMLInputElement} slider
 */
function tell(slider) {
  const amount = Number(slider.value);
  const word = amount < 0 ? slider.dataset.less : slider.dataset.more;
  slider.setAttribute("aria-valuetext", amount ? `${word}, by ${Math.abs(amount)}` : "as it is");
}

/** @returns {HTMLInputElement[]} */
function sliders() {
  return form ? Array.from(form.querySelectorAll("input[type=range]")) : [];
}

/**
 * Show and say what became of a profile.
 * @param {string} words
 */
function tellOfProfiles(words) {
  const place = document.getElementById("profile-said");
  if (place) place.textContent = words;
  else say(words);
}

/**
 * Do something with profiles; tell how it went.
 * @param {() => Promise<string>} act
 */
async function withProfiles(act) {
  try {
    tellOfProfiles(await act());
    document.body.dispatchEvent(new CustomEvent("profiles-changed"));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    tellOfProfiles([error.message, error.remedy].filter(Boolean).join(". "));
  }
}

/** Save what the list is steered by under the name that is written. */
async function save() {
  const name = /** @type {HTMLInputElement} */ (document.getElementById("profile-name"));
  const steered = /** @type {HTMLElement | null} */ (document.querySelector("[data-steering]"));
  if (!name.value.trim() || !steered) {
    tellOfProfiles("Give it a name first");
    name.focus();
    return;
  }
  const url = `/api/profiles/${encodeURIComponent(name.value.trim())}`;
  await withProfiles(async () => {
    const kept = await send("PUT", url, JSON.parse(steered.dataset.steering ?? "{}"));
    name.value = "";
    return `Saved as ${kept.name}`;
  });
}

/** @param {string} name */
async function forget(name) {
  await withProfiles(async () => {
    await send("DELETE", `/api/profiles/${encodeURIComponent(name)}`);
    document.getElementById("profile-name")?.focus();
    return `Deleted ${name}`;
  });
}

document.documentElement.classList.add("scripted");
for (const slider of sliders()) tell(slider);

form?.addEventListener("input", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.type === "range") tell(event.target);
  if (event.target instanceof Element && event.target.id === "profile-name") event.stopPropagation();
});
form?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.target instanceof Element)) return;
  if (event.target.id === "profile-name") {
    event.preventDefault();
    void save();
  }
});
form?.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (button?.hasAttribute("data-save-profile")) void save();
  if (button?.dataset.deleteProfile) void forget(button.dataset.deleteProfile);
});
