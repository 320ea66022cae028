import type { PasskeyOptions } from "../../protocol/index";

/** What became of asking the person's device: a credential for the server, or why there is none. */
export type Presented = { kind: "credential"; credential: Readonly<Record<string, unknown>> } | { kind: "cancelled" } | { kind: "impossible" };

/** Passkeys belong to a name, not to an address made of numbers, and need a secure page. */
export const passkeysPossible = (): boolean =>
  window.isSecureContext && typeof PublicKeyCredential !== "undefined" && !/^[\d.]+$|:/.test(location.hostname);

export const presentPasskey = (options: PasskeyOptions): Promise<Presented> =>
  asking(() => navigator.credentials.get({ publicKey: binary(options) as PublicKeyCredentialRequestOptions }));

export const makePasskey = (options: PasskeyOptions): Promise<Presented> =>
  asking(() => navigator.credentials.create({ publicKey: binary(options) as PublicKeyCredentialCreationOptions }));

async function asking(ask: () => Promise<Credential | null>): Promise<Presented> {
  try {
    const credential = await ask();
    if (!(credential instanceof PublicKeyCredential)) return { kind: "cancelled" };
    return { kind: "credential", credential: toWire(credential) };
  } catch (error) {
    const cancelled = error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "AbortError");
    return { kind: cancelled ? "cancelled" : "impossible" };
  }
}

/** The members of both kinds of options that are binary, and come as base64url (WebAuthn 5.4, 5.5). */
const BINARY = new Set(["challenge", "id"]);

function binary(value: unknown, name = ""): unknown {
  if (typeof value === "string") return BINARY.has(name) ? fromBase64Url(value) : value;
  if (Array.isArray(value)) return value.map((each) => binary(each));
  if (typeof value !== "object" || value === null) return value;
  // The relying party's `id` is a domain name: the one `id` that is text.
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, key === "rp" ? each : binary(each, key)]));
}

const RESPONSE = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"] as const;

function toWire(credential: PublicKeyCredential): Record<string, unknown> {
  const told = credential.response as unknown as Partial<Record<(typeof RESPONSE)[number], ArrayBuffer | null>>;
  const response = RESPONSE.flatMap((name) => {
    const bytes = told[name];
    return bytes ? [[name, toBase64Url(bytes)]] : [];
  });
  return {
    id: credential.id,
    rawId: toBase64Url(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    response: Object.fromEntries(response) as unknown,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

export function fromBase64Url(text: string): ArrayBuffer {
  const letters = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0)).buffer;
}

export function toBase64Url(bytes: ArrayBuffer): string {
  const letters = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
