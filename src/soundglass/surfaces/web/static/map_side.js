// @ts-check
// Beside the map: the track that is chosen with its true neighbours, and the tracks that are selected.

import { Problem, say, send } from "./api.js";
import { play } from "./play.js";
import "./queue.js";

/** @typedef {{ id: string, title: string, artist: string, point: number, audio: boolean, error: number | null, cluster: string | null, value: string }} Track */
/** @typedef {{ id: string, title: string, artist: string, point: number, score: number, far: boolean }} Near */

const PAGE = 100;
const ASKED = 400;
const MOST_SAVED = 5000;
const FORMATS = ["m3u8", "xspf", "jspf", "csv"];

/**
 * Makes an element of text and others.
 * @param {string} kind @param {Record<string, string>} [how] @param {...(Node | string)} content
 */
export function made(kind, how = {}, ...content) {
  const element = document.createElement(kind);
  for (const [name, value] of Object.entries(how)) element.setAttribute(name, value);
  element.append(...content);
  return element;
}

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {{ id: string, title: string, artist: string }} track */
const label = (track) => (track.artist ? `${track.artist} – ${track.title || track.id}` : track.title || track.id);

/** @param {{ id: string, title: string }} track */
function link(track) {
  const name = made("bdi", {}, track.title || track.id);
  return made("a", { class: "name", href: `/tracks/${encodeURIComponent(track.id)}` }, name);
}

/** @param {Track} track */
function playButton(track) {
  const source = { "data-play": `/audio/${encodeURIComponent(track.id)}`, "data-title": label(track) };
  return made("button", { type: "button", ...source, "aria-pressed": "false", "aria-label": `Play ${label(track)}` }, "Play");
}

/**
 * Plays a track, as its button on the page does.
 * @param {Track} track
 */
export function playTrack(track) {
  if (!track.audio) return;
  const button = document.querySelector("#map-card [data-play]");
  play({ src: `/audio/${encodeURIComponent(track.id)}`, title: label(track), button });
}

/**
 * Shows the track that is chosen.
 * @param {Track} track @param {Track | null} before the one that was chosen before
 * @param {string} by
 */
export function showCard(track, before, by) {
  const facts = [track.value, track.cluster ? `cluster ${track.cluster}` : ""].filter(Boolean).join(" · ");
  const error = track.error === null ? "" : `Its surroundings are ${Math.round(100 * (1 - track.error))} % true.`;
  const why = made("a", { class: "button", href: whyAddress(before ?? track, track, by) }, "Why, or why not, like the one before?");
  const buttons = made("p", { class: "row" });
  if (track.audio) buttons.append(playButton(track));
  buttons.append(made("a", { class: "button", href: `/tracks/${encodeURIComponent(track.id)}` }, "Open"));
  if (before && before.id !== track.id) buttons.append(why);
  const artist = made("p", { class: "artist", dir: "auto" }, track.artist);
  const heading = made("h2", {}, link(track));
  byId("map-card").replaceChildren(heading, artist, buttons, made("p", { class: "small" }, [facts, error].filter(Boolean).join(". ")), made("div", { id: "map-near" }));
  byId("map-card").hidden = false;
}

/** @param {{ id: string }} one @param {{ id: string }} other @param {string} by */
function whyAddress(one, other, by) {
  return `/tracks/${encodeURIComponent(one.id)}/why/${encodeURIComponent(other.id)}?by=${encodeURIComponent(by)}`;
}

/**
 * Shows the true neighbours of the chosen track.
 * @param {Track} track @param {Near[]} near @param {string} words @param {string} by
 */
export function showNear(track, near, words, by) {
  const items = near.map((one) => {
    const why = made("a", { href: whyAddress(track, one, by), "aria-label": `Why ${label(one)}?` }, "why");
    const item = made("li", {}, link(one), why, made("span", { class: "artist", dir: "auto" }, one.artist));
    if (one.far) item.append(made("span", { class: "far" }, "far away on this map"));
    return item;
  });
  const summary = made("summary", {}, `Its ${near.length} true nearest neighbours`);
  byId("map-near").replaceChildren(made("p", {}, words), made("details", {}, summary, made("ol", { class: "map-near" }, ...items)));
}

/** The tracks that are selected. */
export class Selection {
  /** @param {(points: number[]) => Promise<Track[]>} resolve gives the tracks of some points @param {() => void} cleared */
  constructor(resolve, cleared) {
    this.resolve = resolve;
    this.cleared = cleared;
    /** @type {number[]} */
    this.points = [];
    this.shown = 0;
    this.turn = 0;
    byId("map-clear").addEventListener("click", () => this.set([], ""));
    byId("map-more").addEventListener("click", () => this.#more());
    byId("map-save").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
  }

  /**
   * Selects points.
   * @param {number[]} points @param {string} what they are, in words
   */
  set(points, what) {
    this.points = points;
    this.turn += 1;
    this.shown = 0;
    const words = `${points.length.toLocaleString("en")} ${points.length === 1 ? "track" : "tracks"}${what ? ` ${what}` : ""}`;
    byId("map-chosen").hidden = !points.length && !what;
    byId("map-count").textContent = words;
    byId("map-list").replaceChildren();
    byId("map-saved").replaceChildren();
    byId("map-save").hidden = !points.length;
    byId("map-through").hidden = true;
    this.#more();
    if (what) say(words);
    if (!points.length) this.cleared();
  }

  async #more() {
    const turn = this.turn, wanted = this.points.slice(this.shown, this.shown + PAGE);
    this.shown += wanted.length;
    byId("map-more").hidden = this.shown >= this.points.length;
    const tracks = wanted.length ? await this.resolve(wanted) : [];
    if (turn !== this.turn) return;
    const items = tracks.map((track) => {
      const item = made("li", {}, made("span", {}, link(track), " ", made("span", { class: "artist", dir: "auto" }, track.artist)));
      if (track.audio) item.append(playButton(track));
      return item;
    });
    byId("map-list").append(...items);
    if (tracks.some((track) => track.audio)) byId("map-through").hidden = false;
  }

  /** Resolves the first few thousand tracks. */
  async #all() {
    const found = [];
    const most = Math.min(this.points.length, MOST_SAVED);
    for (let at = 0; at < most; at += ASKED) found.push(...(await this.resolve(this.points.slice(at, Math.min(most, at + ASKED)))));
    return found;
  }

  async #save() {
    const saved = byId("map-saved"), name = /** @type {HTMLInputElement} */ (byId("map-name")).value.trim();
    saved.replaceChildren("Saving …");
    try {
      const tracks = (await this.#all()).map((track) => track.id);
      const { id } = await send("POST", "/api/playlists", { name, tracks });
      const address = `/playlists/${encodeURIComponent(id)}`;
      const exports = FORMATS.flatMap((format) => [" · ", made("a", { href: `${address}/export.${format}`, download: "" }, format.toUpperCase())]);
      const cut = this.points.length > MOST_SAVED ? `, the first ${MOST_SAVED.toLocaleString("en")}` : "";
      saved.replaceChildren(`Saved${cut}: `, made("a", { href: address }, "open it"), ...exports);
    } catch (error) {
      saved.replaceChildren(error instanceof Problem ? [error.message, error.remedy].filter(Boolean).join(". ") : "That did not work");
    }
  }
}
