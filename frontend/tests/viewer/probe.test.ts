import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import type { Pixel, Point } from "../../src/engine/index";
import type { Answer, FrameAsked, PixelValue } from "../../src/protocol/index";
import { LooksAtHand } from "../../src/app/screens/viewer/looks";
import { Probe } from "../../src/app/screens/viewer/probe";
import { measuredText, pixelText, positionText, valueText } from "../../src/app/screens/viewer/readout";

const VALUE: PixelValue = { column: 0, row: 0, value: -53, unit: "HU", colour: null, isPadding: false, suv: null, positionMm: null };
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** An image of 100 x 50, each pixel two wide on the screen; answers are given by hand. */
function probing() {
  const frame = signal<FrameAsked | null>({ instance: "1.2", frame: 1 });
  const asked: { key: string; answer: (value: number) => void }[] = [];
  const here = signal<PixelValue | null>(null);
  const probe = new Probe({
    frame,
    valueHere: () => here.value,
    pixelAt: ({ x, y }: Point): Pixel | null => {
      const [column, row] = [Math.floor(x / 2), Math.floor(y / 2)];
      return column >= 0 && row >= 0 && column < 100 && row < 50 ? { column, row } : null;
    },
    placeOf: ({ column, row }) => ({ x: column * 2 + 1, y: row * 2 + 1 }),
    fetch: ({ instance }, column, row) =>
      new Promise<Answer<PixelValue>>((resolve) =>
        asked.push({
          key: `${instance}/${column}/${row}`,
          answer: (value) => {
            resolve({ ok: true, value: { ...VALUE, column, row, value } });
          },
        }),
      ),
  });
  return { probe, frame, asked, here, stop: probe.listen() };
}

const told = ({ told: { value } }: Probe): number | string | null => (value.kind === "known" ? value.value.value : value.kind);

describe("the probe", () => {
  it("asks for what is under its mark, once it is on", async () => {
    const { probe, asked } = probing();
    probe.onIntent({ kind: "hover", x: 20, y: 20 });
    expect(asked).toEqual([]);
    probe.turnOn({ x: 100, y: 50 });
    expect(asked.map(({ key }) => key)).toEqual(["1.2/50/25"]);
    expect(told(probe)).toBe("waiting");
    asked[0]?.answer(-53);
    await settled();
    expect(told(probe)).toBe(-53);
  });

  it("never tells a value of another place or another picture", async () => {
    const { probe, frame, asked } = probing();
    probe.turnOn({ x: 0, y: 0 });
    asked[0]?.answer(7);
    await settled();
    probe.onIntent({ kind: "tap", x: 10, y: 10 });
    expect(told(probe)).toBe("waiting");
    asked[1]?.answer(8);
    await settled();
    expect(told(probe)).toBe(8);
    frame.value = { instance: "1.3", frame: 1 };
    expect(told(probe)).toBe("waiting");
    expect(asked.at(-1)?.key).toBe("1.3/5/5");
  });

  it("has one question on its way, and then the latest", async () => {
    const { probe, asked } = probing();
    probe.turnOn({ x: 0, y: 0 });
    for (let x = 2; x <= 40; x += 2) probe.onIntent({ kind: "hover", x, y: 0 });
    expect(asked).toHaveLength(1);
    asked[0]?.answer(1);
    await settled();
    expect(asked.map(({ key }) => key)).toEqual(["1.2/0/0", "1.2/20/0"]);
    expect(told(probe)).toBe("waiting");
  });

  it("is moved by as much as the finger, however far that is from it, and by fractions that add up", () => {
    const { probe } = probing();
    probe.turnOn({ x: 100, y: 50 });
    probe.onIntent({ kind: "contact", down: true });
    for (let step = 0; step < 8; step += 1) probe.onIntent({ kind: "aim", deltaX: 0.75, deltaY: -0.5 });
    expect(probe.at.value).toEqual({ column: 53, row: 23 });
    probe.onIntent({ kind: "aim", deltaX: 9000, deltaY: 0 });
    expect(probe.at.value).toEqual({ column: 53, row: 23 });
  });

  it("is moved by single pixels with the keys, and not beyond the picture", () => {
    const { probe } = probing();
    probe.turnOn({ x: 1, y: 1 });
    probe.nudge(1, 0);
    probe.nudge(0, 1);
    expect(probe.at.value).toEqual({ column: 1, row: 1 });
    probe.nudge(-1, 0);
    probe.nudge(-1, 0);
    expect(probe.at.value).toEqual({ column: 0, row: 1 });
  });

  it("tells at once what is drawn where that is here, and all of it once the server answers", async () => {
    const { probe, asked, here } = probing();
    here.value = { ...VALUE, value: 41 };
    probe.turnOn({ x: 0, y: 0 });
    expect(told(probe)).toBe(41);
    asked[0]?.answer(41);
    await settled();
    expect(told(probe)).toBe(41);
    here.value = null;
    expect(told(probe)).toBe(41);
  });

  it("tells what is under a magnifier while that is held", () => {
    const { probe, asked } = probing();
    probe.onIntent({ kind: "magnify", x: 8, y: 8 });
    expect(probe.isShown.value).toBe(true);
    expect(asked.map(({ key }) => key)).toEqual(["1.2/4/4"]);
    probe.onIntent({ kind: "magnifyEnd" });
    expect([probe.isShown.value, probe.at.value]).toEqual([false, null]);
  });
});

describe("what a pixel holds, in words", () => {
  it.each([
    [{}, "−53 HU"],
    [{ value: 0.3, unit: "US" }, "0.3"],
    [{ value: 5013.4, unit: "BQML", suv: 5.0134 }, "SUV 5.01"],
    [{ value: 2.5, unit: "GML", suv: 2.5 }, "SUV 2.50"],
    [{ value: null, colour: [3, 5, 0] as const, unit: "" }, "R 3  G 5  B 0"],
    [{ value: null, isPadding: true }, "No part of the picture"],
  ])("%j is %s", (more, words) => {
    expect(valueText({ ...VALUE, ...more })).toBe(words);
  });

  it("has its own value beside an uptake", () => {
    expect(measuredText({ ...VALUE, value: 5013.4, unit: "BQML", suv: 5.0134 })).toBe("5013.4 Bq/ml");
    expect([measuredText(VALUE), measuredText({ ...VALUE, unit: "GML", suv: -53 })]).toEqual(["", ""]);
  });

  it("has a place in the picture and in the patient", () => {
    expect(pixelText({ column: 231, row: 0 })).toBe("Pixel 231, 0");
    expect(positionText([12.34, -45, -0.5])).toBe("L 12.3  A 45.0  F 0.5 mm");
    expect(positionText(null)).toBe("");
  });
});

describe("the looks of a file", () => {
  it("are asked for when somebody wants to choose, and once a slice", async () => {
    const [frame, isWanted, stack] = [signal<FrameAsked | null>({ instance: "1.2", frame: 1 }), signal(false), signal("a")];
    const asked: string[] = [];
    const looks = { windows: [], voiLuts: [{ name: "STEEP", first: 0, last: 9 }] };
    const hand = new LooksAtHand({
      frame,
      stack,
      isWanted,
      fetch: ({ instance }) => {
        asked.push(instance);
        return Promise.resolve({ ok: true, value: looks });
      },
    });
    const stop = hand.listen();
    expect(asked).toEqual([]);
    isWanted.value = true;
    await settled();
    expect(hand.looks.value).toEqual(looks);
    isWanted.value = false;
    isWanted.value = true;
    frame.value = { instance: "1.3", frame: 1 };
    // Until those of this slice are here, the ones of its neighbour stand for them.
    expect(hand.looks.value).toEqual(looks);
    await settled();
    expect(asked).toEqual(["1.2", "1.3"]);
    stack.value = "b";
    expect(hand.looks.value).toBeNull();
    stop();
  });
});
