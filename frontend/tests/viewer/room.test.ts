import { describe, expect, it } from "vitest";
import { Room, nextFree } from "../../src/app/screens/viewer/room";
import { itemsOf } from "../../src/app/screens/viewer/stacks";
import { digest, instances, series } from "./builders";

const study = (count: number): Room =>
  new Room(digest(...Array.from({ length: count }, (_, place) => series({ uid: `1.${place + 2}`, instances: instances(1, 1, 1) }))));
const shown = (room: Room): (number | null)[] => room.panes.value.map(({ itemIndex }) => itemIndex.value);

describe("the room", () => {
  it("begins with one pane, and fills new ones with the series that follow", () => {
    const room = study(3);
    expect(shown(room)).toEqual([0]);
    room.setLayout(2);
    expect(shown(room)).toEqual([0, 1]);
    room.setLayout(4);
    expect(shown(room)).toEqual([0, 1, 2, null]);
  });

  it("keeps the pane in hand when there are fewer", () => {
    const room = study(4);
    room.setLayout(4);
    const third = room.panes.value[2];
    if (third === undefined) throw new Error("no pane");
    room.activate(third);
    room.setLayout(2);
    expect(shown(room)).toEqual([0, 2]);
    room.setLayout(1);
    expect(shown(room)).toEqual([2]);
    expect(room.active.value).toBe(third);
  });

  it("goes from pane to pane, round and round", () => {
    const room = study(2);
    room.setLayout(2);
    room.nextPane();
    expect(room.active.value).toBe(room.panes.value[1]);
    room.nextPane();
    expect(room.active.value).toBe(room.panes.value[0]);
  });

  it("puts a series into the pane it is dropped on, and takes that one in hand", () => {
    const room = study(3);
    room.setLayout(2);
    room.put(room.study, 2, room.panes.value[1]?.id ?? 0);
    expect(shown(room)).toEqual([0, 2]);
    expect(room.active.value).toBe(room.panes.value[1]);
    room.put(room.study, 1, 99);
    expect(shown(room)).toEqual([0, 2]);
  });

  it("opens one panel at a time, for all panes", () => {
    const room = study(2);
    room.setLayout(2);
    const [one, other] = room.panes.value;
    one?.togglePanel("window");
    expect(other?.panel.value).toBe("window");
    other?.togglePanel("window");
    expect(room.panel.value).toBeNull();
  });
});

describe("the next series for an empty pane", () => {
  it("is one that is not shown and can be, after the one in hand and round the strip", () => {
    const items = itemsOf(digest(series(), series({ uid: "1.3", instances: [] }), series({ uid: "1.4" })));
    expect(nextFree(items, [2], 2)).toBe(0);
    expect(nextFree(items, [0], 0)).toBe(2);
    expect(nextFree(items, [0, 2], 0)).toBeNull();
  });
});

describe("a study that hangs side by side", () => {
  const breasts = [
    ["L", "MLO"],
    ["L", "CC"],
    ["R", "CC"],
    ["R", "MLO"],
  ] as const;
  const hung = (at: number, chestWall: "left" | "right") => ({ series: at, instance: 0, chestWall });
  const mammograms = (name: string): Room =>
    new Room({
      ...digest(...breasts.map(([side, view], place) => series({ uid: `1.${place + 2}`, description: `${side} ${view}`, instances: instances(1) }))),
      hanging: {
        name,
        rows: [
          [hung(2, "right"), hung(1, "left")],
          [hung(3, "right"), hung(0, "left")],
        ],
      },
    });

  it("does so at once where there is room, pair by pair", () => {
    expect(shown(mammograms("mammography"))).toEqual([2, 1, 3, 0]);
    expect(shown(mammograms("chest"))).toEqual([0]);
  });

  it("goes from pair to pair where there is room for one", () => {
    const room = mammograms("chest");
    room.setLayout(2);
    expect(shown(room)).toEqual([2, 1]);
    room.stepSeries(1);
    expect(shown(room)).toEqual([3, 0]);
    room.stepSeries(-1);
    expect(shown(room)).toEqual([2, 1]);
  });

  it("leaves the row when another series is put into a pane", () => {
    const room = mammograms("chest");
    room.setLayout(2);
    const [first] = room.panes.value;
    if (first === undefined) throw new Error("no pane");
    expect(room.hung.has(first)).toBe(true);
    room.put(room.study, 0, first.id);
    expect(room.hung.has(first)).toBe(false);
    expect(room.hung.isOn).toBe(true);
  });

  it("hangs a left breast alone at the right", () => {
    const room = mammograms("chest");
    room.study.digest.hanging?.rows.splice(1, 1, [hung(0, "left")]);
    room.setLayout(4);
    expect(shown(room)).toEqual([2, 1, null, 0]);
  });
});
