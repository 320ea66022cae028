import { beforeEach, describe, expect, it } from "vitest";
import { Arbiter } from "../../src/engine/gestures/arbiter";
import { Momentum } from "../../src/engine/gestures/momentum";
import { ScrollSteps, pixelsPerSlice } from "../../src/engine/gestures/scrollSteps";
import type { Intent, PointerSample } from "../../src/engine/gestures/types";
import { WheelRecogniser } from "../../src/engine/gestures/wheel";

let arbiter: Arbiter;
let told: Intent[];

beforeEach(() => {
  arbiter = new Arbiter();
  told = [];
});

const sample = (id: number, x: number, y: number, timeMs: number, more: Partial<PointerSample> = {}): PointerSample => ({
  id,
  kind: "touch",
  x,
  y,
  timeMs,
  button: 0,
  space: false,
  ...more,
});
const down = (...args: Parameters<typeof sample>) => told.push(...arbiter.onDown(sample(...args)));
const move = (...args: Parameters<typeof sample>) => told.push(...arbiter.onMove(sample(...args)));
const up = (...args: Parameters<typeof sample>) => told.push(...arbiter.onUp(sample(...args)));
const kinds = () => told.map((intent) => intent.kind).filter((kind) => kind !== "contact");
const sum = (kind: Intent["kind"], key: string) =>
  told
    .filter((intent) => intent.kind === kind)
    .reduce((total, intent) => total + Number((intent as unknown as Record<string, unknown>)[key]), 0);

describe("one finger", () => {
  it("scrolls, without the jump of its first few pixels", () => {
    down(1, 100, 400, 0);
    move(1, 100, 405, 16);
    expect(kinds()).toEqual([]);
    move(1, 100, 412, 32);
    move(1, 100, 432, 48);
    expect(kinds()).toEqual(["scroll"]);
    expect(sum("scroll", "delta")).toBe(20);
  });

  it("flings when it leaves fast, not when it rested", () => {
    down(1, 100, 100, 0);
    for (let step = 1; step <= 8; step += 1) move(1, 100, 100 + step * 20, step * 16);
    up(1, 100, 260, 136);
    expect(told.find((intent) => intent.kind === "fling")).toMatchObject({ velocity: expect.closeTo(1.25, 1) as unknown });
    told = [];
    down(1, 100, 100, 1000);
    move(1, 100, 200, 1016);
    move(1, 100, 300, 1032);
    up(1, 100, 300, 1400);
    expect(kinds()).toEqual(["scroll"]);
  });

  it("moves a mark in aim mode, by as much as it goes", () => {
    arbiter.tool = "aim";
    down(1, 100, 100, 0);
    move(1, 120, 100, 16);
    move(1, 125, 97, 32);
    up(1, 125, 97, 200);
    expect(kinds()).toEqual(["aim"]);
    expect([sum("aim", "deltaX"), sum("aim", "deltaY")]).toEqual([5, -3]);
  });

  it("that only passes is a mouse, and changes nothing", () => {
    move(1, 10, 20, 0, { kind: "mouse" });
    move(2, 10, 20, 0);
    expect(told).toEqual([{ kind: "hover", x: 10, y: 20 }]);
  });

  it("changes the window in window mode, and says when it is done", () => {
    arbiter.tool = "window";
    down(1, 100, 100, 0);
    move(1, 110, 100, 16);
    move(1, 130, 95, 32);
    up(1, 130, 95, 48);
    expect(kinds()).toEqual(["window", "windowEnd"]);
    expect(told[1]).toMatchObject({ deltaX: 20, deltaY: -5 });
  });

  it("taps, and taps twice", () => {
    down(1, 100, 100, 0);
    up(1, 101, 100, 80);
    down(1, 104, 98, 200);
    up(1, 104, 98, 260);
    expect(kinds()).toEqual(["tap", "doubleTap"]);
  });

  it("does not tap twice when the second is late or elsewhere", () => {
    down(1, 100, 100, 0);
    up(1, 100, 100, 80);
    down(1, 100, 100, 700);
    up(1, 100, 100, 760);
    down(1, 200, 100, 800);
    up(1, 200, 100, 860);
    expect(kinds()).toEqual(["tap", "tap", "tap"]);
  });

  it("magnifies when it stays, and follows until it leaves", () => {
    down(1, 100, 100, 0);
    expect(arbiter.deadlineMs).toBe(450);
    told.push(...arbiter.onTime(449));
    expect(kinds()).toEqual([]);
    told.push(...arbiter.onTime(450));
    move(1, 120, 90, 500);
    up(1, 120, 90, 600);
    expect(kinds()).toEqual(["magnify", "magnify", "magnifyEnd"]);
  });

  it("has tapped when it left in time, though a busy page heard of that only later", () => {
    for (const [downMs, upMs] of [
      [0, 40],
      [100, 140],
    ] as const) {
      down(1, 100, 100, downMs);
      told.push(...arbiter.onTime(700));
      up(1, 100, 100, upMs);
    }
    expect(kinds()).toEqual(["magnify", "magnifyEnd", "tap", "magnify", "magnifyEnd", "doubleTap"]);
  });
});

describe("one finger sideways", () => {
  beforeEach(() => {
    arbiter.slides = true;
  });

  it("slides to what lies beside, and says how fast it left", () => {
    down(1, 300, 400, 0);
    move(1, 285, 402, 16);
    for (let step = 1; step <= 5; step += 1) move(1, 285 - step * 20, 402, 16 + step * 16);
    up(1, 185, 402, 100);
    expect(kinds()).toEqual([...Array<string>(5).fill("slide"), "slideEnd"]);
    expect(told.findLast((intent) => intent.kind === "slide")).toMatchObject({ offset: -100 });
    const end = told.find((intent) => intent.kind === "slideEnd");
    expect(end).toMatchObject({ offset: -100 });
    expect(end?.velocity).toBeLessThan(-0.9);
  });

  it("goes on sliding however it turns, and scrolls on when it set out downwards", () => {
    down(1, 300, 400, 0);
    move(1, 288, 400, 16);
    move(1, 288, 460, 32);
    up(1, 288, 460, 400);
    expect(kinds()).toEqual(["slide", "slideEnd"]);
    told = [];
    down(1, 300, 400, 1000);
    move(1, 307, 410, 1016);
    move(1, 360, 412, 1032);
    up(1, 360, 412, 1400);
    expect(kinds()).toEqual(["scroll"]);
  });

  it("is called off by a second finger", () => {
    down(1, 300, 400, 0);
    move(1, 280, 400, 16);
    move(1, 200, 400, 32);
    down(2, 100, 100, 48);
    expect(told.findLast((intent) => intent.kind === "slideEnd")).toEqual({ kind: "slideEnd", offset: 0, velocity: 0 });
  });

  it("scrolls where nothing lies beside", () => {
    arbiter.slides = false;
    down(1, 300, 400, 0);
    move(1, 280, 400, 16);
    move(1, 200, 404, 32);
    expect(kinds()).toEqual(["scroll"]);
  });
});

describe("two fingers", () => {
  it("zoom about their middle and pan with it", () => {
    down(1, 100, 400, 0);
    down(2, 200, 400, 5);
    move(1, 50, 400, 20);
    move(2, 250, 400, 20);
    const factor = told.reduce((product, intent) => (intent.kind === "zoom" ? product * intent.factor : product), 1);
    expect(factor).toBeCloseTo(2);
    expect(sum("pan", "deltaX")).toBeCloseTo(0);
    move(1, 60, 410, 40);
    move(2, 260, 410, 40);
    expect(sum("pan", "deltaX")).toBeCloseTo(10);
    expect(sum("pan", "deltaY")).toBeCloseTo(10);
  });

  it("never scroll when one of them leaves first", () => {
    down(1, 100, 400, 0);
    down(2, 200, 400, 5);
    up(2, 200, 400, 50);
    told = [];
    move(1, 100, 500, 80);
    up(1, 100, 500, 90);
    expect(kinds()).toEqual([]);
  });

  it("end a scroll that one of them began", () => {
    down(1, 100, 100, 0);
    move(1, 100, 120, 16);
    down(2, 200, 200, 30);
    told = [];
    move(1, 100, 140, 40);
    expect(kinds()).toEqual(["pan", "zoom"]);
  });
});

it("three fingers change the window", () => {
  down(1, 100, 100, 0);
  down(2, 150, 100, 2);
  down(3, 200, 100, 4);
  told = [];
  for (const id of [1, 2, 3]) move(id, 50 + id * 50 + 30, 130, 20);
  expect(sum("window", "deltaX")).toBeCloseTo(30);
  expect(sum("window", "deltaY")).toBeCloseTo(30);
  up(1, 0, 0, 30);
  expect(kinds().at(-1)).toBe("windowEnd");
});

it("a pointer that the system took away concludes nothing", () => {
  down(1, 100, 100, 0);
  told.push(...arbiter.onCancel(1));
  expect(told).toEqual([
    { kind: "contact", down: true },
    { kind: "contact", down: false },
  ]);
});

describe("a mouse", () => {
  const mouse = (button: number, space = false) => ({ kind: "mouse", button, space }) as const;

  it.each([
    ["left changes the window", mouse(0), "window"],
    ["left with space pans", mouse(0, true), "pan"],
    ["middle pans", mouse(1), "pan"],
    ["right zooms", mouse(2), "zoom"],
  ])("%s", (_, how, kind) => {
    down(1, 100, 100, 0, how);
    move(1, 105, 90, 16, how);
    expect(kinds()).toEqual([kind]);
  });

  it("clicks twice to fit", () => {
    for (const start of [0, 150]) {
      down(1, 100, 100, start, mouse(0));
      up(1, 100, 100, start + 50, mouse(0));
    }
    expect(kinds().filter((kind) => kind !== "windowEnd")).toEqual(["tap", "doubleTap"]);
  });
});

describe("a wheel", () => {
  const turn = (deltaY: number, timeMs: number, more = {}) =>
    new WheelRecogniser().onWheel({ x: 5, y: 6, deltaX: 0, deltaY, mode: 0, ctrl: false, timeMs, ...more });

  it("goes one slice a notch", () => {
    expect(turn(120, 0)).toEqual([{ kind: "step", slices: 1 }]);
    expect(turn(-3, 0, { mode: 1 })).toEqual([{ kind: "step", slices: -1 }]);
  });

  it("adds up the small steps of a touch pad", () => {
    const wheel = new WheelRecogniser();
    const steps = [10, 10, 10, 10, 10].flatMap((deltaY, index) =>
      wheel.onWheel({ x: 0, y: 0, deltaX: 0, deltaY, mode: 0, ctrl: false, timeMs: index * 16 }),
    );
    expect(steps).toEqual([
      { kind: "step", slices: 1 },
      { kind: "step", slices: 1 },
    ]);
  });

  it("zooms with ctrl, at its place, by no more than a bit", () => {
    const [near] = turn(-10_000, 0, { ctrl: true });
    expect(near).toEqual({ kind: "zoom", factor: 1.35, x: 5, y: 6 });
  });
});

describe("scrolling", () => {
  it("keeps what is left of a slice", () => {
    const steps = new ScrollSteps();
    expect([steps.take(7, 10), steps.take(7, 10), steps.take(-4, 10), steps.take(-20, 10)]).toEqual([0, 1, 0, -2]);
  });

  it("spreads a stack over the surface, within bounds", () => {
    expect(pixelsPerSlice(3, 800)).toBe(36);
    expect(pixelsPerSlice(64, 800)).toBe(10);
    expect(pixelsPerSlice(2000, 800)).toBe(5);
  });

  it("slows after a flick and comes to rest", () => {
    const flick = new Momentum(2, 0);
    const first = flick.advance(100);
    const second = flick.advance(200);
    expect(first).toBeGreaterThan(second);
    flick.advance(5000);
    expect(flick.isOver).toBe(true);
    const whole = new Momentum(2, 0).advance(1e6);
    expect(whole).toBeCloseTo(840);
  });
});
