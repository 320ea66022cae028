import { describe, expect, it } from "vitest";
import { failureOf } from "../../src/protocol/rest";

describe("what an answer without success means", () => {
  it.each([408, 429, 503])("%i passes: it is tried again", async (status) => {
    expect(await failureOf(new Response("{}", { status, headers: { "Retry-After": "3" } }))).toEqual({ kind: "busy", retryAfterS: 3 });
  });

  it("413 does not", async () => {
    const told = { error: { code: "too_large", message: "words", fields: {}, request_id: "a" } };
    expect(await failureOf(new Response(JSON.stringify(told), { status: 413 }))).toMatchObject({ kind: "refused", status: 413, code: "too_large" });
  });
});
