/**
 * Where an image lies on the screen. Lengths on the screen are CSS pixels; lengths on the image are its columns
 * (a row counts `aspect` columns, so anisotropic pixels are drawn in true proportion).
 */

import type { ImageFormat, Point, Size } from "../model";

/** Quarter turns clockwise, made after the mirroring. */
export type Turns = 0 | 1 | 2 | 3;

export interface View {
  /** CSS pixels for one image column. */
  readonly scale: number;
  /** Centre of the image from the centre of the viewport, CSS pixels. */
  readonly x: number;
  readonly y: number;
  readonly turns: Turns;
  /** Mirrored left to right. */
  readonly flipped: boolean;
  /** Fitted: follows the viewport when that changes its size. */
  readonly fitted: boolean;
}

export type ImageSize = Pick<ImageFormat, "columns" | "rows" | "aspect">;

/** x' = a x + c y + e; y' = b x + d y + f, as canvas writes it. */
export interface Matrix {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

/** Largest magnification, in device pixels for one image pixel. */
const MOST_DEVICE_PIXELS = 24;
/** How far below the fitted size one may go. */
const LEAST_OF_FIT = 0.5;
const COSINES = [1, 0, -1, 0] as const;
const SINES = [0, 1, 0, -1] as const;

export const UNTURNED: View = { scale: 1, x: 0, y: 0, turns: 0, flipped: false, fitted: true };

/** Width and height of the image on the screen for scale 1, after turning. */
export function turnedSize(image: ImageSize, turns: Turns): Size {
  const height = image.rows * image.aspect;
  return turns % 2 === 0 ? { width: image.columns, height } : { width: height, height: image.columns };
}

export function fitScale(image: ImageSize, viewport: Size, turns: Turns): number {
  const { width, height } = turnedSize(image, turns);
  if (width <= 0 || height <= 0 || viewport.width <= 0 || viewport.height <= 0) return 1;
  return Math.min(viewport.width / width, viewport.height / height);
}

/** How a picture lies in the viewport while it is fitted; `fit` unless it is told otherwise. */
export type Fit = (view: View, image: ImageSize, viewport: Size) => View;

export function fit(view: View, image: ImageSize, viewport: Size): View {
  return { ...view, scale: fitScale(image, viewport, view.turns), x: 0, y: 0, fitted: true };
}

/** One image column on one device pixel, about a point of the viewport (from its top left corner). */
export function oneToOne(view: View, image: ImageSize, viewport: Size, ratio: number, about?: Point): View {
  const target = 1 / ratio;
  return zoomAbout(view, image, viewport, ratio, target / view.scale, about ?? centreOf(viewport));
}

/** Zooms so that what lies under `about` (from the viewport's top left corner) stays there. */
export function zoomAbout(
  view: View,
  image: ImageSize,
  viewport: Size,
  ratio: number,
  factor: number,
  about: Point,
): View {
  const scale = limitScale(view.scale * factor, image, viewport, ratio, view.turns);
  const real = scale / view.scale;
  const centre = centreOf(viewport);
  const fromX = about.x - centre.x;
  const fromY = about.y - centre.y;
  const moved = { x: fromX - (fromX - view.x) * real, y: fromY - (fromY - view.y) * real };
  return keepInReach({ ...view, ...moved, scale, fitted: false }, image);
}

export function panBy(view: View, image: ImageSize, deltaX: number, deltaY: number): View {
  return keepInReach({ ...view, x: view.x + deltaX, y: view.y + deltaY, fitted: false }, image);
}

/** Turns what is on the screen clockwise about the viewport's centre. */
export function turn(view: View, quarters: number): View {
  const by = mod4(quarters);
  const cosine = COSINES[by];
  const sine = SINES[by];
  const x = view.x * cosine - view.y * sine;
  const y = view.x * sine + view.y * cosine;
  return { ...view, x: clean(x), y: clean(y), turns: mod4(view.turns + by) };
}

/** Mirrors what is on the screen left to right, or top to bottom. */
export function flip(view: View, axis: "horizontal" | "vertical"): View {
  // Mirroring after a turn of t is mirroring before a turn of -t; top to bottom is left to right and a half turn.
  const turns = mod4(axis === "horizontal" ? -view.turns : 2 - view.turns);
  const x = axis === "horizontal" ? -view.x : view.x;
  const y = axis === "horizontal" ? view.y : -view.y;
  return { ...view, x: clean(x), y: clean(y), turns, flipped: !view.flipped };
}

/** From image pixels (column, row; 0,0 is the outer corner of the first pixel) to CSS pixels from the viewport's top left. */
export function imageToScreen(view: View, image: ImageSize, viewport: Size): Matrix {
  const mirror = view.flipped ? -1 : 1;
  const cosine = COSINES[view.turns];
  const sine = SINES[view.turns];
  const a = cosine * mirror * view.scale;
  const b = sine * mirror * view.scale;
  const c = -sine * image.aspect * view.scale;
  const d = cosine * image.aspect * view.scale;
  const centre = centreOf(viewport);
  const halfColumns = image.columns / 2;
  const halfRows = image.rows / 2;
  return {
    a: clean(a),
    b: clean(b),
    c: clean(c),
    d: clean(d),
    e: centre.x + view.x - (a * halfColumns + c * halfRows),
    f: centre.y + view.y - (b * halfColumns + d * halfRows),
  };
}

export function apply(matrix: Matrix, point: Point): Point {
  return {
    x: matrix.a * point.x + matrix.c * point.y + matrix.e,
    y: matrix.b * point.x + matrix.d * point.y + matrix.f,
  };
}

export function invert(matrix: Matrix): Matrix {
  const { a, b, c, d, e, f } = matrix;
  const determinant = a * d - b * c;
  return {
    a: d / determinant,
    b: -b / determinant,
    c: -c / determinant,
    d: a / determinant,
    e: (c * f - d * e) / determinant,
    f: (b * e - a * f) / determinant,
  };
}

export function scaled(matrix: Matrix, by: number): Matrix {
  return {
    a: matrix.a * by,
    b: matrix.b * by,
    c: matrix.c * by,
    d: matrix.d * by,
    e: matrix.e * by,
    f: matrix.f * by,
  };
}

/** A pixel of an image; column and row count from 0. */
export interface Pixel {
  readonly column: number;
  readonly row: number;
}

/** The pixel under a point of the viewport (from its top left corner); null beside the image. */
export function pixelAt(view: View, image: ImageSize, viewport: Size, point: Point): Pixel | null {
  const { x, y } = apply(invert(imageToScreen(view, image, viewport)), point);
  const [column, row] = [Math.floor(x), Math.floor(y)];
  return column >= 0 && row >= 0 && column < image.columns && row < image.rows ? { column, row } : null;
}

/** Where the middle of a pixel is on the viewport. */
export function placeOfPixel(view: View, image: ImageSize, viewport: Size, { column, row }: Pixel): Point {
  return apply(imageToScreen(view, image, viewport), { x: column + 0.5, y: row + 0.5 });
}

/** So near to one device pixel for one of the image, it is that. */
const SAME = 1e-6;

/** Where one device pixel shows one of the image, they are made to lie upon each other; else it stays as it is. */
export function onPixels(matrix: Matrix): Matrix {
  const { a, b, c, d, e, f } = matrix;
  const isAt = (value: number, place: number): boolean => Math.abs(Math.abs(value) - place) < SAME;
  const isUpright = isAt(a, 1) && isAt(b, 0) && isAt(c, 0) && isAt(d, 1);
  const isTurned = isAt(a, 0) && isAt(b, 1) && isAt(c, 1) && isAt(d, 0);
  if (!isUpright && !isTurned) return matrix;
  return { a: Math.round(a), b: Math.round(b), c: Math.round(c), d: Math.round(d), e: Math.round(e), f: Math.round(f) };
}

/** The part of the image that the viewport shows, in image pixels, cut to the image; null when none is. */
export function visiblePart(view: View, image: ImageSize, viewport: Size): Box | null {
  const back = invert(imageToScreen(view, image, viewport));
  const one = apply(back, { x: 0, y: 0 });
  const other = apply(back, { x: viewport.width, y: viewport.height });
  return cut(
    {
      x0: Math.min(one.x, other.x),
      y0: Math.min(one.y, other.y),
      x1: Math.max(one.x, other.x),
      y1: Math.max(one.y, other.y),
    },
    image,
  );
}

export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

function cut(box: Box, image: ImageSize): Box | null {
  const inside = {
    x0: Math.max(0, box.x0),
    y0: Math.max(0, box.y0),
    x1: Math.min(image.columns, box.x1),
    y1: Math.min(image.rows, box.y1),
  };
  return inside.x0 < inside.x1 && inside.y0 < inside.y1 ? inside : null;
}

/** Device pixels for one image column: 1 is one to one. */
export function zoomOf(view: View, ratio: number): number {
  return view.scale * ratio;
}

export function limitScale(
  scale: number,
  image: ImageSize,
  viewport: Size,
  ratio: number,
  turns: Turns,
): number {
  const fitted = fitScale(image, viewport, turns);
  const most = Math.max(MOST_DEVICE_PIXELS / ratio, fitted * 4);
  const least = Math.min(fitted * LEAST_OF_FIT, 1 / ratio);
  return Math.min(most, Math.max(least, scale));
}

/** The image may be moved until its edge meets the middle of the viewport, so that it is never lost. */
function keepInReach(view: View, image: ImageSize): View {
  const { width, height } = turnedSize(image, view.turns);
  const reachX = (width * view.scale) / 2;
  const reachY = (height * view.scale) / 2;
  return { ...view, x: between(view.x, -reachX, reachX), y: between(view.y, -reachY, reachY) };
}

function centreOf(size: Size): Point {
  return { x: size.width / 2, y: size.height / 2 };
}

function between(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function mod4(value: number): Turns {
  return (((value % 4) + 4) % 4) as Turns;
}

/** No negative zero. */
function clean(value: number): number {
  return value === 0 ? 0 : value;
}
