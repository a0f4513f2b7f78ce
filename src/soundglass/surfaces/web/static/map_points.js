// @ts-check
// Draws points by the graphics processor, all in one call: where they are, what colour and shape, how true.

const VERTEX = `#version 300 es
in vec2 place;
in float error;
in uint colour;
in uint mark;
uniform vec2 scale;
uniform vec2 shift;
uniform float size;
uniform bool errors;
uniform bool shapes;
uniform uint pass;
uniform sampler2D palette;
flat out vec4 tint;
flat out uint shape;
flat out float width;
void main() {
  bool lit = mark == 1u;
  float wrong = errors ? error : 0.0;
  width = size * sqrt(1.0 + 3.0 * wrong) * (lit ? 1.4 : 1.0);
  gl_PointSize = width;
  gl_Position = vec4(place * scale + shift, 0.0, 1.0);
  if ((pass == 1u) != lit) gl_Position = vec4(2.0, 2.0, 0.0, 1.0);
  vec4 own = texelFetch(palette, ivec2(int(colour), 0), 0);
  float alpha = own.a * (1.0 - 0.8 * wrong) * (mark == 2u ? 0.13 : 1.0);
  tint = vec4(own.rgb * alpha, alpha);
  uint own_shape = uint(texelFetch(palette, ivec2(int(colour), 1), 0).r * 255.0 + 0.5);
  shape = shapes && width > 4.5 ? own_shape : width > 3.5 ? 0u : 1u;
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
flat in vec4 tint;
flat in uint shape;
flat in float width;
out vec4 drawn;
float inside(vec2 p) {
  vec2 a = abs(p);
  if (shape == 0u) return 1.0 - length(p);
  if (shape == 1u) return 0.86 - max(a.x, a.y);
  if (shape == 2u) return 1.0 - a.x - a.y;
  if (shape == 3u) return min(p.y + 0.75, 0.86 - a.x * 1.5 - p.y * 0.87) * 0.7;
  if (shape == 4u) return min(0.75 - p.y, 0.86 - a.x * 1.5 + p.y * 0.87) * 0.7;
  if (shape == 5u) return max(min(0.36 - a.x, 1.0 - a.y), min(0.36 - a.y, 1.0 - a.x));
  if (shape == 6u) return 0.36 - abs(a.x - a.y) * 0.7 - max(0.0, length(p) - 1.0);
  return min(1.0 - length(p), length(p) - 0.5);
}
void main() {
  if (width <= 3.5) { drawn = tint; return; }
  float edge = clamp(inside((gl_PointCoord * 2.0 - 1.0) * vec2(1.0, -1.0)) * width * 0.5 + 0.5, 0.0, 1.0);
  if (edge == 0.0) discard;
  drawn = tint * edge;
}`;

/**
 * How a map is looked at, in pixels of the canvas: x pixels = x * zoom + left, y pixels = top - y * zoom.
 * @typedef {{ zoom: number, left: number, top: number }} View
 */

/**
 * @param {WebGL2RenderingContext} gl
 * @param {number} kind
 * @param {string} source
 */
function compiled(gl, kind, source) {
  const shader = /** @type {WebGLShader} */ (gl.createShader(kind));
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  return shader;
}

/** @param {WebGL2RenderingContext} gl */
function linked(gl) {
  const program = gl.createProgram();
  gl.attachShader(program, compiled(gl, gl.VERTEX_SHADER, VERTEX));
  gl.attachShader(program, compiled(gl, gl.FRAGMENT_SHADER, FRAGMENT));
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null;
}

/**
 * Mixes the order in which points are drawn, always the same way, so that no group hides another.
 * @param {number} n
 */
export function mixed(n) {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  let state = 1;
  for (let i = n - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** Tells whether a graphics processor draws here; software in its place is slower than map_pixels.js. */
function isFast() {
  const gl = document.createElement("canvas").getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  if (!gl) return false;
  const unmasked = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(unmasked ? unmasked.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return !/swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}

/** Points on a canvas. */
export class Points {
  /**
   * Takes a canvas; null where the browser cannot draw on it so, or only slowly.
   * @param {HTMLCanvasElement} canvas
   * @param {boolean} [slow] also where it is slow
   */
  static on(canvas, slow = false) {
    const gl = slow || isFast() ? canvas.getContext("webgl2", { antialias: false, depth: false }) : null;
    const program = gl && linked(gl);
    return gl && program ? new Points(canvas, gl, program) : null;
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {WebGL2RenderingContext} gl
   * @param {WebGLProgram} program
   */
  constructor(canvas, gl, program) {
    this.canvas = canvas;
    this.gl = gl;
    this.n = 0;
    this.anyLit = false;
    this.size = 4;
    this.errors = false;
    this.shapes = false;
    gl.useProgram(program);
    this.at = Object.fromEntries(
      ["scale", "shift", "size", "errors", "shapes", "pass"].map((name) => [name, gl.getUniformLocation(program, name)]),
    );
    this.inputs = Object.fromEntries(
      ["place", "error", "colour", "mark"].map((name) => [name, gl.getAttribLocation(program, name)]),
    );
    this.buffers = { place: gl.createBuffer(), colour: gl.createBuffer(), mark: gl.createBuffer(), order: gl.createBuffer() };
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /**
   * Takes where all points are.
   * @param {Float32Array} points x, y and error of each
   */
  place(points) {
    const { gl, inputs, buffers } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffers.place);
    gl.bufferData(gl.ARRAY_BUFFER, points, gl.STATIC_DRAW);
    gl.vertexAttribPointer(inputs.place, 2, gl.FLOAT, false, 12, 0);
    gl.vertexAttribPointer(inputs.error, 1, gl.FLOAT, false, 12, 8);
    gl.enableVertexAttribArray(inputs.place);
    gl.enableVertexAttribArray(inputs.error);
    if (this.n === points.length / 3) return;
    this.n = points.length / 3;
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, buffers.order);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, mixed(this.n), gl.STATIC_DRAW);
    this.mark(new Uint8Array(this.n));
    this.colour(new Uint8Array(this.n));
  }

  /**
   * Takes which colour of the palette each point has.
   * @param {Uint8Array} colours
   */
  colour(colours) {
    this.#bytes(this.buffers.colour, this.inputs.colour, colours);
  }

  /**
   * Takes which points stand out (1) or stand back (2).
   * @param {Uint8Array} marks
   */
  mark(marks) {
    this.anyLit = marks.includes(1);
    this.#bytes(this.buffers.mark, this.inputs.mark, marks);
  }

  /**
   * Takes the palette.
   * @param {import("./map_palette.js").Palette} palette
   */
  palette({ colours, shapes }) {
    const { gl } = this;
    const both = new Uint8Array(2048);
    both.set(colours);
    shapes.forEach((shape, code) => (both[1024 + 4 * code] = shape));
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 2, 0, gl.RGBA, gl.UNSIGNED_BYTE, both);
  }

  /**
   * Draws all points as they are looked at.
   * @param {View} view
   */
  draw(view) {
    const { gl, canvas, at } = this;
    const { width, height } = canvas;
    gl.viewport(0, 0, width, height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.n) return;
    gl.uniform2f(at.scale, (2 * view.zoom) / width, (2 * view.zoom) / height);
    gl.uniform2f(at.shift, (2 * view.left) / width - 1, 1 - (2 * view.top) / height);
    gl.uniform1f(at.size, this.size);
    gl.uniform1i(at.errors, Number(this.errors));
    gl.uniform1i(at.shapes, Number(this.shapes));
    for (const pass of this.anyLit ? [0, 1] : [0]) {
      gl.uniform1ui(at.pass, pass);
      gl.drawElements(gl.POINTS, this.n, gl.UNSIGNED_INT, 0);
    }
  }

  /**
   * @param {WebGLBuffer} buffer
   * @param {number} input
   * @param {Uint8Array} bytes
   */
  #bytes(buffer, input, bytes) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, bytes, gl.DYNAMIC_DRAW);
    gl.vertexAttribIPointer(input, 1, gl.UNSIGNED_BYTE, 1, 0);
    gl.enableVertexAttribArray(input);
  }
}
