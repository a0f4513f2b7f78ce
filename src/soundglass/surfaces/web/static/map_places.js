// @ts-check
// Which points lie where: the nearest to a place, those in a rectangle, those within a line drawn around them.

import KDBush from "./vendor/kdbush.js";

/** @typedef {[number, number]} Place */

/** An index of points. */
export class Places {
  /** @param {Float32Array} points x, y and error of each */
  constructor(points) {
    this.points = points;
    const n = points.length / 3;
    this.index = n ? new KDBush(n, 64, Float32Array) : null;
    for (let i = 0; i < n; i++) this.index?.add(points[3 * i], points[3 * i + 1]);
    this.index?.finish();
  }

  /**
   * Where a point lies.
   * @param {number} point
   * @returns {Place}
   */
  at(point) {
    return [this.points[3 * point], this.points[3 * point + 1]];
  }

  /**
   * Finds the point nearest to a place, within a distance; -1 where there is none.
   * @param {Place} place @param {number} distance
   */
  nearest([x, y], distance) {
    let best = -1, least = Infinity;
    for (const point of this.index?.within(x, y, distance) ?? []) {
      const [px, py] = this.at(point);
      const apart = (px - x) ** 2 + (py - y) ** 2;
      if (apart < least) [best, least] = [point, apart];
    }
    return best;
  }

  /**
   * Finds the points in a rectangle.
   * @param {Place} low @param {Place} high
   */
  within(low, high) {
    return this.index?.range(low[0], low[1], high[0], high[1]) ?? [];
  }

  /**
   * Finds the points that a closed line goes around (Shimrat, 1962: an odd number of crossings).
   * @param {Place[]} line
   */
  around(line) {
    const xs = line.map(([x]) => x), ys = line.map(([, y]) => y);
    const near = this.within([Math.min(...xs), Math.min(...ys)], [Math.max(...xs), Math.max(...ys)]);
    return near.filter((point) => inside(this.at(point), line));
  }

  /** Gives the smallest rectangle that holds some points, or all. @param {ArrayLike<number>} [some] */
  bounds(some) {
    const low = [Infinity, Infinity], high = [-Infinity, -Infinity];
    const n = some ? some.length : this.points.length / 3;
    for (let i = 0; i < n; i++) {
      this.at(some ? some[i] : i).forEach((value, axis) => {
        low[axis] = Math.min(low[axis], value);
        high[axis] = Math.max(high[axis], value);
      });
    }
    return { low, high };
  }
}

/** @param {Place} place @param {Place[]} line */
function inside([x, y], line) {
  let within = false;
  line.forEach(([ax, ay], i) => {
    const [bx, by] = line[(i + line.length - 1) % line.length];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  });
  return within;
}
