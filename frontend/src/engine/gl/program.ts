/** The one program: a textured quad, re-windowed and inverted. */

const VERTEX = `#version 300 es
uniform mat3 u_matrix;   // image pixels to clip space
uniform vec4 u_box;      // x0, y0, x1, y1 in image pixels
uniform vec2 u_reach;    // how much of the texture the box takes
in vec2 a_corner;
out vec2 v_place;
void main() {
  v_place = a_corner * u_reach;
  vec3 at = u_matrix * vec3(mix(u_box.xy, u_box.zw, a_corner), 1.0);
  gl_Position = vec4(at.xy, 0.0, 1.0);
}`;

// The re-window is that of gl/rewindow.ts, which tests check: the two must stay the same.
const FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D u_tile;
uniform vec2 u_ramp;     // gain, offset
uniform bvec2 u_sigmoid; // from, to
uniform bool u_inverted;
uniform sampler2D u_palette; // 256 x 1: the colour of each grey
uniform bool u_mapped;
uniform vec3 u_lens;     // x, y, radius in device pixels from the bottom left; radius 0: none
in vec2 v_place;
out vec4 o_colour;
vec3 logit(vec3 grey) {
  vec3 inside = clamp(grey, 0.002, 0.998);
  return 0.5 + log(inside / (1.0 - inside)) / 4.0;
}
void main() {
  if (u_lens.z > 0.0 && distance(gl_FragCoord.xy, u_lens.xy) > u_lens.z) discard;
  vec3 grey = texture(u_tile, v_place).rgb;
  if (u_ramp != vec2(1.0, 0.0) || u_sigmoid.x != u_sigmoid.y) {
    vec3 moved = (u_sigmoid.x ? logit(grey) : grey) * u_ramp.x + u_ramp.y;
    grey = clamp(u_sigmoid.y ? 1.0 / (1.0 + exp(-4.0 * (moved - 0.5))) : moved, 0.0, 1.0);
  }
  grey = u_inverted ? 1.0 - grey : grey;
  o_colour = vec4(u_mapped ? texelFetch(u_palette, ivec2(int(grey.r * 255.0 + 0.5), 0), 0).rgb : grey, 1.0);
}`;

const UNIFORMS = ["u_matrix", "u_box", "u_reach", "u_ramp", "u_sigmoid", "u_inverted", "u_palette", "u_mapped", "u_lens"] as const;
type UniformName = (typeof UNIFORMS)[number];

/** Of the palette, beside the tile's own unit 0. */
export const PALETTE_UNIT = 4;

export interface Program {
  readonly program: WebGLProgram;
  readonly place: Readonly<Record<UniformName, WebGLUniformLocation | null>>;
}

export function beginProgram(gl: WebGL2RenderingContext): WebGLProgram | null {
  return linked(gl, VERTEX, FRAGMENT);
}

/** Only sends what is to be compiled: whoever asks at once how it went waits for it. The corners are attribute 0. */
export function linked(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram | null {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type);
    if (shader === null) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.bindAttribLocation(program, 0, "a_corner");
  gl.linkProgram(program);
  return program;
}

/** Null where the context is lost, or cannot do it. */
export function endProgram(gl: WebGL2RenderingContext, program: WebGLProgram | null): Program | null {
  if (program === null || gl.getProgramParameter(program, gl.LINK_STATUS) !== true) return null;
  gl.useProgram(program);
  const corners = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, corners);
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW);
  gl.enableVertexAttribArray(0);
  gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
  const place = Object.fromEntries(UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)])) as Program["place"];
  gl.uniform1i(place.u_palette, PALETTE_UNIT);
  return { program, place };
}
