import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SaveButton } from "../../src/app/screens/guest/Saving";
import { Panels } from "../../src/app/screens/viewer/Panels";
import { knowledge } from "../../src/app/state/session";
import type { Guest } from "../../src/protocol/index";
import { readingOf, series } from "./builders";

const place = document.createElement("div");

function comesByALink(download: boolean, deidentified = false): void {
  const guest: Guest = { link: "a", purpose: "show", study: "1", deidentified, download, sender: "Dr. Holt", expiresAt: "2026-12-01T00:00:00Z" };
  knowledge.value = { kind: "known", session: { user: null, guest, held: null, sso: null, setupNeeded: false, version: "1" } };
}

const waited = () => act(() => new Promise((resolve) => setTimeout(resolve, 0)));

/** Opened, and its question to the server answered so. */
async function opened(answer: Response): Promise<string> {
  vi.stubGlobal("fetch", () => Promise.resolve(answer));
  void act(() => render(<SaveButton study="1" />, place));
  void act(() => place.querySelector("button")?.click());
  await waited();
  return place.textContent;
}

beforeEach(() => document.body.append(place));

afterEach(() => {
  render(null, place);
  vi.unstubAllGlobals();
  knowledge.value = { kind: "asking" };
});

describe("what a guest may save", () => {
  it("is offered by no link that only shows, and to nobody who came by none", async () => {
    const reading = readingOf(series());
    reading.panel.value = "more";
    const offers = async (): Promise<boolean> => {
      void act(() => render(<Panels reading={reading} />, place));
      await waited();
      await waited();
      const found = place.textContent.includes("Download");
      render(null, place);
      return found;
    };
    expect(await offers()).toBe(false);
    comesByALink(false);
    expect(await offers()).toBe(false);
    comesByALink(true);
    await import("../../src/app/screens/guest/Saving");
    expect(await offers()).toBe(true);
  });

  it("says how large it is before it is saved", async () => {
    comesByALink(true);
    expect(await opened(new Response(null, { headers: { "Content-Length": "2500000" } }))).toContain("One file of 2.5 MB");
    expect(place.querySelector<HTMLButtonElement>(".button-primary")?.disabled).toBe(false);
    expect(place.textContent).toContain("They name the patient");
  });

  it("says of a copy without names that it is one", async () => {
    comesByALink(true, true);
    const told = await opened(new Response(null, { headers: { "Content-Length": "2500000" } }));
    expect(told).toContain("copies from which names, dates and numbers were taken out");
    expect(told).not.toContain("They name the patient");
  });

  it("says whom to ask where the link does not let it be saved any more", async () => {
    comesByALink(true);
    expect(await opened(new Response(null, { status: 403 }))).toContain("Ask Dr. Holt for one that does.");
    expect(place.querySelector(".button-primary")).toBeNull();
  });

  it("can be tried again where the server was away", async () => {
    comesByALink(true);
    expect(await opened(new Response(null, { status: 500 }))).toContain("Try again");
  });
});
