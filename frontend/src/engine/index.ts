/** The engine: shows stacks of images and answers to hands. It knows no framework and fetches nothing itself. */

import { compiled } from "./decode/compiled";
import type { FrameStore } from "./frames/frameStore";
import type { OpenFramesParts } from "./frames/open";

export { bindGestures, type BoundGestures } from "./gestures/bind";
export type { DragTool, Intent } from "./gestures/types";
export { type Line, crossing } from "./geometry/crossing";
export { type Plane, centreOf, distanceMm, nearestSlice, planeOf, sameWay, toImage, toPatient } from "./geometry/plane";
export type { Vector } from "./geometry/vectors";
export { Hand, type HandOptions } from "./hand";
export {
  type Frame,
  type GreyWindow,
  type ImageFormat,
  type LoadedTile,
  type Point,
  type Size,
  type Stack,
  type TileAddress,
  TileFailure,
  type TileLoader,
  type WindowFunction,
  windowKey,
} from "./model";
export { LENS_RADIUS_PX, type Level } from "./scene";
export { type CinePace, DEFAULT_RATE_HZ, RATES_HZ, limitRate } from "./stack/cine";
export { Stage } from "./stage";
export type { StageValues } from "./stageValues";
export type { StageParts, StageState } from "./stageState";
export type { FrameStore } from "./frames/frameStore";
export type { Probed } from "./frames/heldFrame";
export type { OpenFramesParts } from "./frames/open";
export type { LevelLoader } from "./frames/pulledSource";
export {
  type ArrivedLevel,
  type FrameSink,
  type FrameSource,
  LevelFailure,
  type Look,
  type MakeFrameSource,
  type Refusal,
} from "./frames/source";
export type { FrameStream, VoiTable } from "./frames/stream";
export { COLOUR_MAPS, type ColourMap } from "./values/colourMapNames";
export type { ValueRange } from "./values/range";
export { inTask, whenIdle } from "./tasks";
export { LOAD } from "./tiles/frameShelf";
export { QUICK_PIXELS } from "./stageFrames";
export { decodeSoon } from "./tiles/tile";
export type { FrameTrouble } from "./tiles/tileManager";
export { type EdgeLetters, edgeLetters } from "./view/orientation";
export { type Calibration, type ScaleBar, scaleBar } from "./view/scaleBar";
export {
  type Box,
  type Fit,
  type Pixel,
  type Turns,
  type View,
  apply,
  fit,
  flip,
  imageToScreen,
  oneToOne,
  panBy,
  pixelAt,
  placeOfPixel,
  turn,
  turnedSize,
  visiblePart,
  zoomAbout,
} from "./view/transform";

/** What full frames need begins to come; who opens them finds it there, or on its way. */
export function fetchFrames(): void {
  void compiled();
  import("./frames/open").catch(() => undefined); // who needs it asks again, and hears
}

/** Full frames, the same for all stages that ask while any of them is open. Their code comes with the first. */
export function sharedFrames(parts: () => Promise<OpenFramesParts>): () => Promise<FrameStore> {
  let opened: FrameStore | null = null;
  return async () => {
    const [{ openFrameStore }, given] = await Promise.all([import("./frames/open"), parts()]);
    if (opened === null || opened.isClosed) opened = openFrameStore(given);
    return opened;
  };
}
