/** One picture on one canvas: a stack of frames, a view of it, a window, and all that brings and draws its pixels. */

import { FrameLoop, type Ticker } from "./frameLoop";
import { UpgradingPainter } from "./gl/upgradingPainter";
import type { Frame, GreyWindow, Point, Size, Stack } from "./model";
import { type Level, type LensPlace, isComplete, lensFor } from "./scene";
import { type CinePace, CineRun } from "./stack/cine";
import { player } from "./stack/player";
import { STANDS_AFTER_MS, Travel } from "./stack/travel";
import { StageFrames, nearestIndex, wantsThisAlone } from "./stageFrames";
import { StageLook, tableIn, windowIn } from "./stageLook";
import { NOTHING, StagePicture } from "./stagePicture";
import { type StageParts, sharesOf } from "./stageState";
import { StageValues } from "./stageValues";
import { inTask, whenIdle } from "./tasks";
import { LOAD } from "./tiles/frameShelf";
import { type Tile, decodePicture } from "./tiles/tile";
import { TileManager } from "./tiles/tileManager";
import { type CineGaze, rungFor } from "./tiles/wants";
import type { ColourMap } from "./values/colourMapNames";
import { type Box, type View, UNTURNED, fit, fitScale, visiblePart, zoomOf } from "./view/transform";

const EMPTY: Stack = { id: "", frames: [] };

export class Stage {
  /** Of the slice on screen. */
  readonly values: StageValues;
  #painter: UpgradingPainter;
  #parts: StageParts;
  #tiles: TileManager;
  #frames: StageFrames;
  #loop: FrameLoop;
  #travel = new Travel();
  #stack = EMPTY;
  #index = 0;
  #view = UNTURNED;
  #viewport: Size = { width: 0, height: 0 };
  #ratio = 1;
  #look = new StageLook();
  #picture: StagePicture;
  #lensAt: Point | null = null;
  #stopCine: (() => void) | null = null;
  #cine: CineGaze | null = null;
  #standTimer: ReturnType<typeof setTimeout> | undefined;
  /** The frame that is drawn. */
  #shown: Frame | undefined;

  constructor(parts: StageParts) {
    this.#parts = parts;
    this.#loop = new FrameLoop((nowMs) => {
      this.#draw(nowMs);
    });
    const redraw = (): void => {
      this.#loop.invalidate();
    };
    const painter = UpgradingPainter.create(parts.canvas, {
      ...sharesOf(parts.budgetBytes),
      redraw,
      onReady: () => {
        this.#onValues(this.frame ?? null);
      },
      onPlain: () => {
        this.#frames.stop();
      },
    });
    if (painter === null) throw new Error("This browser draws on no canvas.");
    this.#painter = painter;
    const frames = new StageFrames({
      open: parts.frames,
      painter,
      onChange: (frame) => {
        this.#onValues(frame);
      },
      wake: (afterMs) => {
        inTask(redraw, afterMs);
      },
    });
    this.#frames = frames;
    this.values = new StageValues(frames, () => this.frame);
    this.#tiles = new TileManager({
      load: parts.load,
      decode: parts.decode ?? decodePicture,
      budgetBytes: sharesOf(parts.budgetBytes).tileBytes,
      onChange: (frame) => {
        if (frame === null || this.#isSeen(frame) || this.#tiles.isSettled) this.#loop.invalidate();
        parts.onLoad();
      },
      frames: { isExact: (frame) => frames.isExact(frame), isComing: (frame) => frames.isComing(frame) },
      onGone: (tile: Tile) => {
        painter.forget(tile);
      },
      now: () => performance.now(),
      later: inTask,
      whenIdle,
    });
    this.#picture = new StagePicture(this.#tiles, frames, this.#look);
  }

  get stack(): Stack {
    return this.#stack;
  }

  get index(): number {
    return this.#index;
  }

  get view(): View {
    return this.#view;
  }

  get viewport(): Size {
    return this.#viewport;
  }

  get ratio(): number {
    return this.#ratio;
  }

  get frame(): Frame | undefined {
    return this.#stack.frames[this.#index];
  }

  /** The window on screen: the chosen one, or the file's own as far as it is known. */
  get window(): GreyWindow | null {
    return windowIn(this.#picture.lookOf(this.#shown ?? this.frame));
  }

  get isPlaying(): boolean {
    return this.#stopCine !== null;
  }

  show(stack: Stack, index: number): void {
    this.pause();
    this.#stack = stack;
    this.#index = limitIndex(index, stack);
    this.#shown = undefined;
    this.#look.reset();
    this.#lensAt = null;
    this.#travel.reset();
    this.#view = this.#fitted(UNTURNED);
    this.#loop.invalidate();
    this.#parts.onLoad();
  }

  goTo(index: number): void {
    const next = limitIndex(index, this.#stack);
    if (next === this.#index) return;
    const before = this.frame;
    const slices = next - this.#index;
    this.#index = next;
    this.#travel.step(slices, performance.now());
    this.#adaptView(before, this.frame);
    clearTimeout(this.#standTimer);
    // Once the reader stands, the full level of where they stand is wanted.
    this.#standTimer = setTimeout(() => {
      this.#loop.invalidate();
    }, STANDS_AFTER_MS + 10);
    this.#loop.invalidate();
  }

  setView(change: (view: View) => View): void {
    const frame = this.frame;
    if (frame === undefined) return;
    const changed = change(this.#view);
    this.#view = changed.fitted ? this.#fitted(changed) : changed;
    this.#loop.invalidate();
  }

  /** `isMoving`: more will follow at once; requests are thinned out and the shader shows the rest. */
  setWindow(window: GreyWindow | null, isMoving = false): void {
    this.#look.setWindow(window, isMoving);
    this.#loop.invalidate();
  }

  setColourMap(map: ColourMap): void {
    this.#look.map = map;
    this.#loop.invalidate();
  }

  setInverted(inverted: boolean): void {
    this.#look.inverted = inverted;
    this.#loop.invalidate();
  }

  setLens(at: Point | null): void {
    this.#lensAt = at;
    this.#loop.invalidate();
  }

  /** CSS pixels, and device pixels for each of them. */
  resize(viewport: Size, ratio: number): void {
    this.#viewport = viewport;
    this.#ratio = ratio;
    this.#painter.resize(
      Math.max(1, Math.round(viewport.width * ratio)),
      Math.max(1, Math.round(viewport.height * ratio)),
    );
    if (this.#view.fitted) this.#view = this.#fitted(this.#view);
    // Setting a canvas's size clears it: without drawing at once the picture would flash.
    this.#draw(performance.now());
  }

  /** Tiles and their textures may take this much from now on. */
  setBudget(bytes: number): void {
    this.#tiles.setBudget(sharesOf(bytes).tileBytes);
    this.#painter.setTextureBudget(sharesOf(bytes).textureBytes);
  }

  animate(ticker: Ticker): () => void {
    return this.#loop.animate(ticker);
  }

  play(pace: CinePace): void {
    this.pause();
    if (this.#stack.frames.length < 2) return;
    const run = new CineRun(this.#stack.frames.length, this.#index, pace);
    const note = (): void => {
      this.#cine = { ...run.place, bounces: pace.bounces };
    };
    const goTo = (index: number): void => {
      this.goTo(index);
      note();
    };
    note();
    this.#stopCine = this.#loop.animate(player(run, { isHere: (index) => this.#isHere(index), goTo }));
    this.#loop.invalidate();
  }

  pause(): void {
    this.#stopCine?.();
    this.#stopCine = null;
    this.#cine = null;
    this.#loop.invalidate();
  }

  /** How far each frame of the stack is here: LOAD of tiles/frameShelf, one number a frame. */
  loads(): Uint8Array {
    return Uint8Array.from(this.#stack.frames, (frame) => this.#loadOf(frame));
  }

  retry(): void {
    this.#tiles.retry();
    this.#frames.retry();
  }

  close(): void {
    clearTimeout(this.#standTimer);
    this.#loop.stop();
    this.#tiles.close();
    this.#frames.close();
    this.#painter.close();
  }

  #loadOf(frame: Frame): number {
    if (this.#frames.isExact(frame)) return LOAD.exact;
    return this.#tiles.loadOf(frame, rungFor(frame, zoomOf(this.#view, this.#ratio)));
  }

  #onValues(frame: Frame | null): void {
    if (frame !== null && this.#frames.isExact(frame)) this.#tiles.drop(frame);
    this.#tiles.reckonAnew();
    if (frame === null || (this.#painter.drawsValues && this.#isSeen(frame))) this.#loop.invalidate();
    else this.#ask(performance.now());
    this.#parts.onLoad();
  }

  /** What came for a frame that is not on screen changes nothing there, unless it stands in for what is missing. */
  #isSeen(frame: Frame): boolean {
    const now = this.frame;
    return now === undefined || frame === now || !this.#picture.canDraw(now);
  }

  #isHere(index: number): boolean {
    const frame = this.#stack.frames[index];
    return frame !== undefined && this.#loadOf(frame) >= LOAD.full;
  }

  #fitted(view: View): View {
    const frame = this.frame;
    return frame === undefined ? view : (this.#parts.fit ?? fit)(view, frame.format, this.#viewport);
  }

  /** Frames of one stack may differ in size: the picture keeps its size on the screen. */
  #adaptView(before: Frame | undefined, after: Frame | undefined): void {
    if (before === undefined || after === undefined || before.format === after.format) return;
    const was = fitScale(before.format, this.#viewport, this.#view.turns);
    const is = fitScale(after.format, this.#viewport, this.#view.turns);
    this.#view = this.#view.fitted ? this.#fitted(this.#view) : { ...this.#view, scale: (this.#view.scale / was) * is };
  }

  #draw(nowMs: number): void {
    const frame = this.frame;
    if (frame === undefined || this.#viewport.width === 0) {
      this.#painter.draw(NOTHING);
      return;
    }
    const complete = this.#goOn(frame);
    this.#look.ask(complete);
    const lens = this.#lens(frame);
    const shownIndex = this.#shownIndex(frame);
    this.#shown = shownIndex === null ? undefined : this.#stack.frames[shownIndex];
    const scene = this.#picture.scene(this.#shown, { view: this.#view, viewport: this.#viewport, ratio: this.#ratio }, lens);
    const isOnScreen = this.#painter.draw(scene);
    this.#ask(nowMs);
    if (!isOnScreen) return; // nothing is told before it is seen
    const isBest = complete && !this.#look.isMoving;
    this.#tell(shownIndex, shownIndex === this.#index ? this.#picture.levelOf(frame, zoomOf(this.#view, this.#ratio), isBest) : "loading", lens);
  }

  /** Begins what waits for a picture. Whether all of it is here that this screen can show. */
  #goOn(frame: Frame): boolean {
    const part = visiblePart(this.#view, frame.format, this.#viewport);
    const complete = this.#frames.isExact(frame) || this.#isComplete(frame, part);
    if (complete) this.#painter.allowUpgrade();
    if (complete || this.#picture.canDraw(frame)) this.#frames.begin();
    return complete;
  }

  /** Tells what is looked at to those who bring tiles and values. */
  #ask(nowMs: number): void {
    const frame = this.frame;
    if (frame === undefined || this.#viewport.width === 0) return;
    const zoom = zoomOf(this.#view, this.#ratio);
    const seen = {
      stack: this.#stack,
      index: this.#index,
      direction: this.#travel.direction(nowMs),
      // A cine waits for full levels; it is not a reader passing by.
      speed: this.isPlaying ? 0 : this.#travel.speed(nowMs),
      zoom,
    };
    const streaming = this.isPlaying ? "none" : this.#frames.streaming(frame, seen.speed, nowMs);
    this.#tiles.update({
      ...seen,
      part: visiblePart(this.#view, frame.format, this.#viewport),
      lens: this.#lens(frame),
      window: this.#look.askedWindow,
      isWindowing: this.#look.isMoving,
      cine: this.#cine,
      streaming,
    });
    const alone = wantsThisAlone(seen.direction, streaming, this.#tiles.isSettled);
    // A cine passes by faster than values come.
    this.#frames.look(this.isPlaying ? null : { ...seen, alone });
  }

  #isComplete(frame: Frame, part: Box | null): boolean {
    const target = rungFor(frame, zoomOf(this.#view, this.#ratio));
    if (target === null || part === null) return false;
    return isComplete(frame, this.#tiles.tilesOf(frame), target, part, this.#look.askedWindow);
  }

  #lens(frame: Frame): LensPlace | null {
    if (this.#lensAt === null) return null;
    return lensFor(this.#lensAt, this.#view, frame, this.#viewport, this.#ratio);
  }

  /** The slice to draw: this one, or the nearest that is here; none where this one cannot be shown at all. */
  #shownIndex(frame: Frame): number | null {
    const cannot = this.#tiles.troubleOf(frame)?.permanent === true;
    return cannot ? null : nearestIndex(this.#stack, this.#index, (other) => this.#picture.canDraw(other));
  }

  #tell(shownIndex: number | null, level: Level, lens: LensPlace | null): void {
    const { frame } = this;
    const look = this.#picture.lookOf(this.#shown);
    this.#parts.onState({
      index: this.#index,
      shownIndex,
      level,
      view: this.#view,
      zoom: zoomOf(this.#view, this.#ratio),
      window: windowIn(look),
      table: tableIn(look),
      isOwnWindow: this.#look.window === null,
      inverted: this.#look.inverted,
      colourMap: this.#look.map,
      trouble: frame === undefined ? null : this.#tiles.troubleOf(frame),
      lensCentre: lens?.centre ?? null,
      isPlaying: this.isPlaying,
    });
  }
}

function limitIndex(index: number, stack: Stack): number {
  return Math.max(0, Math.min(stack.frames.length - 1, Math.round(index)));
}
