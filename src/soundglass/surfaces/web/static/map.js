// @ts-check
// The map: loads the points, draws them, and answers to what one does on it.

import { Problem, say } from "./api.js";
import { about, bytes, clusterCodes, forgetTracks, neighboursOf, pointsWith, trackOf, tracksOf } from "./map_asking.js";
import { Over } from "./map_over.js";
import { Paper } from "./map_paper.js";
import { Selection, playTrack, showCard, showNear } from "./map_side.js";
import { Looking } from "./map_view.js";

/** @typedef {import("./map_side.js").Track} Track */
/** @typedef {import("./map_view.js").Place} Place */

const NEAR_PX = 14;
const WAIT_MS = 60;

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById("map-canvas"));
/** @param {string} name */
const tool = (name) => /** @type {HTMLElement} */ (document.querySelector(`[data-do=${name}]`));

let loaded = { address: "", points: "", colours: "", place: "" };
/** @type {Track | null} */
let chosen = null;
let pointed = -1;
let pressed = -1;

const looking = new Looking(canvas, { moved: () => paper.refresh(), hovered: hover, left: () => point(-1), clicked: click, lassoed: lasso, pressed: press });
const over = new Over(looking);
const paper = new Paper(canvas, looking, () => over.draw());
const selection = new Selection(tracksOf, () => {
  paper.mark([]);
  pressGroups(-1);
});

// -- loading -------------------------------------------------------------------------------------------------

/** Shows what the part of the page about the map tells. */
async function load() {
  const { points = "", colours = "", trust = "", clusters = "", by = "", method = "", snapshot = "", kind = "" } = about();
  const wanted = { address: points, points: points + trust, colours: colours + clusters, place: by + snapshot };
  const before = loaded;
  loaded = wanted;
  try {
    const [laid, coloured] = await Promise.all([
      points && wanted.points !== before.points ? bytes(points) : null,
      colours && (wanted.colours !== before.colours || wanted.points !== before.points) ? bytes(colours) : null,
    ]);
    if (loaded !== wanted) return;
    if (wanted.place !== before.place || !points) forget();
    if (laid) take(new Float32Array(laid), wanted.place !== before.place, points !== before.address);
    if (coloured && points) paper.colour(new Uint8Array(coloured));
  } catch (error) {
    return fail(error);
  }
  forgetTracks();
  pressGroups(wanted.colours === before.colours ? pressed : -1);
  paper.dress(kind);
  label();
  byId("map-errors")?.toggleAttribute("hidden", !paper.errors);
  canvas.setAttribute("aria-label", `Map of ${about().n ?? 0} tracks by ${by}, ${method === "tsne" ? "t-SNE" : "principal components"}, coloured by ${about().colour}`);
  canvas.dataset.drawn = kind && points ? `${by} ${method} ${about().colour} ${trust ? "judged" : ""}`.trim() : "";
  if (chosen) choose(chosen.point, false);
}

/**
 * Says what went wrong; where the library has changed meanwhile, asks for its map as it is now.
 * @param {unknown} error
 */
function fail(error) {
  say(error instanceof Problem ? error.message : "The map cannot be loaded");
  if (error instanceof Problem && error.status === 409) byId("map-form").dispatchEvent(new Event("change", { bubbles: true }));
}

/**
 * Takes where the points lie.
 * @param {Float32Array} points @param {boolean} others other tracks than before @param {boolean} moved
 */
function take(points, others, moved) {
  paper.glide(points, others);
  point(-1);
  if (moved) showAll();
}

/** Forgets what was chosen among other points. */
function forget() {
  [chosen, pointed] = [null, -1];
  [over.near, over.ringed] = [null, null];
  byId("map-card").hidden = true;
  selection.set([], "");
  if (!about().points) paper.glide(new Float32Array(0), true);
}

function label() {
  over.labels = [...document.querySelectorAll(".map-clusters li")].flatMap((item) => {
    const { x = "", y = "", number, label: name = "" } = /** @type {HTMLElement} */ (item).dataset;
    const [first] = name.split(", ");
    return x && Number.isFinite(Number(x)) ? [{ text: `${number} · ${first}`, at: /** @type {Place} */ ([Number(x), Number(y)]) }] : [];
  });
}

// -- doing ---------------------------------------------------------------------------------------------------

/** @param {Place} place */
function nearest(place) {
  return paper.places.nearest(place, NEAR_PX / looking.zoom);
}

/** @param {Place} place */
function hover(place) {
  const found = nearest(place);
  canvas.classList.toggle("points", found >= 0 && !looking.lasso);
  if (found !== pointed) point(found);
}

/**
 * Shows what a point is.
 * @param {number} found @param {boolean} [aloud]
 */
function point(found, aloud = false) {
  pointed = found;
  over.ringed = found < 0 ? null : paper.places.at(found);
  over.tip.hidden = true;
  paper.refresh();
  if (found < 0) return;
  setTimeout(async () => {
    if (pointed !== found) return;
    const track = await trackOf(found).catch(() => null);
    if (!track || pointed !== found) return;
    over.say(track.title || track.id, track.artist);
    if (aloud) say(`${track.title || track.id}${track.artist ? `, ${track.artist}` : ""}`);
  }, WAIT_MS);
}

/** @param {Place} place */
function click(place) {
  const found = nearest(place);
  if (found >= 0) choose(found);
}

/**
 * Chooses a track: plays it, and shows what it is and what is truly near it.
 * @param {number} found @param {boolean} [aloud]
 */
async function choose(found, aloud = true) {
  const before = aloud ? chosen : null;
  const track = await trackOf(found).catch(fail);
  if (!track) return;
  chosen = track;
  over.near = { from: paper.places.at(found), to: [] };
  showCard(track, before, about().by ?? "");
  if (aloud) playTrack(track);
  await lines(track);
}

/**
 * Draws lines to the true neighbours of a track.
 * @param {Track} track
 */
async function lines(track) {
  const answer = await neighboursOf(track.id).catch(() => null);
  if (!answer || chosen !== track) return;
  const to = answer.neighbours.map((/** @type {{ point: number, far: boolean }} */ one) => ({ at: paper.places.at(one.point), far: one.far }));
  over.near = { from: paper.places.at(track.point), to };
  showNear(track, answer.neighbours, answer.words, about().by ?? "");
  paper.refresh();
}

/**
 * @param {ArrayLike<number>} points @param {string} what
 */
function select(points, what) {
  paper.mark(points);
  selection.set(Array.from(points), what);
}

/** @param {Place[]} line @param {boolean} done */
function lasso(line, done) {
  over.drawn = done ? [] : line;
  paper.refresh();
  if (!done) return;
  pressGroups(-1);
  select(paper.places.around(line), "in the lasso");
  toggleLasso(false);
}

/** @param {boolean} on */
function toggleLasso(on) {
  looking.lasso = on;
  looking.letGo();
  over.drawn = [];
  tool("lasso").setAttribute("aria-pressed", String(on));
  canvas.classList.toggle("lassos", on);
  if (on) say("Draw around tracks");
  paper.refresh();
}

/** @param {number} code of the group that is selected, -1 for none */
function pressGroups(code) {
  pressed = code;
  for (const button of document.querySelectorAll("[data-group]")) {
    button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.group === String(code)));
  }
}

/** @param {ArrayLike<number>} all @param {number} code */
const those = (all, code) => Array.from(all).flatMap((one, at) => (one === code ? [at] : []));

/** @param {string} key */
function press(key) {
  const acts = { Home: showAll, Escape: letGo, Enter: () => pointed >= 0 && choose(pointed), " ": () => pointed >= 0 && choose(pointed) };
  const act = acts[/** @type {keyof typeof acts} */ (key)];
  act?.();
  if (/^Arrow|^[-+=]$|^Home$/.test(key)) point(paper.places.nearest(looking.toMap(looking.middle()), canvas.clientWidth / looking.zoom), true);
  return Boolean(act);
}

function showAll() {
  looking.show(paper.places.bounds(), true);
}

function letGo() {
  toggleLasso(false);
  chosen = null;
  over.near = null;
  byId("map-card").hidden = true;
  selection.set([], "");
}

function selectView() {
  const { clientWidth: width, clientHeight: height } = canvas;
  const [low, high] = [looking.toMap([0, height]), looking.toMap([width, 0])];
  pressGroups(-1);
  select(paper.places.within(low, high), "in view");
}

function showErrors() {
  paper.errors = !paper.errors;
  tool("errors").setAttribute("aria-pressed", String(paper.errors));
  byId("map-errors")?.toggleAttribute("hidden", !paper.errors);
  say(paper.errors ? "Points whose surroundings are wrong are large and pale" : "All points are of one size");
  paper.refresh();
}

/** @param {string} words */
async function find(words) {
  if (!words.trim()) return selection.set([], "");
  const points = await pointsWith(words);
  pressGroups(-1);
  select(points, `with “${words.trim()}”`);
  if (points.length) looking.show(paper.places.bounds(points));
}

/** @param {Event} event */
async function act(event) {
  const button = /** @type {HTMLElement | null} */ (event.target instanceof Element ? event.target.closest("[data-do], [data-group], [data-cluster]") : null);
  if (!button) return;
  const { do: what, group, cluster } = button.dataset;
  const acts = { in: () => looking.zoomBy(1.6), out: () => looking.zoomBy(1 / 1.6), fit: showAll, lasso: () => toggleLasso(!looking.lasso), view: selectView, errors: showErrors };
  if (what) return acts[/** @type {keyof typeof acts} */ (what)]();
  const again = button.getAttribute("aria-pressed") === "true";
  pressGroups(again || group === undefined ? -1 : Number(group));
  if (again) return selection.set([], "");
  const all = cluster ? await clusterCodes() : paper.codes;
  select(those(all, cluster ? Number(cluster) - 1 : Number(group)), `of ${button.querySelector("bdi")?.textContent ?? button.textContent}`);
}

if (paper.by) {
  canvas.dataset.by = paper.by;
  document.documentElement.classList.add("map-js");
  for (const id of ["map-canvas", "map-over", "map-tools", "map-find"]) byId(id).removeAttribute("hidden");
  document.addEventListener("click", (event) => void act(event).catch(fail));
  byId("map-find").addEventListener("submit", (event) => {
    event.preventDefault();
    find(/** @type {HTMLInputElement} */ (byId("map-q")).value).catch(fail);
  });
  canvas.addEventListener("focus", () => over.cross.toggleAttribute("hidden", !canvas.matches(":focus-visible")));
  canvas.addEventListener("blur", () => over.cross.setAttribute("hidden", ""));
  document.addEventListener("htmx:afterSwap", () => load());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => paper.dress(about().kind ?? ""));
  new ResizeObserver(() => paper.fit()).observe(canvas);
  paper.fit();
  load();
}
