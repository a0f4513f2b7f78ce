// @ts-check
/** The texts of a study's page, which come with it in the participant's language. */

const texts = document.getElementById("says");

/**
 * Give a text, filled in.
 * @param {string} key
 * @param {Record<string, string | number>} [filled]
 */
export function says(key, filled = {}) {
  const text = texts?.getAttribute(`data-${key}`) ?? "";
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(filled[name] ?? whole));
}

/**
 * Write seconds in the page's language: whole ones, and tenths where few are asked for.
 * @param {number} seconds
 * @param {number} needed
 * @param {(value: number) => number} [round]
 */
export function secondsText(seconds, needed, round = Math.floor) {
  const steps = needed < 3 ? 10 : 1;
  return new Intl.NumberFormat(document.documentElement.lang).format(round(seconds * steps) / steps);
}
