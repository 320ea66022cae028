/** What a stage is given, and what it tells. */

import type { FrameStore } from "./frames/frameStore";
import type { VoiTable } from "./frames/stream";
import type { GreyWindow, Point, TileLoader } from "./model";
import type { Level } from "./scene";
import type { FrameTrouble } from "./tiles/tileManager";
import type { Picture } from "./tiles/tile";
import type { ColourMap } from "./values/colourMapNames";
import type { Fit, View } from "./view/transform";

/** What a reader must be told of the picture. */
export interface StageState {
  readonly index: number;
  /** The slice that is drawn: another than `index` while that is not here; null when none is. */
  readonly shownIndex: number | null;
  readonly level: Level;
  readonly view: View;
  /** Device pixels for one image column. */
  readonly zoom: number;
  /** The window of what is drawn; null where it is not known, or where a table is in its place. */
  readonly window: GreyWindow | null;
  /** The VOI LUT in place of a window, where one was chosen or is the file's own. */
  readonly table: VoiTable | null;
  /** No window was chosen: each file's own holds. */
  readonly isOwnWindow: boolean;
  readonly inverted: boolean;
  readonly colourMap: ColourMap;
  readonly trouble: FrameTrouble | null;
  /** CSS pixels; null when there is no magnifier. */
  readonly lensCentre: Point | null;
  readonly isPlaying: boolean;
}

export interface StageParts {
  readonly canvas: HTMLCanvasElement;
  readonly load: TileLoader;
  readonly onState: (state: StageState) => void;
  /** Something came or went: the marks of the scrubber may have changed. */
  readonly onLoad: () => void;
  /** For tiles and their textures. */
  readonly budgetBytes: number;
  /** How a fitted picture lies; all of it in the middle unless this says otherwise. */
  readonly fit?: Fit;
  readonly decode?: (image: Blob) => Promise<Picture>;
  /** Full frames, one store for all stages. It is asked for once, after the first picture. */
  readonly frames?: () => Promise<FrameStore>;
}

/** Textures are of what is drawn and what was a moment ago; tiles in memory reach further. */
const TEXTURE_SHARE = 1 / 3;

export function sharesOf(budgetBytes: number): { readonly tileBytes: number; readonly textureBytes: number } {
  return { tileBytes: budgetBytes * (1 - TEXTURE_SHARE), textureBytes: budgetBytes * TEXTURE_SHARE };
}
