import { describe, expect, it } from "vitest";
import { readKeyImages } from "../../src/protocol/later";

const values = (...Value: unknown[]) => ({ vr: "UN", Value });

/** A key object selection as its header is told (PS3.18 F). */
function selection(code: string, content: readonly unknown[], sopClass = "1.2.840.10008.5.1.4.1.1.88.59") {
  return {
    "00080016": values(sopClass),
    "0040A043": values({ "00080100": values(code), "00080102": values("DCM") }),
    "0040A730": values(...content),
  };
}

const item = (kind: string, ...uids: string[]) => ({ "0040A040": values(kind), "00081199": values(...uids.map((uid) => ({ "00081155": values(uid) }))) });

describe("the key images of a study", () => {
  it("are the images that its key object selections name, each once", () => {
    const all = [selection("113000", [item("TEXT"), item("IMAGE", "1.1"), item("IMAGE", "1.2")]), selection("113004", [item("IMAGE", "1.1"), item("COMPOSITE", "1.9")])];
    expect(readKeyImages(all)).toEqual(["1.1", "1.2"]);
  });

  it("are none that were rejected, nor those of other documents", () => {
    expect(readKeyImages([selection("113001", [item("IMAGE", "1.1")]), selection("113000", [item("IMAGE", "1.2")], "1.2.840.10008.5.1.4.1.1.88.11")])).toEqual([]);
  });

  it("are none of a document that holds nothing", () => {
    expect(readKeyImages([{}, selection("113000", [])])).toEqual([]);
    expect(() => readKeyImages({})).toThrow();
  });
});
