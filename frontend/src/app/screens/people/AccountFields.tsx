import { ROLES } from "../../../protocol/index";
import type { AccountForm, Institution } from "../../../protocol/later";
import { Field } from "../../components/index";
import { Select } from "../../components/Select";
import { t } from "../../i18n/people";
import { roleInWords } from "../../i18n/policy";
import { knowledge } from "../../state/session";
import type { Problem } from "./problem";

export const FORM_FIELDS = {
  username: "username",
  role: "role",
  display_name: "displayName",
  institution: "institution",
  referring_physician: "referrer",
  sso_name: "ssoName",
} as const;

export type FormField = (typeof FORM_FIELDS)[keyof typeof FORM_FIELDS];

interface Props {
  form: AccountForm;
  institutions: readonly Institution[];
  problem: Problem<FormField> | null;
  onChange: (part: Partial<AccountForm>) => void;
}

/** What is said of an account: of a new one, and of one that is changed. */
export function AccountFields({ form, institutions, problem, onChange }: Props) {
  const of = (field: FormField): string | undefined => (problem?.field === field ? problem.words : undefined);
  const sso = knowledge.value.kind === "known" ? knowledge.value.session.sso : null;
  return (
    <>
      <Field label={t("people.displayName")} hint={t("people.displayName.hint")} autocomplete="off" maxLength={128} value={form.displayName} error={of("displayName")} onText={(displayName) => onChange({ displayName })} />
      <Select label={t("people.role")} options={ROLES.map((role) => [role, roleInWords(role)] as const)} value={form.role} error={of("role")} onChoose={(role) => onChange({ role })} />
      {institutions.length > 1 && (
        <Select
          label={t("people.institution")}
          options={institutions.map(({ number, name }) => [number, name] as const)}
          value={form.institution}
          error={of("institution")}
          onChoose={(institution) => onChange({ institution })}
        />
      )}
      {form.role === "referrer" && (
        <Field label={t("people.referrer")} hint={t("people.referrer.hint")} autocomplete="off" spellcheck={false} maxLength={324} value={form.referrer} error={of("referrer")} onText={(referrer) => onChange({ referrer })} />
      )}
      {sso !== null && (
        <Field label={t("people.sso", { service: sso })} hint={t("people.sso.hint")} autocomplete="off" autocapitalize="none" spellcheck={false} maxLength={254} value={form.ssoName} error={of("ssoName")} onText={(ssoName) => onChange({ ssoName })} />
      )}
      {problem?.field === "" && (
        <p class="people-problem" role="alert">
          {problem.words}
        </p>
      )}
    </>
  );
}
