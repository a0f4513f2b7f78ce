// @ts-check
// What the map asks the server for, of the space and snapshot that the page shows.

import { Problem, send } from "./api.js";

/** @typedef {import("./map_side.js").Track} Track */
/** @typedef {{ neighbours: import("./map_side.js").Near[], words: string }} Neighbours */

const MOST_KNOWN = 2000;

/** @type {Map<number, Promise<Track>>} */
const known = new Map();

/** Gives what the part of the page about the map tells. */
export const about = () => /** @type {HTMLElement} */ (document.getElementById("map-about")).dataset;

/** @param {string} path @param {Record<string, string>} [more] */
function address(path, more = {}) {
  const { by = "", method = "", colour = "", snapshot = "" } = about();
  return `/api/map/${path}?${new URLSearchParams({ by, method, colour, snapshot, ...more })}`;
}

/**
 * Reads bytes.
 * @param {string} url
 */
export async function bytes(url) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Problem((await answer.json()).error, answer.status, null);
  return answer.arrayBuffer();
}

/**
 * Gives the track of a point.
 * @param {number} point
 * @returns {Promise<Track>}
 */
export function trackOf(point) {
  if (known.size > MOST_KNOWN) known.clear();
  const asked = known.get(point) ?? send("GET", address(`track/${point}`));
  known.set(point, asked);
  asked.catch(() => known.delete(point));
  return asked;
}

/** Forgets tracks, as points or colours mean something else now. */
export function forgetTracks() {
  known.clear();
}

/**
 * Gives the tracks of some points.
 * @param {number[]} points
 * @returns {Promise<Track[]>}
 */
export async function tracksOf(points) {
  return (await send("GET", address("tracks", { points: points.join(",") }))).points;
}

/**
 * Finds the points whose names hold some words.
 * @param {string} words
 * @returns {Promise<number[]>}
 */
export async function pointsWith(words) {
  return (await send("GET", address("search", { q: words }))).points;
}

/**
 * Gives the true nearest neighbours of a track.
 * @param {string} id
 * @returns {Promise<Neighbours>}
 */
export function neighboursOf(id) {
  return send("GET", address(`neighbours/${encodeURIComponent(id)}`));
}

/** Gives the cluster of every point, 0 for the largest. */
export async function clusterCodes() {
  return new Uint8Array(await bytes(address("colours", { colour: "cluster" })));
}
