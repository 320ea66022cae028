import type { AccountForm } from "../../../protocol/later";

const FIELDS = ["role", "displayName", "institution", "referrer", "ssoName"] as const;

/** What a form says otherwise than it was. */
export function changedIn(before: AccountForm, after: AccountForm): Partial<AccountForm> {
  return Object.fromEntries(FIELDS.filter((field) => before[field] !== after[field]).map((field) => [field, after[field]]));
}
