/** Why an answer did not come as asked: one tag for each thing that a person can be told or can do. */
export type Failure =
  | { kind: "offline" }
  | { kind: "aborted" }
  | { kind: "signed_out" }
  | { kind: "refused"; status: number; code: string; message: string; fields: Fields; requestId: string }
  | { kind: "busy"; retryAfterS: number }
  | { kind: "server"; status: number; requestId: string }
  | { kind: "unreadable" };

export type Fields = Readonly<Record<string, unknown>>;

export type Answer<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export const answered = <T>(value: T): Answer<T> => ({ ok: true, value });
export const failed = (failure: Failure): Answer<never> => ({ ok: false, failure });
