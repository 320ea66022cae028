import type { Account, Institution } from "../../../protocol/later";
import { t } from "../../i18n/people";
import { roleInWords } from "../../i18n/policy";
import { momentInWords } from "../../words/moments";

/** "Clinician", and of which institution where there are several. */
export function aboutOf({ role, institution }: Account, institutions: readonly Institution[]): string {
  const house = institutions.length > 1 ? institutions.find(({ number }) => number === institution)?.name : undefined;
  return [roleInWords(role), house].filter(Boolean).join(" · ");
}

/** "Mon 30 Nov, 14:20" */
export const lastLoginOf = ({ lastLogin }: Account): string => (lastLogin === null ? t("people.never") : momentInWords(lastLogin));
