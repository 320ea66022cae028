import { describe, expect, it } from "vitest";
import { readDigest, readEnvelope, readLooks, readPixelValue, readPriors, readSession, readStudyPage, readViewingMessage, readWindow, readWorklistMessage } from "../../src/protocol/index";
import { readUpload } from "../../src/protocol/later";

/** Answers as the server gave them, and answers as it must never: each named by what it is of. */
const good = import.meta.glob<unknown>("../contracts/good/*.json", { eager: true, import: "default" });
const bad = import.meta.glob<unknown>("../contracts/bad/*.json", { eager: true, import: "default" });

const READERS: Readonly<Record<string, (value: unknown) => unknown>> = {
  session: readSession,
  studies: readStudyPage,
  digest: readDigest,
  priors: readPriors,
  level: (header) => readEnvelope(enveloped(header)),
  value: readPixelValue,
  looks: readLooks,
  window: readWindow,
  upload: readUpload,
  worklist: readWorklistMessage,
  viewing: readViewingMessage,
};

/** A level's header as it comes: its length, itself, and here no bytes of the level. */
function enveloped(header: unknown): ArrayBuffer {
  const told = new TextEncoder().encode(JSON.stringify(header));
  const envelope = new ArrayBuffer(4 + told.length);
  new DataView(envelope).setUint32(0, told.length, true);
  new Uint8Array(envelope, 4).set(told);
  return envelope;
}

const nameOf = (path: string): string => path.split("/").at(-1) ?? path;

function readerOf(path: string): (value: unknown) => unknown {
  const reader = READERS[nameOf(path).split(".")[0] ?? ""];
  if (!reader) throw new Error(`no reader for ${path}`);
  return reader;
}

describe("what the server says", () => {
  it.each(Object.keys(good))("is read: %s", (path) => {
    expect(() => readerOf(path)(good[path])).not.toThrow();
  });

  it.each(Object.keys(bad))("is refused where it has another shape: %s", (path) => {
    expect(() => readerOf(path)(bad[path])).toThrow(/^expected /);
  });

  it("has a good and a bad example of every kind", () => {
    for (const kind of Object.keys(READERS)) {
      expect(Object.keys(good).some((path) => nameOf(path).startsWith(kind))).toBe(true);
      expect(Object.keys(bad).some((path) => nameOf(path).startsWith(kind))).toBe(true);
    }
  });

  it("is read though a window has a function that is not known here", () => {
    const told = structuredClone(good["../contracts/good/digest.mr.json"]) as { series: { formats: { windows: { function: string }[] }[] }[] };
    for (const { windows } of told.series.flatMap(({ formats }) => formats)) for (const window of windows) window.function = "LOG";
    expect(readDigest(told).series[0]?.formats[0]?.windows[0]?.function).toBe("LINEAR");
  });

  it("keeps its facts on the way in", () => {
    const page = readStudyPage(good["../contracts/good/studies.page.json"]);
    expect(page.studies[0]).toMatchObject({ numberOfInstances: 220, modalities: ["CT"], date: "2026-09-14", time: "10:15:12" });
    expect(page.studies[0]?.patient.name.alphabetic).toBe("Sample^Paula");
    const digest = readDigest(good["../contracts/good/digest.mr.json"]);
    expect(digest.series[0]?.instances[0]).toMatchObject({ numberOfFrames: 1, positionMm: 66, instanceNumber: 1, rateHz: null });
    expect(digest.series[0]).toMatchObject({ frameOfReference: expect.stringMatching(/^[\d.]+$/) as string, positions: [[3, 0, 0, 1, 0, 0, 1]] });
    const breasts = readDigest(good["../contracts/good/digest.mg.json"]).hanging;
    expect(breasts?.rows[0]?.map(({ chestWall }) => chestWall)).toEqual(["right", "left"]);
    expect(readPriors(good["../contracts/good/priors.json"])[0]).toMatchObject({ date: "2025-01-01", sameBodyPart: true, sameModality: true });
    const upload = readUpload(good["../contracts/good/upload.done.json"]);
    expect(upload).toMatchObject({ state: "done", receivedBytes: 16, counts: { stored: 0, skipped: 1 } });
  });
});
