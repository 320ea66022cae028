import { afterEach, describe, expect, it } from "vitest";
import { isTakenBy, keyName } from "../../src/app/screens/viewer/keys";

const key = (name: string, more: Partial<KeyboardEvent> = {}) =>
  keyName({ key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

afterEach(() => {
  document.body.replaceChildren();
});

function element(name: string, role?: string): Element {
  const made = document.createElement(name);
  if (role !== undefined) made.setAttribute("role", role);
  document.body.append(made);
  return made;
}

describe("keys", () => {
  it("have one name whatever the shift", () => {
    expect([key("R"), key("r"), key("?"), key(" "), key("PageUp"), key("0")]).toEqual(["r", "r", "?", "Space", "PageUp", "0"]);
  });

  it("are others with shift where they are arrows", () => {
    expect([key("ArrowUp"), key("ArrowUp", { shiftKey: true }), key("PageUp", { shiftKey: true })]).toEqual(["ArrowUp", "Shift+ArrowUp", "PageUp"]);
  });

  it("of the browser and the system are left alone, but for the palette", () => {
    expect([key("r", { ctrlKey: true }), key("f", { metaKey: true }), key("1", { altKey: true })]).toEqual([null, null, null]);
    expect([key("k", { ctrlKey: true }), key("K", { metaKey: true })]).toEqual(["Ctrl+K", "Ctrl+K"]);
  });

  it("belong to the field that is typed in", () => {
    const field = element("input");
    expect([isTakenBy(field, "r"), isTakenBy(field, "ArrowUp"), isTakenBy(field, "Ctrl+K")]).toEqual([true, true, false]);
  });

  it("press a button that has the focus, and reach the picture otherwise", () => {
    const button = element("button");
    expect([isTakenBy(button, "Space"), isTakenBy(button, "Enter"), isTakenBy(button, "r")]).toEqual([true, true, false]);
    expect(isTakenBy(document.body, "Space")).toBe(false);
  });

  it("move a slider that has the focus", () => {
    const slider = element("div", "slider");
    expect([isTakenBy(slider, "ArrowDown"), isTakenBy(slider, "r"), isTakenBy(slider, "Space")]).toEqual([true, false, false]);
  });
});
