import { Building2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { beginSso } from "../../../protocol/index";
import { Button } from "../../components/index";
import { t } from "../../i18n/index";
import { knowledge } from "../../state/session";

/** By the service that the house has for it: away to it, and back to the sign-in page. */
export function Sso({ onProblem }: { onProblem: (words: string) => void }) {
  const [busy, setBusy] = useState(false);
  const name = knowledge.value.kind === "known" ? knowledge.value.session.sso : null;
  if (name === null) return null;
  const go = async (): Promise<void> => {
    setBusy(true);
    const answer = await beginSso();
    if (answer.ok && /^https?:/.test(answer.value)) {
      location.assign(answer.value); // still busy: the page is left
      return;
    }
    setBusy(false);
    onProblem(t("signIn.sso.away"));
  };
  return (
    <Button wide icon={Building2} busy={busy} onClick={() => void go()}>
      {t("signIn.sso", { name })}
    </Button>
  );
}
