import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { MOST_CHOSEN, added, between, stepped, toggled } from "../../src/app/screens/share/chosen";
import { ImageGrid } from "../../src/app/screens/share/ImageGrid";

const images = (count: number) => Array.from({ length: count }, (_, place) => ({ uid: `1.${place}`, frames: 1 }));

describe("chosen images", () => {
  it("are chosen and left out again", () => {
    const one = toggled(new Set(), "1.1");
    expect([...one]).toEqual(["1.1"]);
    expect([...toggled(toggled(one, "1.2"), "1.1")]).toEqual(["1.2"]);
  });

  it("are as many as one link takes, and no more", () => {
    const all = added(new Set(), images(MOST_CHOSEN + 20).map(({ uid }) => uid));
    expect(all.size).toBe(MOST_CHOSEN);
    expect(toggled(all, "9").size).toBe(MOST_CHOSEN);
    expect(toggled(all, "1.3").size).toBe(MOST_CHOSEN - 1);
    expect(added(all, ["1.3"]).size).toBe(MOST_CHOSEN);
  });

  it("can be a row, from whichever end", () => {
    expect(between(images(9), 2, 4)).toEqual(["1.2", "1.3", "1.4"]);
    expect(between(images(9), 4, 2)).toEqual(["1.2", "1.3", "1.4"]);
  });

  it.each([
    ["ArrowRight", 3, 4],
    ["ArrowDown", 3, 7],
    ["ArrowUp", 3, 3],
    ["ArrowDown", 8, 8],
    ["End", 3, 9],
    ["Home", 3, 0],
    ["Tab", 3, null],
  ])("are walked by %s from %i to %s", (key, at, next) => {
    expect(stepped(key, at, 10, 4)).toBe(next);
  });
});

describe("the grid of five hundred", () => {
  const place = document.createElement("div");
  afterEach(() => render(null, place));

  it("asks for no picture that is not near, is one stop for Tab, and is pressed by keys", () => {
    const [onToggle, onAdd] = [vi.fn(), vi.fn()];
    document.body.append(place);
    const series = { uid: "1", title: "Abdomen", images: images(500) };
    void act(() => {
      render(<ImageGrid study="9" series={series} chosen={new Set(["1.2"])} onToggle={onToggle} onAdd={onAdd} />, place);
    });
    expect(place.querySelectorAll("img:not([loading=lazy])")).toHaveLength(0);
    expect(place.querySelectorAll("[role=option]")).toHaveLength(500);
    expect(place.querySelectorAll("[tabindex='0']")).toHaveLength(1);
    expect(place.querySelectorAll("[aria-selected=true]")).toHaveLength(1);
    const press = (key: string, shiftKey = false) =>
      act(() => void place.querySelector("[role=listbox]")?.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true })));
    void press("ArrowRight");
    void press(" ");
    expect(onToggle).toHaveBeenCalledExactlyOnceWith("1.1");
    void press("End");
    void press(" ", true);
    expect(onAdd.mock.calls[0]?.[0]).toHaveLength(499);
  });
});
