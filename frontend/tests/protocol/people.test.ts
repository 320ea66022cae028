import { afterEach, describe, expect, it, vi } from "vitest";
import { changeAccount, makeAccount, readAccount, tiePatient, untiePatient } from "../../src/protocol/later";

const told = {
  username: "zoe",
  role: "referrer",
  display_name: "Zoë",
  sso_name: "",
  is_active: true,
  institution: 0,
  referring_physician: "doe jane",
  second_factor: false,
  last_login: "2026-11-26T06:00:00+00:00",
  ties: [{ patient_id: "P1", issuer: "A" }],
  grants: [],
};

/** What was sent: the path, the method and the body. */
function answeredWith(body: unknown): [string, string, unknown][] {
  const sent: [string, string, unknown][] = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    sent.push([path, init.method ?? "", JSON.parse(init.body as string)]);
    return Promise.resolve(Response.json(body));
  });
  return sent;
}

afterEach(() => vi.unstubAllGlobals());

describe("an account", () => {
  it("is read as it is told", () => {
    expect(readAccount(told)).toMatchObject({ referrer: "doe jane", hasSecondFactor: false, lastLogin: new Date("2026-11-26T06:00:00Z"), ties: [{ patientId: "P1", issuer: "A" }] });
    expect(readAccount({ ...told, last_login: null }).lastLogin).toBeNull();
    expect(() => readAccount({ ...told, role: "king" })).toThrow();
  });

  it("is made with a password that is told once, and changed by the names of the API", async () => {
    const sent = answeredWith({ ...told, initial_password: "abcde-fghij" });
    expect(await makeAccount("zoe", { role: "referrer", referrer: "Doe^Jane" })).toMatchObject({ ok: true, value: { password: "abcde-fghij", account: { username: "zoe" } } });
    await changeAccount("zoe/é", { displayName: "Z", institution: 2 });
    expect(sent).toEqual([
      ["/api/people", "POST", { username: "zoe", role: "referrer", referring_physician: "Doe^Jane" }],
      ["/api/people/zoe%2F%C3%A9", "PATCH", { display_name: "Z", institution: 2 }],
    ]);
  });

  it("is tied by an ID that stands in no address, of whichever issuer where none is said, and untied from that one", async () => {
    const sent = answeredWith(told);
    await tiePatient("zoe", { patientId: "P1", issuer: "" });
    await untiePatient("zoe", { patientId: "P1", issuer: "" });
    expect(sent).toEqual([
      ["/api/people/zoe/ties", "POST", { patient_id: "P1" }],
      ["/api/people/zoe/ties", "DELETE", { patient_id: "P1", issuer: "" }],
    ]);
  });
});
