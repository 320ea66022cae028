import { type Answer, answered, failed } from "./failure";
import { converseSignedIn } from "./allauth";
import { type Read, boolean, listOf, number, record, text } from "./wire";

/** One sign-in of this account: a browser that may act as its person. */
export interface Device {
  id: number;
  /** What the browser says of itself. */
  userAgent: string;
  /** The address it signed in from. */
  address: string;
  since: Date;
  seen: Date;
  /** Whether it is the one that asks. */
  isThis: boolean;
}

export const readDevice: Read<Device> = (value) => {
  const wire = record(value);
  const moment = (name: string): Date => new Date(number(wire[name]) * 1000);
  return {
    id: number(wire["id"]),
    userAgent: text(wire["user_agent"]),
    address: text(wire["ip"]),
    since: moment("created_at"),
    seen: moment("last_seen_at"),
    isThis: boolean(wire["is_current"]),
  };
};

const PATH = "auth/sessions";

/** Where the account is signed in, this device first, then the last seen. */
export const loadDevices = (): Promise<Answer<Device[]>> => exchange("GET");

/** Signs these out, wherever they are; answers with what is left. */
export const signOutDevices = (ids: readonly number[]): Promise<Answer<Device[]>> => exchange("DELETE", { sessions: ids });

async function exchange(method: "GET" | "DELETE", json?: unknown): Promise<Answer<Device[]>> {
  const answer = await converseSignedIn(method, PATH, json);
  if (!answer.ok) return answer;
  try {
    return answered(listOf(readDevice)(answer.value.data).sort(byUse));
  } catch {
    return failed({ kind: "unreadable" });
  }
}

const byUse = (one: Device, other: Device): number => Number(other.isThis) - Number(one.isThis) || other.seen.getTime() - one.seen.getTime();
