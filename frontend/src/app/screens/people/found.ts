import type { Role } from "../../../protocol/index";
import type { Account } from "../../../protocol/later";

/** What the list is narrowed to. */
export interface Sought {
  words: string;
  role: Role | null;
  onlyClosed: boolean;
}

export const EVERYBODY: Sought = { words: "", role: null, onlyClosed: false };

/** What somebody is called; an account need not say. */
export const calledOf = ({ displayName, username }: Account): string => displayName || username;

/** Whose names have all the words somewhere, by name; closed accounts after the open ones. */
export function found(accounts: readonly Account[], { words, role, onlyClosed }: Sought): Account[] {
  const wanted = folded(words).split(/\s+/).filter(Boolean);
  const isMeant = (account: Account): boolean => {
    const names = folded(`${account.displayName} ${account.username}`);
    return wanted.every((word) => names.includes(word)) && (role === null || account.role === role) && !(onlyClosed && account.isActive);
  };
  return accounts.filter(isMeant).sort((one, other) => Number(other.isActive) - Number(one.isActive) || calledOf(one).localeCompare(calledOf(other)));
}

/** In small letters, without accents: who looks for "zoe" means "Zoë" too. */
const folded = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

/** A changed or a new account among the others. */
export const withAccount = (accounts: readonly Account[], changed: Account): Account[] => [...accounts.filter((one) => one.username !== changed.username), changed];

const STAFF: ReadonlySet<Role> = new Set(["administrator", "clinician", "technologist"]);

/** Whether nothing but a password guards an account that sees studies of others. Before somebody signs in, nothing is asked of them. */
export const lacksSecondFactor = ({ role, isActive, hasSecondFactor, lastLogin }: Account): boolean => isActive && STAFF.has(role) && !hasSecondFactor && lastLogin !== null;
