import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Scene } from "../../src/engine/gl/painter";
import { UpgradingPainter } from "../../src/engine/gl/upgradingPainter";
import type { Frame } from "../../src/engine/model";
import { imageFormat } from "./builders";

/** A WebGL2 that tells what it drew, and rests when it is said to. */
const gpu = vi.hoisted(() => ({ did: [] as string[], rests: false, drawsValues: true }));

vi.mock("../../src/engine/gl/webglPainter", () => ({
  WebglPainter: class {
    readonly drawsValues = true;

    static *make(): Generator<void, unknown, void> {
      yield;
      return new this();
    }

    *drawUnseen(scene: Scene): Generator<void, void, void> {
      gpu.did.push(`unseen ${nameOf(scene)}`);
      while (!gpu.rests) yield;
    }

    draw(scene: Scene): void {
      gpu.did.push(`drawn ${nameOf(scene)}`);
    }

    showOver(): void {
      gpu.did.push("shown");
    }

    resize(): void {
      return;
    }
  },
}));

const nameOf = ({ frame, inverted }: Scene): string => `${frame?.instance ?? "nothing"}${inverted ? " inverted" : ""}`;

const frameOf = (instance: string): Frame => ({ instance, frame: 1, format: imageFormat(8, 8) });
const [ONE, OTHER] = [frameOf("one"), frameOf("other")];

function sceneOf(frame: Frame, more: Partial<Scene> = {}): Scene {
  const matrix = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };
  return { frame, matrix, quads: [], values: null, map: "grey", inverted: false, lens: null, ...more };
}

const PLAIN = sceneOf(ONE);
const BETTER = sceneOf(ONE, { map: "pet" });
const redraw = vi.fn();

/** With the plain picture of ONE on screen, and WebGL2 ready. */
async function readyPainter(): Promise<UpgradingPainter> {
  const canvas = document.createElement("canvas");
  const context = new Proxy({}, { get: () => () => undefined, set: () => true });
  vi.spyOn(canvas, "getContext").mockReturnValue(context as never);
  const isReady = vi.fn();
  const painter = UpgradingPainter.create(canvas, { textureBytes: 1, redraw, onReady: isReady, onPlain: vi.fn() });
  if (painter === null) throw new Error("no painter");
  painter.allowUpgrade();
  expect(painter.draw(PLAIN)).toBe(true);
  await vi.waitFor(() => {
    vi.advanceTimersByTime(1000);
    expect(isReady).toHaveBeenCalled();
  });
  return painter;
}

describe("the first drawing with WebGL2", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    gpu.did.length = 0;
    gpu.rests = false;
    redraw.mockClear();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("is shown once the GPU is done with it, and not drawn again for that", async () => {
    const painter = await readyPainter();
    expect(painter.draw(BETTER)).toBe(false);
    vi.advanceTimersByTime(1000);
    expect(painter.draw(BETTER)).toBe(false);
    expect(gpu.did).toEqual(["unseen one"]);
    expect(redraw).not.toHaveBeenCalled();
    gpu.rests = true;
    vi.advanceTimersByTime(1000);
    expect(redraw).toHaveBeenCalledOnce();
    expect(painter.draw(BETTER)).toBe(true);
    expect(gpu.did).toEqual(["unseen one", "shown"]);
  });

  it("waits for nothing where a hand changes it, and what was begun is not drawn over that", async () => {
    const painter = await readyPainter();
    expect(painter.draw(BETTER)).toBe(false);
    expect(painter.draw(sceneOf(ONE, { map: "pet", inverted: true }))).toBe(true);
    gpu.rests = true;
    vi.advanceTimersByTime(1000);
    expect(gpu.did).toEqual(["shown", "drawn one inverted"]);
  });

  it("waits for nothing where another slice is to be seen", async () => {
    const painter = await readyPainter();
    expect(painter.draw(sceneOf(OTHER))).toBe(true);
    expect(gpu.did).toEqual(["shown", "drawn other"]);
  });

  it("waits for nothing where the screen was cleared meanwhile", async () => {
    const painter = await readyPainter();
    expect(painter.draw(BETTER)).toBe(false);
    painter.resize(20, 20);
    expect(painter.draw(BETTER)).toBe(true);
    expect(gpu.did).toEqual(["shown", "drawn one"]);
  });

  it("is drawn at once where the page comes back to the foreground meanwhile", async () => {
    const painter = await readyPainter();
    expect(painter.draw(BETTER)).toBe(false);
    document.dispatchEvent(new Event("visibilitychange"));
    expect(painter.draw(BETTER)).toBe(true);
    expect(gpu.did).toEqual(["shown", "drawn one"]);
  });
});
