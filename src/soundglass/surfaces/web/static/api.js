// @ts-check
/** Writing through the API: JSON in, JSON out, and what goes wrong in words. */

/** What the server says went wrong. */
export class Problem extends Error {
  /** @param {string} message @param {number} status @param {string | null} remedy @param {string} [why] In one word, where a page acts on it. */
  constructor(message, status, remedy, why = "") {
    super(message);
    this.status = status;
    this.remedy = remedy;
    this.why = why;
  }
}

/**
 * Send a request to the API.
 * @param {"GET" | "POST" | "PUT" | "DELETE"} method
 * @param {string} url
 * @param {unknown} [body]
 * @returns {Promise<any>} The answer; null where there is none.
 * @throws {Problem}
 */
export async function send(method, url, body) {
  const writes = method !== "GET";
  let answer;
  try {
    answer = await fetch(url, {
      method,
      headers: { Accept: "application/json", ...(writes ? { "Content-Type": "application/json" } : {}) },
      body: writes ? JSON.stringify(body ?? {}) : undefined,
      credentials: "same-origin",
    });
  } catch {
    throw new Problem("The server does not answer", 0, "Is it still running?");
  }
  const text = await answer.text();
  const content = text && (answer.headers.get("content-type") ?? "").includes("json") ? JSON.parse(text) : null;
  if (!answer.ok) {
    const { error = "That did not work", remedy = null, why } = content ?? {};
    throw new Problem(error, answer.status, remedy, why);
  }
  return content;
}

/**
 * Say something to people who listen to the page, and show nothing.
 * @param {string} words
 */
export function say(words) {
  const said = document.getElementById("said");
  if (said) said.textContent = words;
}
