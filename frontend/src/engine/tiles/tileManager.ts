/** Brings the tiles that the gaze needs, keeps what came, and says what is at hand. */

import {
  type Frame,
  type LoadedTile,
  type TileLoader,
  TileFailure,
  frameKey,
  windowKey,
} from "../model";
import { FrameShelf } from "./frameShelf";
import type { Rung } from "./ladder";
import { RequestQueue } from "./requestQueue";
import { type Picture, type Tile, addressOf, tileKey } from "./tile";
import { type Gaze, type Known, type Reach, type TileJob, isSameGaze, wantsOf } from "./wants";

export interface TileManagerParts {
  readonly load: TileLoader;
  readonly decode: (image: Blob) => Promise<Picture>;
  readonly budgetBytes: number;
  /** Something came for this frame, or it cannot; null: for any of them. */
  readonly onChange: (frame: Frame | null) => void;
  readonly onGone: (tile: Tile) => void;
  readonly now: () => number;
  readonly later: (action: () => void, ms: number) => () => void;
  readonly whenIdle: (action: () => void) => () => void;
  /** What full frames there are: none where they are left out. */
  readonly frames?: Pick<Known, "isExact" | "isComing">;
}

interface Arrived {
  readonly loaded: LoadedTile;
  readonly picture: Picture;
}

/** Why a frame cannot be shown, or not now. */
export interface FrameTrouble {
  readonly reason: string;
  readonly message: string;
  readonly permanent: boolean;
  readonly requestId: string;
}

/** Tries after which a reader is told of a failure that may pass. */
const SILENT_TRIES = 1;
const QUICK_PREVIEW_BYTES = 256 * 256 * 4;
/** Previews may take this share of the budget; the rest is for what is looked at. */
const PREVIEW_SHARE = 0.5;

export class TileManager {
  #parts: TileManagerParts;
  #shelf: FrameShelf;
  #queue: RequestQueue<TileJob, Arrived>;
  #troubles = new Map<string, FrameTrouble>();
  #reach: Reach;
  #gaze: Gaze | null = null;
  #known: Known;

  constructor(parts: TileManagerParts, reach: Omit<Reach, "preview"> = { ahead: 8, behind: 3 }) {
    this.#parts = parts;
    this.#reach = { ...reach, preview: previewReach(parts.budgetBytes) };
    this.#shelf = new FrameShelf(parts.budgetBytes, parts.onGone);
    const never = (): boolean => false;
    this.#known = { isExact: never, isComing: never, ...parts.frames, held: (key) => this.#shelf.peek(key) };
    this.#queue = new RequestQueue<TileJob, Arrived>({
      run: (job, signal) => this.#load(job, signal),
      onResult: (job, arrived) => {
        this.#keep(job, arrived);
      },
      onFailure: (job, error, attempts) => this.#note(job, error, attempts),
      now: parts.now,
      later: parts.later,
      whenIdle: parts.whenIdle,
    });
  }

  /** For a gaze that did not change nothing is reckoned anew: the queue goes on by itself. */
  update(gaze: Gaze): void {
    if (this.#gaze !== null && isSameGaze(this.#gaze, gaze)) return;
    this.#gaze = gaze;
    this.#reckon(gaze);
  }

  /** What is known of full frames has changed. */
  reckonAnew(): void {
    if (this.#gaze !== null) this.#reckon(this.#gaze);
  }

  /** Whether all that is wanted is here, or cannot be had. */
  get isSettled(): boolean {
    return this.#queue.isIdle;
  }

  #reckon(gaze: Gaze): void {
    this.#queue.want(
      wantsOf(gaze, this.#reach, this.#known).filter(
        ({ job }) => this.#troubles.get(frameKey(job.frame))?.permanent !== true,
      ),
      // Who stands waits for this picture; who scrolls needs the next ones as much.
      gaze.speed === 0 && gaze.cine === null,
    );
  }

  setBudget(bytes: number): void {
    this.#shelf.setBudget(bytes);
    this.#reach = { ...this.#reach, preview: previewReach(bytes) };
    this.reckonAnew();
  }

  tilesOf(frame: Frame): Tile[] {
    return this.#shelf.tilesOf(frame);
  }

  covers(frame: Frame): boolean {
    return this.#shelf.covers(frame);
  }

  coveredStep(frame: Frame): number {
    return this.#shelf.coveredStep(frame);
  }

  loadOf(frame: Frame, wanted: Rung | null): number {
    return this.#shelf.loadOf(frame, wanted);
  }

  /** Its own values are here: its tiles will not be drawn again. */
  drop(frame: Frame): void {
    this.#shelf.drop(frame);
  }

  troubleOf(frame: Frame): FrameTrouble | null {
    return this.#troubles.get(frameKey(frame)) ?? null;
  }

  retry(): void {
    this.#troubles.clear();
    this.#queue.retry();
    this.#gaze = null;
    this.#parts.onChange(null);
  }

  close(): void {
    this.#queue.close();
    this.#shelf.clear();
  }

  async #load(job: TileJob, signal: AbortSignal): Promise<Arrived> {
    const loaded = await this.#parts.load(addressOf(job.frame, job.place, job.window), signal);
    const picture = await this.#parts.decode(loaded.image);
    if (signal.aborted) {
      picture.close();
      throw new DOMException("No longer wanted", "AbortError");
    }
    return { loaded, picture };
  }

  #keep(job: TileJob, { loaded, picture }: Arrived): void {
    this.#troubles.delete(frameKey(job.frame));
    this.#shelf.put(job.frame, {
      key: tileKey(job.frame, job.place),
      place: job.place,
      picture,
      windowKey: windowKey(job.window),
      window: loaded.window ?? job.window,
    });
    // What is looked at is in use, though it need not be drawn again: it must not go to make room.
    const seen = this.#gaze?.stack.frames[this.#gaze.index];
    if (seen !== undefined) this.#shelf.tilesOf(seen);
    this.#parts.onChange(job.frame);
  }

  #note(job: TileJob, error: unknown, attempts: number): { again: boolean; afterMs: number | null } {
    const failure = error instanceof TileFailure ? error : new TileFailure("unknown", String(error), false);
    if (failure.permanent || attempts > SILENT_TRIES) {
      this.#troubles.set(frameKey(job.frame), failure);
      // Of a frame that cannot be had nothing more is asked.
      if (failure.permanent && this.#gaze !== null) this.#reckon(this.#gaze);
      this.#parts.onChange(job.frame);
    }
    return { again: !failure.permanent, afterMs: failure.retryAfterMs };
  }
}

function previewReach(budgetBytes: number): number {
  return Math.floor((budgetBytes * PREVIEW_SHARE) / QUICK_PREVIEW_BYTES / 2);
}
