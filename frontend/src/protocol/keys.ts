import type { Answer } from "./failure";
import { ask } from "./rest";
import { type Read, listOf, nothing, number, oneOf, orNull, record, text } from "./wire";

export const SCOPES = ["store", "read"] as const;
export type KeyScope = (typeof SCOPES)[number];

/** A device's or a program's key, as administrators are told it: never the key itself. */
export interface DeviceKey {
  number: number;
  username: string;
  name: string;
  /** None: all that its account may do. */
  scopes: KeyScope[];
  usedAt: Date | null;
  expiresAt: Date;
  revokedAt: Date | null;
}

const moment: Read<Date> = (value) => new Date(text(value));

export const readDeviceKey: Read<DeviceKey> = (value) => {
  const wire = record(value);
  return {
    number: number(wire["number"]),
    username: text(wire["username"]),
    name: text(wire["name"]),
    scopes: listOf(oneOf(...SCOPES))(wire["scopes"]),
    usedAt: orNull(moment)(wire["last_used_at"]),
    expiresAt: moment(wire["expires_at"]),
    revokedAt: orNull(moment)(wire["revoked_at"]),
  };
};

export const loadKeys = (): Promise<Answer<DeviceKey[]>> => ask("/api/keys", { read: (value) => listOf(readDeviceKey)(record(value)["keys"]) });

export interface NewKey {
  username: string;
  name: string;
  scopes: KeyScope[];
  days: number;
}

/** The key, which is told this once. */
export const issueKey = (asked: NewKey): Promise<Answer<string>> => ask("/api/keys", { method: "POST", json: asked, read: (value) => text(record(value)["key"]) });

export const revokeKey = (key: number): Promise<Answer<undefined>> => ask(`/api/keys/${key}`, { method: "DELETE", read: nothing });
