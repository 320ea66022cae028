import { describe, expect, it } from "vitest";
import { readStepUp } from "../../src/protocol/index";

describe("what the server says of stepping up", () => {
  it("is for how long nothing is asked, and how one can answer", () => {
    expect(readStepUp({ fresh_for_s: 299, ways: ["webauthn", "password"] })).toEqual({ freshForS: 299, ways: ["webauthn", "password"] });
  });

  it("holds no way that the app has no words for", () => {
    expect(() => readStepUp({ fresh_for_s: 0, ways: ["sms"] })).toThrow();
  });
});
