// @ts-check
// What lies over the points: lines to true neighbours, names of clusters, a ring, a lasso, a title.

/** @typedef {import("./map_view.js").Looking} Looking */
/** @typedef {import("./map_view.js").Place} Place */
/** @typedef {{ text: string, at: Place }} Label */

const SVG = "http://www.w3.org/2000/svg";
const LETTER = 7.3;
const LINE = 18;
const TRIES = [0, -LINE, LINE, -2 * LINE, 2 * LINE];

/**
 * @param {string} kind @param {Record<string, string | number>} how
 */
function made(kind, how) {
  const element = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(how)) element.setAttribute(name, String(value));
  return element;
}

/** @param {string} id */
const byId = (id) => /** @type {SVGElement} */ (/** @type {unknown} */ (document.getElementById(id)));

/** The layer over the points. */
export class Over {
  /** @param {Looking} looking */
  constructor(looking) {
    this.looking = looking;
    this.lines = byId("map-lines");
    this.names = byId("map-labels");
    this.lasso = byId("map-lasso");
    this.ring = byId("map-ring");
    this.cross = byId("map-cross");
    this.tip = /** @type {HTMLElement} */ (document.getElementById("map-tip"));
    /** @type {Label[]} */
    this.labels = [];
    /** @type {{ from: Place, to: { at: Place, far: boolean }[] } | null} */
    this.near = null;
    /** @type {Place | null} */
    this.ringed = null;
    /** @type {Place[]} */
    this.drawn = [];
  }

  /** Puts everything where it belongs as the map is looked at. */
  draw() {
    this.#drawLines();
    this.#drawLabels();
    const path = this.drawn.map((place) => this.looking.toScreen(place).map(Math.round).join(" "));
    this.lasso.setAttribute("d", path.length > 1 ? `M${path.join("L")}Z` : "");
    this.ring.toggleAttribute("hidden", !this.ringed);
    if (this.ringed) {
      const [x, y] = this.looking.toScreen(this.ringed);
      this.ring.setAttribute("cx", String(x));
      this.ring.setAttribute("cy", String(y));
      this.#putTip(x, y);
    } else this.tip.hidden = true;
    const [x, y] = this.looking.middle();
    this.cross.setAttribute("transform", `translate(${x} ${y})`);
  }

  /**
   * Writes what is at the ring.
   * @param {string} title @param {string} artist
   */
  say(title, artist) {
    const [first, second] = this.tip.children;
    first.textContent = title;
    second.textContent = artist;
    this.tip.hidden = !this.ringed;
    if (this.ringed) this.#putTip(...this.looking.toScreen(this.ringed));
  }

  /** @param {number} x @param {number} y */
  #putTip(x, y) {
    const { offsetWidth: width, offsetHeight: height } = this.tip;
    const [middle] = this.looking.middle();
    const right = x < middle ? x + 14 : x - 14 - width;
    const down = y > height + 20 ? y - height - 10 : y + 14;
    this.tip.style.transform = `translate(${Math.max(4, Math.round(right))}px, ${Math.round(down)}px)`;
  }

  #drawLines() {
    if (!this.near) return this.lines.replaceChildren();
    const [x1, y1] = this.looking.toScreen(this.near.from);
    const drawn = this.near.to.flatMap(({ at, far }) => {
      const [x2, y2] = this.looking.toScreen(at);
      const kind = far ? "far" : "near";
      return [made("line", { x1, y1, x2, y2, class: kind }), made("circle", { cx: x2, cy: y2, r: 6, class: kind })];
    });
    this.lines.replaceChildren(...drawn, made("circle", { cx: x1, cy: y1, r: 9 }));
  }

  #drawLabels() {
    /** @type {{ x: number, y: number, half: number }[]} */
    const taken = [];
    const [middle, centre] = this.looking.middle();
    const names = [];
    for (const { text, at } of this.labels) {
      const [x, y] = this.looking.toScreen(at);
      const half = Math.min((text.length * LETTER) / 2 + 4, middle - 4);
      if (x < 0 || y < 0 || x > 2 * middle || y > 2 * centre) continue;
      const within = Math.min(Math.max(x, half), 2 * middle - half);
      const free = TRIES.map((step) => y + step).find((down) =>
        taken.every((one) => Math.abs(one.y - down) >= LINE || Math.abs(one.x - within) >= one.half + half),
      );
      if (free === undefined) continue;
      taken.push({ x: within, y: free, half });
      const name = made("text", { x: Math.round(within), y: Math.round(free) });
      name.textContent = text;
      names.push(name);
    }
    this.names.replaceChildren(...names);
  }
}
