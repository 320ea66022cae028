/** What one pane of the room shows, and everything that can be done with it. Screens show it, commands do it. */

import { type ReadonlySignal, type Signal, batch, computed, effect, signal } from "@preact/signals";
import {
  type ColourMap,
  type DragTool,
  type GreyWindow,
  Hand,
  type Intent,
  type Pixel,
  type Point,
  type Size,
  Stage,
  type StageState,
  type View,
  bindGestures,
  fit,
  flip,
  oneToOne,
  panBy,
  pixelAt,
  placeOfPixel,
  turn,
  visiblePart,
  zoomAbout,
} from "../../../engine/index";
import { type Digest, type PixelValue } from "../../../protocol/index";
import { CinePlayer } from "./cinePlayer";
import { hasColours } from "./colours";
import { openFrames } from "./frames";
import { reducedMotion, tileBudgetBytes } from "./layout";
import { LooksAtHand } from "./looks";
import { type Preset, presetsOf } from "./presets";
import { frameOf, windowOfSeen } from "./pointing";
import { Probe, pixelValueOf } from "./probe";
import type { Panel, Room } from "./room";
import { isPassing, throughGlass } from "./passing";
import { Sliding } from "./sliding";
import { isSame } from "./sameState";
import { type Item, type Place, type Slice, isCine } from "./stacks";
import { tileLoader } from "./tiles";

/** How an entry of the strip was left, for when the reader comes back to it. */
export interface Left {
  readonly index: number;
  /** null where it hung beside others: alone it lies otherwise. */
  readonly view: View | null;
  readonly window: GreyWindow | null;
  readonly inverted: boolean;
  readonly colours: ColourMap;
}

/** Which pane of which room, and where in which study it begins; nowhere in a pane that waits for a series. */
export interface ReadingParts {
  readonly id: number;
  readonly room: Room;
  readonly digest: Digest;
  readonly items: readonly Item[];
  readonly place: Place | null;
}

/** Names are hidden for teaching from study to study, until they are shown again. */
const namesHidden = signal(false);

export class Reading {
  /** Names its pane among the others of the room. */
  readonly id: number;
  readonly room: Room;
  readonly digest: Digest;
  readonly items: readonly Item[];
  /** null while nothing has been put into the pane. */
  readonly itemIndex: Signal<number | null>;
  readonly state = signal<StageState | null>(null);
  /** Counts up when a tile came or went. */
  readonly loaded = signal(0);
  /** CSS pixels. */
  readonly viewport = signal<Size>({ width: 0, height: 0 });
  readonly cine = new CinePlayer(() => this.#stage, this.state);
  /** The slice that is drawn: values are told of no other. */
  readonly #shown = computed(() => {
    const shown = this.state.value?.shownIndex ?? null;
    return shown === null ? undefined : this.item.value?.slices[shown];
  });
  readonly namesHidden = namesHidden;
  readonly item: ReadonlySignal<Item | undefined>;
  readonly index = computed(() => this.state.value?.index ?? 0);
  readonly slice: ReadonlySignal<Slice | undefined>;
  /** What buttons ask of the picture: signals of their own, so that a scroll redraws no button. */
  readonly isGrey = computed(() => this.slice.value?.format.colour === false);
  readonly hasPicture = computed(() => this.slice.value !== undefined);
  readonly presets: ReadonlySignal<readonly Preset[]>;
  readonly colours = computed(() => this.state.value?.colourMap ?? "grey");
  readonly hasColours = computed(() => hasColours(this.item.value?.series, this.slice.value?.format));
  readonly probe: Probe;
  /** A magnifier goes with the mouse. */
  readonly isGlassOn = signal(false);
  readonly inverted = computed(() => this.state.value?.inverted ?? false);
  readonly sliding = new Sliding(this);
  readonly #isFitted = computed(() => this.state.value?.view.fitted ?? true);
  readonly #firstIndex: number;
  readonly #looks: LooksAtHand;
  #stage: Stage | null = null;

  constructor({ id, room, digest, items, place }: ReadingParts) {
    this.id = id;
    this.room = room;
    this.digest = digest;
    this.items = items;
    this.itemIndex = signal(place?.item ?? null);
    this.#firstIndex = place?.index ?? 0;
    this.item = computed(() => (this.itemIndex.value === null ? undefined : this.items[this.itemIndex.value]));
    this.slice = computed(() => this.item.value?.slices[this.index.value]);
    const frame = computed(() => frameOf(this.#shown.value));
    this.#looks = new LooksAtHand({
      frame,
      stack: computed(() => this.item.value?.id ?? ""),
      isWanted: computed(() => this.panel.value === "window" && this.isGrey.value),
    });
    this.probe = new Probe({
      frame,
      pixelAt: (point) => this.pixelAt(point),
      placeOf: (pixel) => this.placeOf(pixel),
      valueHere: (pixel) => this.#valueHere(pixel),
    });
    this.presets = computed(() => {
      const { value: item } = this.item;
      const { value: slice } = this.slice;
      return item === undefined || slice === undefined ? [] : presetsOf(item.series, slice.format, this.#looks.looks.value);
    });
  }

  // Of the whole room

  get panel(): Room["panel"] {
    return this.room.panel;
  }

  get sheet(): Room["sheet"] {
    return this.room.sheet;
  }

  get hasBegun(): Room["hasBegun"] {
    return this.room.hasBegun;
  }

  togglePanel(panel: Panel): void {
    this.room.togglePanel(panel);
  }

  setPanel(panel: Panel | null): void {
    this.room.panel.value = panel;
  }

  /** Draws on a canvas and listens to a surface until the returned function is called. */
  attach(canvas: HTMLCanvasElement, surface: HTMLElement): () => void {
    const stage = new Stage({
      canvas,
      load: tileLoader(this.digest.opening),
      budgetBytes: tileBudgetBytes() / this.room.panes.peek().length,
      fit: this.room.hung.fitOf(this),
      frames: openFrames,
      onState: (state) => {
        this.#note(state);
      },
      onLoad: () => (this.loaded.value += 1),
    });
    const hand = new Hand(stage, {
      reducedMotion: () => reducedMotion.value,
      onContact: (down) => (this.room.isTouched.value = down),
    });
    const gestures = bindGestures(surface, (intent: Intent) => {
      if (!isPassing(intent)) this.room.activate(this);
      if (this.sliding.onIntent(intent)) return;
      const meant = this.isGlassOn.peek() ? throughGlass(intent) : intent;
      hand.perform(meant);
      this.probe.onIntent(meant);
    });
    // Panes share what there is for tiles.
    const stopSharing = effect(() => stage.setBudget(tileBudgetBytes() / Math.max(1, this.room.shown.value.length)));
    const stopListening = [this.probe.listen(), this.#looks.listen(), stopSharing];
    this.#stage = stage;
    const measure = (): void => {
      this.viewport.value = { width: surface.clientWidth, height: surface.clientHeight };
      stage.resize(this.viewport.value, devicePixelRatio);
    };
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(surface);
    this.#showItem(this.#firstIndex);
    const stopChoosing = effect(() => {
      const tool = this.#tool();
      gestures.setTool(tool);
      // A picture that is larger than its place is moved sideways, and not slid away.
      gestures.setSlides(this.items.length > 1 && (tool === "scroll" || tool === "pan") && this.#isFitted.value);
    });
    const online = (): void => {
      stage.retry();
    };
    addEventListener("online", online);
    return () => {
      removeEventListener("online", online);
      stopChoosing();
      this.sliding.stop();
      for (const stop of stopListening) stop();
      sizes.disconnect();
      gestures.release();
      this.#keepLeft();
      stage.close();
      this.#stage = null;
    };
  }

  /** How far each slice is here, for the scrubber. */
  loads(): Uint8Array {
    return this.#stage?.loads() ?? new Uint8Array();
  }

  // Where

  openItem(place: number): void {
    const item = this.items[place];
    if (item === undefined || item.slices.length === 0 || place === this.itemIndex.value) return;
    this.#keepLeft();
    this.room.hung.leave(this);
    this.itemIndex.value = place;
    this.#showItem(Math.floor(item.slices.length / 2));
  }

  /** The next entry of the strip that can be shown, or the one before. */
  stepItem(by: 1 | -1): void {
    const place = this.neighbour(by);
    if (place !== null) this.openItem(place);
  }

  neighbour(by: 1 | -1): number | null {
    let place = (this.itemIndex.peek() ?? -1) + by;
    while (this.items[place]?.slices.length === 0) place += by;
    return this.items[place] === undefined ? null : place;
  }

  goTo(index: number): void {
    this.#stage?.pause();
    this.#stage?.goTo(index);
  }

  step(slices: number): void {
    this.goTo((this.#stage?.index ?? 0) + slices);
  }

  // Window

  setWindow(window: GreyWindow | null): void {
    this.#stage?.setWindow(window);
  }

  /** The window that suits what is seen of the picture, by its values. */
  async autoWindow(): Promise<void> {
    const [stage, slice] = [this.#stage, this.#shown.peek()];
    if (stage === null || slice === undefined) return;
    const window = await windowOfSeen(slice, visiblePart(stage.view, slice.format, stage.viewport));
    // Without a connection it is by the whole slice, if that is here.
    if (this.#shown.peek() === slice) this.setWindow(window ?? stage.values.autoWindow ?? stage.window);
  }

  invert(): void {
    this.#stage?.setInverted(!this.inverted.value);
  }

  setColours(map: ColourMap): void {
    this.#stage?.setColourMap(map);
  }

  // View

  fitPicture(): void {
    this.#change((view, stage, format) => fit(view, format, stage.viewport));
  }

  showOneToOne(): void {
    this.#change((view, stage, format) => oneToOne(view, format, stage.viewport, stage.ratio));
  }

  zoomBy(factor: number): void {
    this.#change((view, stage, format) => {
      const { width, height } = stage.viewport;
      return zoomAbout(view, format, stage.viewport, stage.ratio, factor, { x: width / 2, y: height / 2 });
    });
  }

  setView(change: (view: View) => View): void {
    this.#change(change);
  }

  turnBy(quarters: number): void {
    this.#change((view) => turn(view, quarters));
  }

  mirror(axis: "horizontal" | "vertical"): void {
    this.#change((view) => flip(view, axis));
  }

  /** As it was when it was first shown; the slice stays. */
  reset(): void {
    const stage = this.#stage;
    if (stage === null) return;
    stage.setWindow(null);
    stage.setInverted(false);
    stage.setColourMap("grey");
    this.#change((view) => ({ ...view, ...this.room.hung.uprightOf(this), fitted: true }));
  }

  /** By a tenth of what is seen, or the mark of the probe by a pixel. */
  nudge(columns: number, rows: number): void {
    if (this.probe.isOn.peek()) this.probe.nudge(columns, rows);
    else this.#change((view, { viewport: { width, height } }, format) => panBy(view, format, (columns * width) / 10, (rows * height) / 10));
  }

  toggleGlass(): void {
    this.isGlassOn.value = !this.isGlassOn.peek();
    if (!this.isGlassOn.peek()) this.#stage?.setLens(null);
  }

  pixelAt(point: Point): Pixel | null {
    const [view, format] = [this.state.peek()?.view, this.#shown.peek()?.format];
    return view === undefined || format === undefined ? null : pixelAt(view, format, this.viewport.peek(), point);
  }

  #valueHere(pixel: Pixel): PixelValue | null {
    const [level, slice] = [this.state.value?.level, this.#shown.value];
    const held = level === "exact" ? this.#stage?.values.at(pixel) : null;
    return held === null || held === undefined || slice === undefined ? null : pixelValueOf(held, slice.format);
  }

  /** Where the middle of a pixel is on the screen; read as a signal. */
  placeOf(pixel: Pixel): Point | null {
    const [view, format] = [this.state.value?.view, this.#shown.value?.format];
    return view === undefined || format === undefined ? null : placeOfPixel(view, format, this.viewport.value, pixel);
  }

  // The rest

  retry(): void {
    this.#stage?.retry();
  }

  #showItem(fallback: number): void {
    const { item, stage } = { item: this.item.value, stage: this.#stage };
    if (item === undefined || stage === null) return;
    const left = this.room.left.get(item.id);
    const index = this.room.linking.placeFor(this) ?? left?.index ?? (isCine(item) ? 0 : fallback);
    batch(() => {
      this.cine.load(item);
      // Nothing of the one before may be printed over this one.
      this.state.value = null;
      stage.show(item.stack, index);
      const view = this.room.hung.has(this) ? null : (left?.view ?? null);
      stage.setView((fitted) => view ?? { ...fitted, ...this.room.hung.uprightOf(this) });
      if (left === undefined) return;
      stage.setWindow(left.window);
      stage.setInverted(left.inverted);
      stage.setColourMap(left.colours);
    });
  }

  #keepLeft(): void {
    const { item, stage } = { item: this.item.value, stage: this.#stage };
    const state = this.state.value;
    if (item === undefined || stage === null || state === null) return;
    const window = state.isOwnWindow ? null : state.window;
    const view = this.room.hung.has(this) ? null : stage.view;
    this.room.left.set(item.id, { index: stage.index, view, window, inverted: state.inverted, colours: state.colourMap });
  }

  #change(change: (view: View, stage: Stage, format: NonNullable<Stage["frame"]>["format"]) => View): void {
    const stage = this.#stage;
    const format = stage?.frame?.format;
    if (stage === null || format === undefined) return;
    stage.setView((view) => change(view, stage, format));
  }

  /** One finger scrolls a stack and moves a single picture; while the windows are open it changes the window. */
  #tool(): DragTool {
    if (this.panel.value === "window" && this.isGrey.value) return "window";
    if (this.probe.isOn.value) return "aim";
    return (this.item.value?.slices.length ?? 0) > 1 ? "scroll" : "pan";
  }

  #note(state: StageState): void {
    this.cine.note(state);
    const before = this.state.peek();
    if (before === null || !isSame(before, state)) this.state.value = state;
    if (state.level === "preview" || state.level === "exact" || state.trouble !== null) this.hasBegun.value = true;
  }
}
