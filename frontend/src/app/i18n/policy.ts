import policy from "./policy.en.json";
import { translator } from "./translate";

export type Key = keyof typeof policy;

/** The words of who sees what, and of what is opened in emergencies. */
export const t = translator<Key>(policy);

/** A way in which studies are open, in words; one of a newer server in its own. */
export const wayInWords = (reason: string, words: string): string => (`way.${reason}` in policy ? t(`way.${reason}` as Key) : words);

export const actInWords = (act: string): string => (`may.${act}` in policy ? t(`may.${act}` as Key) : act);

export const roleInWords = (role: string): string => (`role.${role}` in policy ? t(`role.${role}` as Key) : role);

export const breadthInWords = (breadth: string): string => (`breadth.${breadth}` in policy ? t(`breadth.${breadth}` as Key) : breadth);
