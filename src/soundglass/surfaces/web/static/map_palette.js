// @ts-check
// The colours and shapes of a map, as its style sheet has them.

/**
 * 256 colours (red, green, blue, opacity) and shapes, and the colour of the ground.
 * @typedef {{ colours: Uint8Array, shapes: Uint8Array, ground: number[] }} Palette
 */

const STEPS = 250;
const OPACITY = 200;

/**
 * Reads a colour such as #0072b2.
 * @param {string} text
 */
function read(text) {
  const whole = text.trim().replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3");
  return [1, 3, 5].map((at) => parseInt(whole.slice(at, at + 2), 16) || 0);
}

/**
 * Makes the palette of a kind of colours.
 * @param {string} kind groups, scale or circle
 * @returns {Palette}
 */
export function paletteOf(kind) {
  const style = getComputedStyle(document.documentElement);
  /** @type {(name: string) => number[]} */
  const named = (name) => read(style.getPropertyValue(`--${name}`));
  const colours = new Uint8Array(1024), shapes = new Uint8Array(256);
  /** @type {(code: number, colour: number[]) => void} */
  const put = (code, colour) => colours.set([...colour, OPACITY], 4 * code);
  if (kind === "groups") {
    for (let code = 0; code < 16; code++) {
      put(code, named(`g${code % 8}`));
      shapes[code] = (code + (code > 7 ? 3 : 0)) % 8;
    }
  } else {
    const stops = Array.from({ length: 9 }, (_, at) => named(`${kind === "circle" ? "c" : "s"}${at}`));
    if (kind === "circle") stops.push(stops[0]);
    for (let code = 0; code < STEPS; code++) put(code, between(stops, code / (STEPS - 1)));
  }
  put(254, named("others"));
  put(255, named("unknown"));
  return { colours, shapes, ground: named("raised") };
}

/**
 * Mixes the two colours that a place on a scale lies between.
 * @param {number[][]} stops @param {number} at 0 to 1
 */
function between(stops, at) {
  const place = at * (stops.length - 1), low = Math.min(Math.floor(place), stops.length - 2);
  return stops[low].map((part, i) => Math.round(part + (stops[low + 1][i] - part) * (place - low)));
}
