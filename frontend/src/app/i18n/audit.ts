import audit from "./audit.en.json";
import { translator } from "./translate";

export type Key = keyof typeof audit;

/** The words of the trail: who did what. */
export const t = translator<Key>(audit);

/** An action in words; one of a newer server as the trail has it. */
export const actionInWords = (action: string): string => (`act.${action}` in audit ? t(`act.${action}` as Key) : action);

/** What a patient is told that somebody did. */
export const seenInWords = (action: string): string => (`seen.${action}` in audit ? t(`seen.${action}` as Key) : actionInWords(action));

export const roleInWords = (role: string): string => (`role.${role}` in audit ? t(`role.${role}` as Key) : role);
