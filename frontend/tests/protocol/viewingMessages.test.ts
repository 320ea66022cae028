import { describe, expect, it } from "vitest";
import { orderOf, runsOf, saying } from "../../src/protocol/stackSayings";
import { sayingOfLine } from "../../src/protocol/viewingMessages";

/** What the server's tests read: whatever we say has its form there. */
const said = import.meta.glob<unknown>("../contracts/said/good/*.json", { eager: true, import: "default" });

const SERIES = "1.2.826.0.1.3680043.10.1.2";
const OURS: Readonly<Record<string, string>> = {
  "open.by_order": saying.open(1, SERIES, { order: 3421780262, runs: [[0, 119]] }, [
    { frames: 100, held: 0, levels: 0 },
    { frames: 20, held: 4, levels: 4 },
  ]),
  "open.by_instances": saying.open(2, SERIES, { instances: [`${SERIES}.1`, `${SERIES}.2`] }, []),
  "look.two": saying.look([
    { stack: 1, at: 7, direction: 1, speed: 4.5, zoom: 2.1, reach: "stack", behind: 40, ahead: 80, playing: false },
    { stack: 2, at: 0, direction: 0, speed: 0, zoom: 0.25, reach: "previews", behind: 40, ahead: 80, playing: false },
  ]),
  "look.away": saying.look([{ stack: 1, at: 7, direction: -1, speed: 0, zoom: 1, reach: "frame", behind: 0, ahead: 0, playing: true }]),
  "look.nothing": saying.look([]),
  have: saying.have(
    1,
    10,
    [
      { frames: 3, held: 4, levels: 4 },
      { frames: 2, held: 1, levels: 4 },
    ],
    [[13, 8192]],
  ),
  close: saying.close(1),
  ack: sayingOfLine.ack(123456),
  ping: sayingOfLine.ping(),
};

describe("what we say on the viewer's socket", () => {
  it.each(Object.keys(said))("is what the server's tests read: %s", (path) => {
    const name = path.split("/").at(-1)?.replace(/\.json$/, "") ?? "";
    expect(JSON.parse(OURS[name] ?? "null")).toEqual(said[path]);
  });

  it("is all of it held to an example", () => {
    expect(Object.keys(said)).toHaveLength(Object.keys(OURS).length);
  });

  it("says frames that are alike in one run", () => {
    const known = [0, 0, 3, 3, 3, 0].map((held) => ({ held, levels: held && 4 }));
    expect(runsOf(known)).toEqual([
      { frames: 2, held: 0, levels: 0 },
      { frames: 3, held: 3, levels: 4 },
      { frames: 1, held: 0, levels: 0 },
    ]);
  });

  it("numbers the order of a series as the server does", () => {
    // zlib.crc32(b"1.2.3:1/1.2.4:20"), by Python.
    expect(orderOf([{ uid: "1.2.3", numberOfFrames: 1 }, { uid: "1.2.4", numberOfFrames: 20 }])).toBe(ORDER);
    expect(orderOf([])).toBe(0);
  });
});

const ORDER = 3672924164;
