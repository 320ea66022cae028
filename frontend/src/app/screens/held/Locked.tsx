import { useEffect } from "preact/hooks";
import { Button, toast } from "../../components/index";
import { t as shell } from "../../i18n/index";
import { t } from "../../i18n/more";
import { held, learnSession } from "../../state/session";
import { Proof } from "../confirm/Proof";
import "../confirm/confirm.css";
import { Sso } from "../signin/Sso";
import { Leave } from "./Leave";

const ask = (): void => void learnSession();

/** Nobody was here for a while, or the person locked it: nothing is shown before they show that it is they. */
export function Locked({ username }: { username: string }) {
  const isAsked = held.value?.ways != null;
  useEffect(() => {
    addEventListener("online", ask);
    return () => removeEventListener("online", ask);
  }, []);
  return (
    <>
      <header class="held-head">
        <h1>{t("held.locked.title")}</h1>
        <p class="lead">{t(isAsked ? "held.locked.lead" : "held.locked.away")}</p>
      </header>
      {held.value?.ways?.length === 0 && <Sso onProblem={(words) => toast({ text: words, tone: "danger" })} />}
      {isAsked ? <Proof onProven={ask} /> : <Button onClick={ask}>{shell("common.retry")}</Button>}
      <Leave username={username} />
    </>
  );
}
