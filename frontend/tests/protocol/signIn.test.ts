import { describe, expect, it } from "vitest";
import { readAuthenticator, readDevice, readDeviceKey } from "../../src/protocol/later";
import { readStep } from "../../src/protocol/signIn";

describe("a step of signing in", () => {
  it("is the last one when the server says so", () => {
    expect(readStep({ status: 200, data: { user: {} }, meta: { is_authenticated: true } })).toEqual({ ok: true, value: { kind: "done" } });
  });

  it("leads to a second factor, by the ways the account has", () => {
    const flows = [{ id: "login" }, { id: "mfa_authenticate", is_pending: true, types: ["recovery_codes", "totp"] }];
    expect(readStep({ status: 401, data: { flows }, meta: { is_authenticated: false } })).toEqual({
      ok: true,
      value: { kind: "second_factor", ways: ["totp", "recovery_codes"] },
    });
  });

  it("is no step where nothing is pending: one has to begin again", () => {
    const step = readStep({ status: 401, data: { flows: [{ id: "login" }] }, meta: { is_authenticated: false } });
    expect(step).toMatchObject({ ok: false, failure: { kind: "refused", code: "sign_in_again" } });
  });
});

describe("an authenticator", () => {
  const times = { created_at: 1_700_000_000, last_used_at: null };

  it("is a passkey with a name, an app, or codes that run out", () => {
    expect(readAuthenticator({ type: "webauthn", id: 3, name: "Phone", ...times })).toMatchObject({ type: "webauthn", id: 3, usedAt: null });
    expect(readAuthenticator({ type: "totp", ...times })).toMatchObject({ type: "totp", addedAt: new Date(1_700_000_000_000) });
    expect(readAuthenticator({ type: "recovery_codes", total_code_count: 10, unused_code_count: 9, ...times })).toMatchObject({ unused: 9 });
  });

  it("is nothing else", () => {
    expect(() => readAuthenticator({ type: "sms", ...times })).toThrow();
    expect(() => readAuthenticator({ type: "webauthn", name: "Phone", ...times })).toThrow();
  });
});

describe("a key of a device", () => {
  it("is told without the key itself", () => {
    const told = { number: 3, username: "tess", role: "technologist", name: "CT 1", scopes: ["store"], made_at: "2026-01-01T00:00:00+00:00" };
    const read = readDeviceKey({ ...told, last_used_at: null, expires_at: "2026-04-01T00:00:00+00:00", revoked_at: null });
    expect(read).toMatchObject({ number: 3, scopes: ["store"], usedAt: null, expiresAt: new Date("2026-04-01T00:00:00Z") });
    expect(() => readDeviceKey({ ...told, scopes: ["everything"] })).toThrow();
  });
});

describe("a device", () => {
  it("is a browser that is signed in somewhere since some time", () => {
    const told = { id: 7, user_agent: "Safari", ip: "192.0.2.1", created_at: 1_700_000_000, last_seen_at: 1_700_000_060, is_current: true };
    expect(readDevice(told)).toEqual({
      id: 7,
      userAgent: "Safari",
      address: "192.0.2.1",
      since: new Date(1_700_000_000_000),
      seen: new Date(1_700_000_060_000),
      isThis: true,
    });
    expect(() => readDevice({ ...told, is_current: "yes" })).toThrow();
  });
});
