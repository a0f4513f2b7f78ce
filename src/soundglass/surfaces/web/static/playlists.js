// @ts-check
/** Adding a track to a playlist from any page: `<button data-add="ID">`, or `addToPlaylist(id)`. */

import { Problem, say, send } from "./api.js";

/** @typedef {{id: string, name: string, n_tracks: number}} Heading */

/**
 * Make an element.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} kind
 * @param {Partial<HTMLElementTagNameMap[K]>} [set]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
function make(kind, set = {}, ...children) {
  const made = Object.assign(document.createElement(kind), set);
  made.append(...children);
  return made;
}

/** @param {unknown} error @returns {string} */
export function words(error) {
  if (!(error instanceof Problem)) return String(error);
  return error.remedy ? `${error.message}. ${error.remedy}.` : `${error.message}.`;
}

/**
 * Let people choose a playlist for a track, or make one.
 * @param {string} trackId
 * @param {{reason?: string, label?: string}} [about] Why it is there, and what it is called.
 * @returns {Promise<boolean>} Whether it was added.
 */
export async function addToPlaylist(trackId, about = {}) {
  const track = { id: trackId, reason: about.reason ?? "" };
  const problem = make("p", { className: "bad", role: "alert" });
  const choices = make("div", { className: "stack", role: "group", ariaLabel: "Playlists" });
  const name = make("input", { type: "text", name: "name", maxLength: 60, required: true, autocomplete: "off" });
  const form = make(
    "form",
    { className: "row" },
    make("label", {}, "New playlist ", name),
    make("button", { className: "main" }, "Make it"),
  );
  const close = make("button", { type: "button" }, "Close");
  const title = make("h2", { id: "add-h" }, about.label ? `Add ${about.label} to` : "Add to");
  title.dir = "auto";
  const dialog = make("dialog", { className: "add" }, title, choices, form, problem, make("p", { className: "row" }, close));
  dialog.setAttribute("aria-labelledby", "add-h");
  document.body.append(dialog);
  return new Promise((resolve) => {
    let added = false;
    /** @param {() => Promise<{name: string}>} write */
    const attempt = async (write) => {
      problem.textContent = "";
      try {
        const playlist = await write();
        added = true;
        dialog.close();
        say(`Added to ${playlist.name}`);
      } catch (error) {
        problem.textContent = words(error);
      }
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void attempt(() => send("POST", "/api/playlists", { name: name.value, tracks: [track] }));
    });
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => (dialog.remove(), resolve(added)));
    dialog.showModal();
    void list(choices, problem, (heading) =>
      attempt(() => send("POST", `/api/playlists/${heading.id}/tracks`, { tracks: [track] })),
    );
  });
}

/**
 * @param {HTMLElement} choices
 * @param {HTMLElement} problem
 * @param {(heading: Heading) => void} choose
 */
async function list(choices, problem, choose) {
  try {
    const { playlists } = await send("GET", "/api/playlists");
    for (const heading of /** @type {Heading[]} */ (playlists)) {
      const count = make("span", { className: "small" }, `${heading.n_tracks} ${heading.n_tracks === 1 ? "track" : "tracks"}`);
      const button = make("button", { type: "button" }, make("bdi", {}, heading.name), " ", count);
      button.addEventListener("click", () => choose(heading));
      choices.append(button);
    }
  } catch (error) {
    problem.textContent = words(error);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-add]") : null;
  if (!(button instanceof HTMLElement)) return;
  event.preventDefault();
  const { add: id, reason, title: label } = button.dataset;
  void addToPlaylist(id ?? "", { reason, label }).then((added) => {
    if (added) button.setAttribute("data-added", "");
    button.focus();
  });
});
