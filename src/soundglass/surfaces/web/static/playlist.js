// @ts-check
/** One playlist: its tracks moved by hand or by keys and taken out, its name changed, the whole deleted. */

import { Problem, say, send } from "./api.js";
import { words } from "./playlists.js";
import "./queue.js";

const whole = /** @type {HTMLElement} */ (document.getElementById("playlist"));
const tracks = document.getElementById("playlist-tracks");
const problem = /** @type {HTMLElement} */ (whole.querySelector("[data-problem]"));
const address = `/api/playlists/${whole.dataset.id}`;
let version = Number(whole.dataset.version);
/** One change after another: each is meant for what the one before left. */
let last = Promise.resolve();

/** @returns {HTMLElement[]} */
const items = () => /** @type {HTMLElement[]} */ ([...(tracks?.children ?? [])]);

/**
 * Change the playlist, after all changes asked for before.
 * @param {() => object} change
 */
function put(change) {
  last = last.then(async () => {
    problem.textContent = "";
    try {
      const changed = await send("PUT", address, { version, ...change() });
      version = changed.version;
    } catch (error) {
      problem.textContent = words(error);
      if (error instanceof Problem && error.status === 409) problem.append(again());
    }
  });
  return last;
}

function again() {
  const link = document.createElement("a");
  link.href = location.pathname;
  link.textContent = " Load it again";
  return link;
}

const keepOrder = () => put(() => ({ tracks: items().map((item) => item.dataset.track) }));

function number() {
  items().forEach((item, at) => {
    const place = item.querySelector(".position");
    if (place) place.textContent = String(at + 1);
    for (const [way, end] of [["-1", at === 0], ["1", at === items().length - 1]]) {
      // Not disabled: a button that had the focus would lose it.
      item.querySelector(`[data-move="${way}"]`)?.setAttribute("aria-disabled", String(end));
    }
  });
  const count = whole.querySelector("[data-count]");
  if (count) count.textContent = `${items().length} ${items().length === 1 ? "track" : "tracks"}`;
}

/** @param {HTMLElement} item @param {number} by */
function move(item, by) {
  const other = by < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return void say(by < 0 ? "It is the first already" : "It is the last already");
  // The neighbour moves: what is taken out of the page loses the focus, and the pointer that drags it.
  if (by < 0) item.after(other);
  else item.before(other);
  number();
  say(`${item.dataset.label} is now number ${items().indexOf(item) + 1} of ${items().length}`);
  void keepOrder();
}

/** @param {HTMLElement} item */
function remove(item) {
  const next = item.nextElementSibling ?? item.previousElementSibling;
  item.remove();
  number();
  say(`${item.dataset.label} is out of the playlist`);
  const focused = next?.querySelector("[data-remove]");
  if (focused instanceof HTMLElement) focused.focus();
  void keepOrder();
}

/**
 * Drag a track by its handle, with a mouse or a finger.
 * @param {PointerEvent} event
 * @param {HTMLElement} handle
 */
function drag(event, handle) {
  const item = /** @type {HTMLElement} */ (handle.closest("li"));
  const before = items().indexOf(item);
  event.preventDefault();
  handle.setPointerCapture(event.pointerId);
  item.classList.add("dragged");
  /** @param {PointerEvent} to */
  const follow = (to) => {
    const over = items().find((one) => {
      const { top, bottom } = one.getBoundingClientRect();
      return one !== item && to.clientY >= top && to.clientY < bottom;
    });
    if (!over) return;
    const place = items().indexOf(over);
    while (items().indexOf(item) > place) item.after(/** @type {Element} */ (item.previousElementSibling));
    while (items().indexOf(item) < place) item.before(/** @type {Element} */ (item.nextElementSibling));
  };
  const drop = () => {
    handle.removeEventListener("pointermove", follow);
    item.classList.remove("dragged");
    number();
    if (items().indexOf(item) !== before) void keepOrder();
  };
  handle.addEventListener("pointermove", follow);
  handle.addEventListener("lostpointercapture", drop, { once: true });
}

tracks?.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-move], [data-remove]") : null;
  const item = button?.closest("li");
  if (!(button instanceof HTMLElement) || !(item instanceof HTMLElement)) return;
  if (button.dataset.move) move(item, Number(button.dataset.move));
  else remove(item);
});
tracks?.addEventListener("pointerdown", (event) => {
  const handle = event.target instanceof Element ? event.target.closest("[data-handle]") : null;
  if (handle instanceof HTMLElement && event.button === 0) drag(event, handle);
});

/**
 * Open a dialog by a button, and act on how it was closed.
 * @param {string} id
 * @param {(dialog: HTMLDialogElement) => void} act
 */
function dialog(id, act) {
  const shown = /** @type {HTMLDialogElement} */ (document.getElementById(id));
  const opener = /** @type {HTMLElement} */ (whole.querySelector(`[data-${id}]`));
  opener.hidden = false;
  opener.addEventListener("click", () => {
    shown.returnValue = "";
    shown.showModal();
  });
  shown.addEventListener("close", () => {
    if (shown.returnValue) act(shown);
    opener.focus();
  });
}

dialog("rename", (shown) => {
  const form = new FormData(/** @type {HTMLFormElement} */ (shown.querySelector("form")));
  const name = String(form.get("name")), note = String(form.get("note"));
  void put(() => ({ name, note })).then(async () => {
    if (problem.textContent) return;
    const now = await send("GET", address);
    const heading = /** @type {HTMLElement} */ (whole.querySelector("[data-name]"));
    const noted = /** @type {HTMLElement} */ (whole.querySelector("[data-note]"));
    heading.textContent = now.name;
    noted.textContent = now.note;
    noted.hidden = !now.note;
    document.title = `${now.name} · Soundglass`;
  });
});
dialog("delete", async () => {
  try {
    await send("DELETE", address);
    location.assign("/playlists");
  } catch (error) {
    problem.textContent = words(error);
  }
});

for (const hidden of whole.querySelectorAll("[data-handle], [data-moves]")) hidden.removeAttribute("hidden");
number();
