// @ts-check
/** A running scan, live: the page listens while it is looked at, starts and stops what it may. */

import { Problem, say, send } from "./api.js";

/**
 * @typedef {{stage: string, done: number, total: number, new: number, changed: number, failed: number,
 *   file: string, seconds: number, mine: boolean}} Running
 * @typedef {{counts: Record<string, number>, failures: {file: string, reason: string}[], error: string | null,
 *   stopped: boolean}} Ended
 * @typedef {{running: Running | null, ended: Ended | null, folders: string[], version: number | null,
 *   tracks: number}} Scan
 */

const STAGES = { starting: "Starting", looking: "Looking for music", analysing: "Listening", finishing: "Finishing" };
const KINDS = ["new", "changed", "moved", "copies", "upgraded", "missing", "failed"];
const section = /** @type {HTMLElement} */ (document.getElementById("scan"));

/** @param {string} name @returns {any} */
const part = (name) => section.querySelector(`[data-scan=${name}]`);
const start = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-scan=start]"));

/** @type {EventSource | null} */
let listening = null;
let wasRunning = section.dataset.idle === "";

/** @param {Scan} scan */
function show(scan) {
  const { running, ended } = scan;
  part("running").hidden = !running;
  part("ended").hidden = !!running || !ended;
  if (start) start.hidden = !!running || !scan.folders.length;
  if (running) showRunning(running);
  if (!running && ended) showEnded(ended);
  if (wasRunning && !running) say("The scan has ended");
  wasRunning = !!running;
  const version = String(scan.version ?? "");
  if (version !== section.dataset.version) renew(version, scan.tracks);
}

/** @param {Running} running */
function showRunning(running) {
  part("stage").textContent = STAGES[/** @type {keyof STAGES} */ (running.stage)] ?? running.stage;
  part("time").textContent = lasting(running.seconds);
  const bar = part("bar");
  if (running.total) {
    bar.max = running.total;
    bar.value = running.done;
  } else bar.removeAttribute("value");
  part("counts").textContent = counts(running);
  part("file").textContent = running.file;
  part("stop").hidden = !running.mine;
  part("elsewhere").hidden = running.mine || running.stage === "starting";
}

/** @param {Running} running */
function counts(running) {
  if (!running.total) return "";
  const files = `${running.done.toLocaleString("en")} of ${running.total.toLocaleString("en")} files`;
  const kinds = /** @type {const} */ (["new", "changed", "failed"]).filter((kind) => running[kind]);
  return [files, ...kinds.map((kind) => `${running[kind].toLocaleString("en")} ${kind}`)].join(" · ");
}

/** @param {Ended} ended */
function showEnded(ended) {
  const kinds = KINDS.filter((kind) => ended.counts[kind]);
  const found = kinds.map((kind) => `${ended.counts[kind].toLocaleString("en")} ${kind}`).join(", ");
  part("outcome").textContent = ended.error
    ? `The scan failed: ${ended.error}`
    : ended.stopped
      ? "The scan was stopped; what it had analysed is kept."
      : `The scan is done: ${found || "nothing has changed"}.`;
  part("failed").hidden = !ended.failures.length;
  part("failures").replaceChildren(
    ...ended.failures.map(({ file, reason }) => {
      const item = document.createElement("li");
      item.textContent = `${file}: ${reason}`;
      return item;
    }),
  );
}

/** @param {number} seconds */
function lasting(seconds) {
  const minutes = Math.floor(seconds / 60);
  return minutes ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/**
 * Show what has come in: the newest tracks and the counts, unless somebody is searching.
 * @param {string} version
 * @param {number} tracks
 */
function renew(version, tracks) {
  const known = section.dataset.version;
  section.dataset.version = version;
  const first = !document.getElementById("found");
  if (first && tracks) location.reload();
  if (first || known === undefined) return;
  const typed = /** @type {HTMLInputElement} */ (document.getElementById("q")).value;
  const htmx = /** @type {any} */ (window).htmx;
  if (!typed) htmx.ajax("GET", "/", { target: "#found", swap: "innerHTML" });
  htmx.ajax("GET", "/?state=1", { target: "#state", swap: "innerHTML" });
}

function listen() {
  if (document.hidden) {
    listening?.close();
    listening = null;
  } else if (!listening || listening.readyState === EventSource.CLOSED) {
    listening = new EventSource("/api/scan/events");
    listening.addEventListener("scan", (event) => show(JSON.parse(/** @type {MessageEvent} */ (event).data)));
  }
}

/**
 * @param {"POST" | "DELETE"} method
 * @param {HTMLButtonElement} button
 */
async function ask(method, button) {
  button.disabled = true;
  part("problem").textContent = "";
  try {
    show(await send(method, "/api/scan"));
  } catch (error) {
    const { message, remedy } = /** @type {Problem} */ (error);
    part("problem").textContent = remedy ? `${message}. ${remedy}.` : `${message}.`;
  }
  button.disabled = false;
}

start?.addEventListener("click", () => ask("POST", start));
part("stop").addEventListener("click", () => ask("DELETE", part("stop")));
document.addEventListener("visibilitychange", listen);
listen();
