import { afterEach, describe, expect, it, vi } from "vitest";
import { knowledge, learnSession, person, wasSignedOut } from "../../src/app/state/session";

const doctor = { username: "doctor", display_name: "Doctor", role: "clinician", unseen_notices: 0, acts: ["view"], glass_breaks: [] };

/** The server answers with this person, or with nobody. */
function serverKnows(user: typeof doctor | null, meanwhile: () => void = () => undefined): void {
  const told = { user, guest: null, setup_needed: false, version: "1", csrf_token: "token" };
  vi.stubGlobal("fetch", () => {
    meanwhile();
    return Promise.resolve(new Response(JSON.stringify(told), { headers: { "Content-Type": "application/json" } }));
  });
}

afterEach(() => {
  vi.unstubAllGlobals();
  knowledge.value = { kind: "asking" };
  wasSignedOut.value = false;
});

describe("who we are", () => {
  it("tells of a session that ended elsewhere, whoever hears of it first", async () => {
    serverKnows(doctor);
    await learnSession();
    expect(person.value?.username).toBe("doctor");
    serverKnows(null);
    await learnSession();
    expect(person.value).toBeNull();
    expect(wasSignedOut.value).toBe(true);
  });

  it("says nothing of it to who came as nobody", async () => {
    serverKnows(null);
    await learnSession();
    await learnSession();
    expect(wasSignedOut.value).toBe(false);
  });

  it("says nothing of it to who left while it was asked", async () => {
    serverKnows(doctor);
    await learnSession();
    const nobody = { user: null, guest: null, held: null, sso: null, setupNeeded: false, version: "1" };
    serverKnows(null, () => (knowledge.value = { kind: "known", session: nobody }));
    await learnSession();
    expect(wasSignedOut.value).toBe(false);
  });
});
