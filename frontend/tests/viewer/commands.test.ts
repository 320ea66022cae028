import { describe, expect, it } from "vitest";
import { commandForKey, commandNamed, commandsOf } from "../../src/app/screens/viewer/commands";
import { matching } from "../../src/app/screens/viewer/matching";
import { format, instances, readingOf as reading, series } from "./builders";

describe("the commands", () => {
  it("have names and keys of their own", () => {
    const all = commandsOf(reading(series()));
    const names = all.map(({ name }) => name);
    const keys = all.flatMap((command) => command.keys);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(keys).size).toBe(keys.length);
    expect(all.every(({ label }) => label !== "")).toBe(true);
  });

  it("answer to the keys of radiology workstations", () => {
    const study = reading(series(), series({ uid: "1.3" }));
    const named = ["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", "r", "i", "Space", "?", "Ctrl+K", "0", "3"].map(
      (key) => commandForKey(study, key)?.name,
    );
    expect(named).toEqual([
      "previous",
      "next",
      "pageBack",
      "pageOn",
      "first",
      "last",
      "reset",
      "invert",
      "cine",
      "help",
      "help",
      "window:own",
      "window:preset.brain",
    ]);
    expect(commandForKey(study, "x")).toBeUndefined();
  });

  it("cannot be performed where they mean nothing", () => {
    const single = reading(series({ instances: instances(1), formats: [format({ colour: true })] }));
    expect(["Space", "ArrowDown", "ArrowRight", "w", "1"].map((key) => commandForKey(single, key))).toEqual(Array(5).fill(undefined));
    expect(commandForKey(single, "r")).toBeDefined();
  });

  it("say whether they are on", () => {
    const study = reading(series());
    const hide = commandNamed(study, "hideNames");
    expect(hide.isOn?.()).toBe(false);
    hide.perform();
    expect(hide.isOn?.()).toBe(true);
    // For teaching they stay hidden from study to study.
    expect(reading(series()).namesHidden.value).toBe(true);
    hide.perform();
  });

  it("are found by any of their words", () => {
    const all = commandsOf(reading(series()));
    expect(matching(all, "ten BACK").map(({ name }) => name)).toEqual(["pageBack"]);
    expect(matching(all, "window: lung").map(({ name }) => name)).toEqual(["window:preset.lung"]);
    expect(matching(all, "nonsense")).toEqual([]);
    expect(matching(all, "")).toHaveLength(all.length);
  });
});

describe("a panel", () => {
  it("is alone, and closes when it is asked for again", () => {
    const study = reading(series());
    study.togglePanel("window");
    study.togglePanel("cine");
    expect(study.panel.value).toBe("cine");
    study.togglePanel("cine");
    expect(study.panel.value).toBeNull();
  });
});
