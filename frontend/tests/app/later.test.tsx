import { type ComponentType, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Later } from "../../src/app/components/Later";

const Screen = ({ name }: { name: string }) => <h1>{name}</h1>;
const heading = () => document.querySelector("h1")?.textContent;
const show = (load: () => Promise<ComponentType<{ name: string }>>) =>
  act(() => render(<Later load={load} props={{ name: "Upload" }} />, document.body));
const pass = (ms: number) =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(ms);
  });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  render(null, document.body);
  vi.useRealTimers();
});

describe("a screen whose code comes later", () => {
  it("is shown when it has come, and stays", async () => {
    await show(() => Promise.resolve(Screen));
    await pass(60_000);
    expect(heading()).toBe("Upload");
  });

  it("is given up when it never comes, asked for again by hand, and shown however late", async () => {
    let arrive: (screen: typeof Screen) => void = () => undefined;
    const load = vi.fn(() => new Promise<typeof Screen>((resolve) => void (arrive = resolve)));
    await show(load);
    await pass(19_000);
    expect(heading()).toBeUndefined();
    await pass(2_000);
    expect(heading()).toBe("This part did not load");
    await act(() => document.querySelector("button")?.click());
    expect(heading()).toBeUndefined();
    expect(load).toHaveBeenCalledTimes(2);
    await pass(21_000);
    expect(heading()).toBe("This part did not load");
    arrive(Screen);
    await pass(0);
    expect(heading()).toBe("Upload");
  });

  it("says at once that it cannot be had", async () => {
    await show(() => Promise.reject(new Error("the network is away")));
    await pass(0);
    expect(heading()).toBe("This part did not load");
  });
});
