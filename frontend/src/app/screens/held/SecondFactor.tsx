import { useEffect } from "preact/hooks";
import { Button } from "../../components/index";
import { t } from "../../i18n/more";
import { learnSession } from "../../state/session";
import { Guards } from "../account/Guards";
import { authenticators, learnAuthenticators, passkeys, totp } from "../account/authenticators";
import "../account/account.css";
import { Leave } from "./Leave";

/** The days of grace are over: nothing is shown before the account has more than a password. */
export function SecondFactor({ username }: { username: string }) {
  useEffect(() => void learnAuthenticators(), []);
  const isGuarded = authenticators.value !== null && (passkeys().length > 0 || totp() !== undefined);
  return (
    <>
      <header class="held-head">
        <h1>{t("held.factor.title")}</h1>
        <p class="lead">{t("held.factor.lead")}</p>
      </header>
      <div class="account-card">
        <Guards />
      </div>
      <Button look="primary" wide disabled={!isGuarded} onClick={() => void learnSession()}>
        {t("held.factor.go")}
      </Button>
      <Leave username={username} />
    </>
  );
}
