/** The program for stored values: each is looked up in the table of greys, which holds all that the standard says of it. */

import { PALETTE_UNIT, linked } from "./program";

const VERTEX = `#version 300 es
uniform mat3 u_matrix;   // image pixels to clip space
uniform vec2 u_image;    // columns and rows of the image
in vec2 a_corner;
out vec2 v_at;           // image pixels
void main() {
  v_at = a_corner * u_image;
  gl_Position = vec4((u_matrix * vec3(v_at, 1.0)).xy, 0.0, 1.0);
}`;

// Where one device pixel shows one of the image, that value is looked up and nothing else. Elsewhere values are averaged
// before they are looked up, as the server does: over as much of the image as a device pixel covers, and no less than
// one pixel's width, which is linear interpolation.
const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform usampler2D u_values;  // greys: 16 bits each
uniform usampler2D u_table;   // 256 x 256: the grey of each
uniform sampler2D u_colours;  // instead of greys
uniform sampler2D u_palette;  // 256 x 1: the colour of each grey
uniform usampler2D u_overlay;
uniform ivec2 u_size;         // of the texture
uniform vec2 u_scale;         // texels for an image pixel: factor, and what is added
uniform vec2 u_half;          // half of what a device pixel covers, in texels
uniform vec2 u_padding;       // stored values from x to y are none; none is where x > y
uniform bool u_nearest;
uniform bool u_signed;
uniform bool u_coloured;
uniform bool u_inverted;      // of colours: that of greys is in the table
uniform bool u_mapped;
uniform bool u_overlaid;
uniform vec3 u_lens;          // x, y, radius in device pixels from the bottom left; radius 0: none
in vec2 v_at;
out vec4 o_colour;

ivec2 inside(ivec2 place) { return clamp(place, ivec2(0), u_size - 1); }

float valueAt(ivec2 place) {
  uint raw = texelFetch(u_values, place, 0).r;
  return float(raw) - (u_signed && raw > 32767u ? 65536.0 : 0.0);
}

bool isPadding(float value) { return value >= u_padding.x && value <= u_padding.y; }

float greyOf(int value) {
  int place = value & 65535;
  return float(texelFetch(u_table, ivec2(place & 255, place >> 8), 0).r);
}

float greyBetween(float value) {
  float below = floor(value);
  return mix(greyOf(int(below)), greyOf(int(below) + 1), value - below);
}

// The greys of magnified images: as below for a width of one pixel, without its loops, which cost half as much again.
float between(vec2 at) {
  vec2 from = floor(at - 0.5);
  vec2 far = at - 0.5 - from;
  ivec2 low = inside(ivec2(from));
  ivec2 high = inside(ivec2(from) + 1);
  uvec4 raw = uvec4(
    texelFetch(u_values, low, 0).r,
    texelFetch(u_values, ivec2(high.x, low.y), 0).r,
    texelFetch(u_values, ivec2(low.x, high.y), 0).r,
    texelFetch(u_values, high, 0).r
  );
  vec4 values = vec4(raw) - (u_signed ? 65536.0 : 0.0) * vec4(greaterThan(raw, uvec4(32767u)));
  vec4 weights = vec4(1.0 - far.x, far.x, 1.0 - far.x, far.x) * vec4(vec2(1.0 - far.y), vec2(far.y));
  weights *= 1.0 - vec4(greaterThanEqual(values, u_padding.xxxx)) * vec4(lessThanEqual(values, u_padding.yyyy));
  return greyBetween(dot(values, weights) / (weights.x + weights.y + weights.z + weights.w)) / 255.0;
}

vec3 shown(vec2 at) {
  ivec2 centre = inside(ivec2(floor(at)));
  if (u_nearest && u_coloured) return texelFetch(u_colours, centre, 0).rgb;
  if (u_nearest) return vec3(greyOf(int(valueAt(centre))) / 255.0);
  if (!u_coloured && isPadding(valueAt(centre))) return vec3(0.0);
  if (!u_coloured && u_half == vec2(0.5)) return vec3(between(at));
  vec2 low = at - u_half;
  vec2 high = at + u_half;
  vec3 colour = vec3(0.0);
  float sum = 0.0;
  float weight = 0.0;
  ivec2 last = ivec2(ceil(high)) - 1;
  for (int y = int(floor(low.y)); y <= last.y; y += 1) {
    float tall = min(high.y, float(y) + 1.0) - max(low.y, float(y));
    for (int x = int(floor(low.x)); x <= last.x; x += 1) {
      float share = tall * (min(high.x, float(x) + 1.0) - max(low.x, float(x)));
      ivec2 place = inside(ivec2(x, y));
      if (u_coloured) {
        colour += share * texelFetch(u_colours, place, 0).rgb;
        weight += share;
        continue;
      }
      float value = valueAt(place);
      if (isPadding(value)) continue;
      sum += share * value;
      weight += share;
    }
  }
  if (u_coloured) return colour / weight;
  return vec3(weight > 0.0 ? greyBetween(sum / weight) / 255.0 : 0.0);
}

bool isOverlaid(vec2 at) {
  // Made smaller, no line of an overlay is lost.
  vec2 reach = max(vec2(0.0), u_half - 0.5);
  ivec2 last = ivec2(floor(at + reach));
  for (int y = int(floor(at.y - reach.y)); y <= last.y; y += 1) {
    for (int x = int(floor(at.x - reach.x)); x <= last.x; x += 1) {
      if (texelFetch(u_overlay, inside(ivec2(x, y)), 0).r != 0u) return true;
    }
  }
  return false;
}

void main() {
  if (u_lens.z > 0.0 && distance(gl_FragCoord.xy, u_lens.xy) > u_lens.z) discard;
  vec2 at = v_at * u_scale.x + u_scale.y;
  vec3 colour = shown(at);
  if (u_coloured && u_inverted) colour = 1.0 - colour;
  if (u_mapped) colour = texelFetch(u_palette, ivec2(int(colour.r * 255.0 + 0.5), 0), 0).rgb;
  if (u_overlaid && isOverlaid(at)) colour = vec3(1.0);
  o_colour = vec4(colour, 1.0);
}`;

const UNIFORMS = [
  "u_matrix",
  "u_image",
  "u_values",
  "u_table",
  "u_colours",
  "u_palette",
  "u_overlay",
  "u_size",
  "u_scale",
  "u_half",
  "u_padding",
  "u_nearest",
  "u_signed",
  "u_coloured",
  "u_inverted",
  "u_mapped",
  "u_overlaid",
  "u_lens",
] as const;
type UniformName = (typeof UNIFORMS)[number];

/** Texture units; 0 is that of tiles. Two kinds of samplers may not share one. */
export const UNIT = { values: 1, table: 2, colours: 3, palette: PALETTE_UNIT, overlay: 5 } as const;

export interface ValueProgram {
  readonly program: WebGLProgram;
  readonly place: Readonly<Record<UniformName, WebGLUniformLocation | null>>;
}

export function beginValueProgram(gl: WebGL2RenderingContext): WebGLProgram | null {
  return linked(gl, VERTEX, FRAGMENT);
}

/** Null where the context is lost, or cannot do it. */
export function endValueProgram(gl: WebGL2RenderingContext, program: WebGLProgram | null): ValueProgram | null {
  if (program === null || gl.getProgramParameter(program, gl.LINK_STATUS) !== true) return null;
  const place = Object.fromEntries(UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)])) as ValueProgram["place"];
  gl.useProgram(program);
  gl.uniform1i(place.u_values, UNIT.values);
  gl.uniform1i(place.u_table, UNIT.table);
  gl.uniform1i(place.u_colours, UNIT.colours);
  gl.uniform1i(place.u_palette, UNIT.palette);
  gl.uniform1i(place.u_overlay, UNIT.overlay);
  return { program, place };
}
