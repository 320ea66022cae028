import { describe, expect, it } from "vitest";
import { nearestHeight, stepped } from "../../src/app/components/sheetHeights";
import { fromInput } from "../../src/app/screens/upload/chosen";
import { fromBase64Url, toBase64Url } from "../../src/app/state/passkeys";

const ALL = ["peek", "half", "full"] as const;

describe("a sheet", () => {
  it("rests where it was let go, or where it was flicked to", () => {
    expect(nearestHeight(430, 0, ALL, 844)).toBe("half");
    expect(nearestHeight(430, -2, ALL, 844)).toBe("full");
    expect(nearestHeight(430, 1.2, ALL, 844)).toBe("peek");
  });

  it("closes when it is drawn below its lowest rest", () => {
    expect(nearestHeight(60, 0, ALL, 844)).toBeNull();
    expect(nearestHeight(160, 0, ["half"], 844)).toBeNull();
  });

  it("steps by key, and closes below the lowest", () => {
    expect(stepped("half", ALL, 1)).toBe("full");
    expect(stepped("full", ALL, 1)).toBe("full");
    expect(stepped("peek", ALL, -1)).toBeNull();
  });
});

describe("files that were chosen", () => {
  it("come with their folders, and without what systems leave beside them", () => {
    const file = (name: string, path = ""): File => Object.defineProperty(new File(["x"], name), "webkitRelativePath", { value: path });
    const list = [file("IM1", "disc/a/IM1"), file(".DS_Store", "disc/.DS_Store"), file("Thumbs.db"), file("._IM1"), file("b.dcm"), new File([], "empty")];
    expect(fromInput(list as unknown as FileList).map(({ name }) => name)).toEqual(["disc/a/IM1", "b.dcm"]);
  });
});

describe("binary of passkeys", () => {
  it("goes there and back without padding", () => {
    const bytes = Uint8Array.from([251, 255, 0, 1]).buffer;
    expect(toBase64Url(bytes)).toBe("-_8AAQ");
    expect(new Uint8Array(fromBase64Url("-_8AAQ"))).toEqual(new Uint8Array(bytes));
  });
});
