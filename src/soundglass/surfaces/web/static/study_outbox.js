// @ts-check
/** An answer is kept on the device until the server has it. */

import { Problem, send } from "./api.js";

/** @typedef {{step: string, answers: import("./study_answers.js").Answers, heard: Record<string, number>, times: Record<string, number>, is_sent: boolean}} Kept */

const WAITS_S = [1, 2, 4, 8, 15];

/** What a participant has answered on a step, in the browser's own store; without one, as long as the page lives. */
export class Outbox {
  /** @param {string} key */
  constructor(key) {
    this.key = `soundglass-study:${key}`;
  }

  /** @param {string} step @returns {Kept | null} What was left of a step. */
  read(step) {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? "null");
      return kept?.step === step ? kept : null;
    } catch {
      return null;
    }
  }

  /** @param {Kept} kept */
  keep(kept) {
    try {
      localStorage.setItem(this.key, JSON.stringify(kept));
    } catch {
      // A browser that keeps nothing sends what the page holds.
    }
  }

  empty() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // There is nothing to empty.
    }
  }
}

/**
 * Send until the server has said yes or no.
 * @param {"POST" | "PUT"} method
 * @param {string} address
 * @param {unknown} body
 * @param {(is_lost: boolean) => void} told Whether the connection is lost for now.
 * @returns {Promise<any>}
 * @throws {Problem} The server's no.
 */
export async function deliver(method, address, body, told) {
  for (let tried = 0; ; tried += 1) {
    try {
      const answer = await send(method, address, body);
      told(false);
      return answer;
    } catch (error) {
      if (!(error instanceof Problem) || !isPassing(error.status)) throw error;
      told(true);
      await pauseOrOnline(WAITS_S[Math.min(tried, WAITS_S.length - 1)]);
    }
  }
}

/** Whether another try may help. @param {number} status */
function isPassing(status) {
  return status === 0 || status === 408 || status === 429 || status >= 500;
}

/** @param {number} seconds @returns {Promise<void>} */
function pauseOrOnline(seconds) {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      window.removeEventListener("online", go);
      resolve();
    };
    const timer = setTimeout(go, 1000 * seconds);
    window.addEventListener("online", go);
  });
}
