/** Regions that are to be black in what is exported: drawn, moved, sized, taken back. In pixels of the image; pure. */
import type { ExportEdit } from "../../../protocol/later";

export interface Size {
  rows: number;
  columns: number;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Region extends Box, Size {
  id: number;
  series: string;
  /** Of one image; "" of all images of the series that have this size. */
  instance: string;
}

export interface Marks {
  regions: readonly Region[];
  /** How they were before, the newest last. */
  past: readonly (readonly Region[])[];
}

/** What an image must have for a region to be in it. */
export interface Marked extends Size {
  series: string;
  uid: string;
}

export const NO_MARKS: Marks = { regions: [], past: [] };
/** The server takes so many for an image or a size of a series. */
export const MOST_REGIONS = 50;
const MOST_UNDONE = 100;
const SMALLEST_PX = 2;

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value));

/** Between two corners, in whole pixels, within the image; null where it would be too small to be meant. */
export function boxBetween(one: { x: number; y: number }, other: { x: number; y: number }, { rows, columns }: Size): Box | null {
  const x = Math.floor(clamp(Math.min(one.x, other.x), 0, columns));
  const y = Math.floor(clamp(Math.min(one.y, other.y), 0, rows));
  const width = Math.ceil(clamp(Math.max(one.x, other.x), 0, columns)) - x;
  const height = Math.ceil(clamp(Math.max(one.y, other.y), 0, rows)) - y;
  return width < SMALLEST_PX || height < SMALLEST_PX ? null : { x, y, width, height };
}

/** Moved, and kept within the image. */
export function moved<B extends Box>(box: B, dx: number, dy: number, { rows, columns }: Size): B {
  return { ...box, x: clamp(Math.round(box.x + dx), 0, columns - box.width), y: clamp(Math.round(box.y + dy), 0, rows - box.height) };
}

/** Wider and higher by this, its upper left corner where it is. */
export function sized<B extends Box>(box: B, dw: number, dh: number, { rows, columns }: Size): B {
  return {
    ...box,
    width: clamp(Math.round(box.width + dw), Math.min(SMALLEST_PX, columns), columns - box.x),
    height: clamp(Math.round(box.height + dh), Math.min(SMALLEST_PX, rows), rows - box.y),
  };
}

/** In the middle, as a beginning for the keyboard. */
export const boxInTheMiddle = ({ rows, columns }: Size): Box => ({
  x: Math.floor(columns * 0.3),
  y: Math.floor(rows * 0.4),
  width: Math.max(SMALLEST_PX, Math.floor(columns * 0.4)),
  height: Math.max(SMALLEST_PX, Math.floor(rows * 0.2)),
});

const followedBy = (marks: Marks, regions: readonly Region[]): Marks => ({ regions, past: [...marks.past.slice(1 - MOST_UNDONE), marks.regions] });

export function added(marks: Marks, region: Omit<Region, "id">): Marks {
  const id = Math.max(0, ...marks.regions.map((each) => each.id), ...marks.past.flat().map((each) => each.id)) + 1;
  return followedBy(marks, [...marks.regions, { ...region, id }]);
}

/** The region of this number lies there now; nothing to undo where it lay there before. */
export function changed(marks: Marks, id: number, { x, y, width, height }: Box): Marks {
  const before = marks.regions.find((each) => each.id === id);
  if (before === undefined || (before.x === x && before.y === y && before.width === width && before.height === height)) return marks;
  return followedBy(
    marks,
    marks.regions.map((each) => (each.id === id ? { ...each, x, y, width, height } : each)),
  );
}

export const removed = (marks: Marks, id: number): Marks =>
  followedBy(
    marks,
    marks.regions.filter((each) => each.id !== id),
  );

export function undone(marks: Marks): Marks {
  const regions = marks.past.at(-1);
  return regions === undefined ? marks : { regions, past: marks.past.slice(0, -1) };
}

const holdsFor = (region: Region, image: Marked): boolean =>
  region.series === image.series && (region.instance === "" || region.instance === image.uid) && region.rows === image.rows && region.columns === image.columns;

/** Those that will be black in this image. */
export const regionsIn = (marks: Marks, image: Marked): Region[] => marks.regions.filter((region) => holdsFor(region, image));

const group = ({ series, instance, rows, columns }: Region): string => [series, instance, rows, columns].join(" ");

/** Whether the server would take no more where this one is. */
export const isFull = (marks: Marks, region: Omit<Region, "id">): boolean =>
  marks.regions.filter((each) => group(each) === group({ ...region, id: 0 })).length >= MOST_REGIONS;

/** As the server is told: those of the same images together. */
export function editsOf(marks: Marks): ExportEdit[] {
  const edits = new Map<string, ExportEdit>();
  for (const region of marks.regions) {
    const { series, instance, rows, columns, x, y, width, height } = region;
    const edit = edits.get(group(region)) ?? { series, instance, rows, columns, regions: [] };
    edit.regions.push([x, y, width, height]);
    edits.set(group(region), edit);
  }
  return [...edits.values()];
}
