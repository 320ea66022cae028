import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import type { ComponentChildren } from "preact";
import { UNTURNED } from "../../src/engine/view/transform";
import type { StageState } from "../../src/engine/index";
import { Corners } from "../../src/app/screens/viewer/Corners";
import { CannotOpen, NoImages } from "../../src/app/screens/viewer/Doorway";
import { Letters } from "../../src/app/screens/viewer/Letters";
import type { Reading } from "../../src/app/screens/viewer/reading";
import { Strip } from "../../src/app/screens/viewer/Strip";
import { InPlaceOfPicture } from "../../src/app/screens/viewer/Trouble";
import { digest, format, instances, readingOf, series } from "./builders";

const room = document.createElement("div");

function show(children: ComponentChildren): void {
  document.body.append(room);
  render(null, room); // another reading is another room
  void act(() => {
    render(children, room);
  });
}

const text = (): string => room.textContent.replace(/\s+/g, " ");

afterEach(() => {
  render(null, room);
});

const state = (more: Partial<StageState> = {}): StageState => ({
  index: 1,
  shownIndex: 1,
  level: "preview",
  view: { ...UNTURNED, scale: 0.76 },
  zoom: 1.52,
  window: { center: 40, width: 400, function: "LINEAR" },
  table: null,
  isOwnWindow: true,
  inverted: false,
  colourMap: "grey",
  trouble: null,
  lensCentre: null,
  isPlaying: false,
  ...more,
});

function read(more: Partial<StageState>, ...all: Parameters<typeof digest>): Reading {
  const reading = readingOf(...all);
  reading.viewport.value = { width: 390, height: 844 };
  reading.state.value = state(more);
  return reading;
}

describe("the strip", () => {
  it("names each series and how much there is of it, and says why one cannot be opened", () => {
    const reading = readingOf(series(), series({ uid: "9", description: "Film", cannotShow: "video", formats: [], instances: [] }));
    show(<Strip reading={reading} />);
    const [open, cannot] = room.querySelectorAll("button");
    expect(open?.textContent).toContain("Abdomen");
    expect(open?.textContent).toContain("CT · 4 images");
    expect(open?.getAttribute("aria-current")).toBe("true");
    expect(cannot?.disabled).toBe(true);
    expect(cannot?.textContent).toMatch(/This is a video/);
  });

  it("asks for thumbnails only once there is a picture", () => {
    const reading = readingOf(series());
    show(<Strip reading={reading} />);
    expect(room.querySelector("img")).toBeNull();
    void act(() => {
      reading.hasBegun.value = true;
    });
    expect(room.querySelector("img")?.getAttribute("src")).toBe("/view/series/1.2/thumbnail?v=1");
  });
});

describe("over the picture", () => {
  it("stands what a reader must know of it", () => {
    show(<Corners reading={read({}, series({ formats: [format({ lossy: { ratio: 12, method: "" } })] }))} />);
    expect(text()).toMatch(/P1.*46 years, female/);
    expect(text()).toMatch(/Abdomen.*Image 2 \/ 4.*W 400 L 40 HU.*Zoom 152 %/);
    expect(text()).toMatch(/Preview.*Lossy original 12:1/);
    expect(text()).toMatch(/5 cm Pixel Spacing/);
  });

  it("names nobody while names are hidden", () => {
    const reading = read({}, series());
    reading.namesHidden.value = true;
    show(<Corners reading={reading} />);
    expect(text()).not.toMatch(/P1|46 years|Doe/);
    reading.namesHidden.value = false;
  });

  it("has no scale where lengths are unknown", () => {
    show(<Corners reading={read({}, series({ formats: [format({ pixelSpacingMm: null, spacingSource: null })] }))} />);
    expect(room.querySelector(".scale")).toBeNull();
  });

  const edges = (): string[] =>
    ["top", "right", "bottom", "left"].map((edge) => room.querySelector(`[data-edge=${edge}]`)?.textContent ?? "");

  it("stand the sides of the patient, turned and mirrored with the picture", () => {
    const reading = read({}, series());
    show(<Letters reading={reading} />);
    expect(edges()).toEqual(["A", "L", "P", "R"]);
    void act(() => {
      reading.state.value = state({ view: { ...UNTURNED, turns: 1 } });
    });
    expect(edges()).toEqual(["R", "A", "L", "P"]);
    void act(() => {
      reading.state.value = state({ view: { ...UNTURNED, flipped: true } });
    });
    expect(edges()).toEqual(["A", "R", "P", "L"]);
  });

  it("stand the sides of the image that is drawn, not of the one that is on its way; none where they are unknown", () => {
    const [one] = instances(1);
    const other = { uid: "1.8", numberOfFrames: 1, format: 1, positionMm: null, rateHz: null, frameTimesMs: null, instanceNumber: 2 };
    if (one === undefined) throw new Error("no instance");
    const two = series({ formats: [format(), format({ orientation: [0, 1, 0, 0, 0, -1] })], instances: [one, other] });
    show(<Letters reading={read({ index: 1, shownIndex: 0, level: "loading" }, two)} />);
    expect(edges()).toEqual(["A", "L", "P", "R"]);
    show(<Letters reading={read({ shownIndex: null, level: "loading" }, two)} />);
    expect(edges()).toEqual(["", "", "", ""]);
    show(<Letters reading={read({}, series({ formats: [format({ orientation: null })] }))} />);
    expect(edges()).toEqual(["", "", "", ""]);
  });

  it("stands why there is no picture, with the request to quote, and a way on where there is one", () => {
    const trouble = { reason: "cannot_show", message: "The image data is damaged.", permanent: true, requestId: "abc1" };
    show(<InPlaceOfPicture reading={read({ shownIndex: null, level: "loading", trouble }, series())} />);
    expect(text()).toMatch(/The image data is damaged\..*abc1/);
    expect(room.querySelector("button")).toBeNull();
    show(<InPlaceOfPicture reading={read({ shownIndex: null, level: "loading", trouble: { ...trouble, permanent: false } }, series())} />);
    expect(room.querySelector("button")?.textContent).toBe("Try again");
    // While another image stands in its place, the badge says enough.
    show(<InPlaceOfPicture reading={read({ shownIndex: 0, level: "loading", trouble }, series())} />);
    expect(text()).toBe("");
  });
});

describe("a study that cannot be read", () => {
  it("says what happened and what can be done", () => {
    let tries = 0;
    show(<CannotOpen failure={{ kind: "offline" }} onRetry={() => (tries += 1)} />);
    expect(text()).toMatch(/No connection/);
    [...room.querySelectorAll("button")].find((button) => button.textContent === "Try again")?.click();
    expect(tries).toBe(1);
    const refused = { kind: "refused", status: 404, code: "not_found", message: "", fields: {}, requestId: "r9" } as const;
    show(<CannotOpen failure={refused} onRetry={() => undefined} />);
    expect(text()).toMatch(/does not exist, or it is not open to you.*r9/);
  });

  it("is calm when there is nothing to look at, and says what is kept", () => {
    show(<NoImages digest={digest(series({ description: "Report", modality: "SR", cannotShow: "no_pixels", formats: [], instances: [] }))} />);
    expect(text()).toMatch(/No images to show.*SR · Report.*holds no image/);
    show(<NoImages digest={digest()} />);
    expect(text()).toMatch(/holds nothing yet/);
  });
});
