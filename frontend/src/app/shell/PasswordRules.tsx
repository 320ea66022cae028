import { Check, Circle } from "lucide-preact";
import { t } from "../i18n/more";
import { passwordRules } from "../words/passwords";
import "./passwordRules.css";

/** The rules beside the field, ticked off while one types. */
export function PasswordRules({ password, username }: { password: string; username: string }) {
  return (
    <div class="rules">
      <p>{t("rules.title")}</p>
      <ul>
        {passwordRules(password, username).map(({ words, isMet }) => (
          <li key={words} class={isMet ? "rule-met" : ""}>
            {isMet ? <Check size={16} aria-hidden="true" /> : <Circle size={16} aria-hidden="true" />}
            <span class="heard">{t(isMet ? "rules.met" : "rules.open")}</span>
            {words}
          </li>
        ))}
      </ul>
      <p>{t("rules.common")}</p>
    </div>
  );
}
