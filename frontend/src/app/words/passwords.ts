import { t } from "../i18n/more";

const SHORTEST = 12;

export interface Rule {
  words: string;
  isMet: boolean;
}

/** What the server asks of a password, as far as it can be told while it is typed. Common ones only the server knows. */
export function passwordRules(password: string, username: string): Rule[] {
  const name = username.trim().toLowerCase();
  const holdsName = name.length > 2 && password.toLowerCase().includes(name);
  return [
    { words: t("rules.length"), isMet: Array.from(password).length >= SHORTEST },
    { words: t("rules.digits"), isMet: /\D/.test(password) },
    { words: t("rules.name"), isMet: password !== "" && !holdsName },
  ];
}

export const meetsRules = (password: string, username: string): boolean => passwordRules(password, username).every((rule) => rule.isMet);
