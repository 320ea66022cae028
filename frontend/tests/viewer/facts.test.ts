import { describe, expect, it } from "vitest";
import { placesOf } from "../../src/app/screens/viewer/edges";
import { RateMeter } from "../../src/app/screens/viewer/rateMeter";
import { scaleOf } from "../../src/app/screens/viewer/scale";
import { failureOf } from "../../src/app/screens/viewer/tiles";
import { cannotShowText, troubleText } from "../../src/app/screens/viewer/words";
import type { DigestRegion } from "../../src/protocol/index";
import { format } from "./builders";

describe("millimetres", () => {
  const region = { x0: 0, y0: 0, x1: 9, y1: 9, dx_mm: 0.2, dy_mm: 0.3 };
  const none = { pixelSpacingMm: null, spacingSource: null };

  it("name their source", () => {
    expect(scaleOf(format({ pixelSpacingMm: [0.7, 0.5], spacingSource: "At detector" }))).toEqual({
      calibration: { rowMm: 0.7, columnMm: 0.5 },
      sourceKey: "scale.atDetector",
    });
    expect(scaleOf(format({ pixelSpacingMm: [0.1, 0.1], spacingSource: "Digitized film" }))?.sourceKey).toBe("scale.digitizedFilm");
    expect(scaleOf(format({ ...none, spacingSource: "Ultrasound region", ultrasoundRegions: [region] }))).toEqual({
      calibration: { rowMm: 0.3, columnMm: 0.2 },
      sourceKey: "scale.region",
    });
  });

  it("are unknown rather than guessed", () => {
    expect(scaleOf(format(none))).toBeNull();
    // A spacing without a source is not one to measure by.
    expect(scaleOf(format({ spacingSource: null }))).toBeNull();
  });
});

describe("millimetres of an ultrasound picture", () => {
  const upper: DigestRegion = { x0: 0, y0: 0, x1: 512, y1: 300, dx_mm: 0.2, dy_mm: 0.2 };
  const small: DigestRegion = { ...upper, y1: 200 };
  const spectrum: DigestRegion = { ...upper, y0: 300, y1: 512, dx_mm: null, dy_mm: null };
  const scaleAmong = (...ultrasoundRegions: DigestRegion[]) =>
    scaleOf(format({ pixelSpacingMm: null, spacingSource: "Ultrasound region", ultrasoundRegions }))?.calibration ?? null;

  it("hold where all regions agree, however small, and where most of the picture has them", () => {
    const told = { rowMm: 0.2, columnMm: 0.2 };
    expect(scaleAmong(small)).toEqual(told);
    expect(scaleAmong(small, { ...small, x0: 256 })).toEqual(told);
    expect(scaleAmong(upper, spectrum)).toEqual(told);
  });

  it("are unknown where regions disagree, or the lesser part is in millimetres", () => {
    expect(scaleAmong(upper, { ...small, dx_mm: 0.1 })).toBeNull();
    expect(scaleAmong(small, spectrum)).toBeNull();
    expect(scaleAmong(spectrum)).toBeNull();
    expect(scaleAmong({ ...upper, dy_mm: null })).toBeNull();
  });
});

describe("the picture's edges", () => {
  const viewport = { width: 400, height: 800 };
  const view = { scale: 0.5, x: 0, y: 0, turns: 0, flipped: false, fitted: true } as const;
  const image = { columns: 600, rows: 400, aspect: 1 };

  it("lie where the picture ends, and at the screen's where it goes beyond", () => {
    expect(placesOf(view, image, viewport)).toEqual({ left: 50, right: 50, top: 300, bottom: 300 });
    expect(placesOf({ ...view, scale: 1, y: 100 }, image, viewport)).toEqual({ left: 0, right: 0, top: 300, bottom: 100 });
  });

  it("turn with it", () => {
    expect(placesOf({ ...view, turns: 1 }, image, viewport)).toEqual({ left: 100, right: 100, top: 250, bottom: 250 });
  });
});

describe("the rate that was reached", () => {
  it("is counted over the last moments", () => {
    const meter = new RateMeter();
    expect(meter.rateHz()).toBeNull();
    for (let now = 0; now <= 4000; now += 50) meter.add(now);
    expect(meter.rateHz()).toBeCloseTo(20);
    for (let now = 4100; now <= 8000; now += 100) meter.add(now);
    expect(meter.rateHz()).toBeCloseTo(10);
    meter.reset();
    expect(meter.rateHz()).toBeNull();
  });
});

describe("why there is no picture", () => {
  it("is told in the server's words, else in ours", () => {
    expect(troubleText({ reason: "cannot_show", message: "The image data is damaged and cannot be read." })).toMatch(/damaged/);
    expect(troubleText({ reason: "offline", message: "" })).toMatch(/connection/i);
    expect(troubleText({ reason: "never heard of", message: "" })).not.toBe("");
    expect([cannotShowText("video"), cannotShowText("new reason"), cannotShowText(null)]).toEqual([
      expect.stringMatching(/video/),
      expect.stringMatching(/cannot be shown/),
      "",
    ]);
  });

  it("is tried again unless it would be of no use", () => {
    expect(failureOf({ kind: "offline" }).permanent).toBe(false);
    expect(failureOf({ kind: "busy", retryAfterS: 2 })).toMatchObject({ permanent: false, retryAfterMs: 2000 });
    expect(failureOf({ kind: "server", status: 500, requestId: "a1" })).toMatchObject({ permanent: false, requestId: "a1" });
    expect(failureOf({ kind: "signed_out" }).permanent).toBe(true);
    const refused = { kind: "refused", status: 422, code: "cannot_show", message: "No.", fields: {}, requestId: "b2" } as const;
    expect(failureOf(refused)).toMatchObject({ permanent: true, message: "No.", requestId: "b2" });
  });
});
