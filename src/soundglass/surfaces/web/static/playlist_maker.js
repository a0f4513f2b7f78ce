// @ts-check
/** The page of makers: sliders that tell their value, tracks left out, and saving what was made. */

import { send } from "./api.js";
import { words } from "./playlists.js";
import "./queue.js";

document.addEventListener("input", (event) => {
  const slider = event.target;
  if (!(slider instanceof HTMLInputElement) || slider.type !== "range") return;
  const mood = slider.closest("[data-mood]");
  const tick = mood?.querySelector("input[type=checkbox]"), output = mood?.querySelector("output");
  if (tick instanceof HTMLInputElement) tick.checked = true;
  if (output) output.textContent = Number(slider.value).toFixed(2);
});

for (const form of document.querySelectorAll("form.maker")) {
  form.addEventListener("submit", () => {
    for (const mood of form.querySelectorAll("[data-mood]")) {
      const tick = mood.querySelector("input[type=checkbox]"), slider = mood.querySelector("input[type=range]");
      // What does not matter need not be in the address.
      if (tick instanceof HTMLInputElement && slider instanceof HTMLInputElement) slider.disabled = !tick.checked;
    }
  });
}
window.addEventListener("pageshow", () => {
  for (const slider of document.querySelectorAll("[data-mood] input[type=range]")) slider.removeAttribute("disabled");
});

for (const button of document.querySelectorAll("[data-leave-out]")) {
  if (!(button instanceof HTMLElement)) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    const item = button.closest("li"), tracks = item?.parentElement;
    const next = item?.nextElementSibling ?? item?.previousElementSibling;
    item?.remove();
    tracks?.querySelectorAll(".position").forEach((place, at) => (place.textContent = String(at + 1)));
    const focused = next?.querySelector("[data-leave-out]");
    if (focused instanceof HTMLElement) focused.focus();
  });
}

for (const form of document.querySelectorAll("form[data-save]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form instanceof HTMLFormElement) void save(form);
  });
}

/** @param {HTMLFormElement} form */
async function save(form) {
  const items = document.querySelectorAll(`${form.dataset.save} > [data-track]`);
  const tracks = [...items].map((item) => ({
    id: /** @type {HTMLElement} */ (item).dataset.track,
    reason: /** @type {HTMLElement} */ (item).dataset.reason ?? "",
  }));
  const problem = /** @type {HTMLElement} */ (form.querySelector("[data-problem]"));
  problem.textContent = "";
  try {
    const made = await send("POST", "/api/playlists", { name: new FormData(form).get("name"), tracks });
    location.assign(`/playlists/${made.id}`);
  } catch (error) {
    problem.textContent = words(error);
  }
}
