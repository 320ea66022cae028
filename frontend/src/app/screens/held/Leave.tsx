import { useState } from "preact/hooks";
import { Button, toast } from "../../components/index";
import { t } from "../../i18n/more";
import { leave } from "../../state/session";

/** Whoever is not the person whose session it is, or wants to stop here. */
export function Leave({ username }: { username: string }) {
  const [busy, setBusy] = useState(false);
  const go = async (): Promise<void> => {
    setBusy(true);
    if (!(await leave())) toast({ text: t("account.signOutFailed"), tone: "danger" });
    setBusy(false);
  };
  return (
    <div class="held-leave">
      <p>{t("account.signedInAs", { username })}</p>
      <Button look="quiet" busy={busy} onClick={() => void go()}>
        {t("account.signOut")}
      </Button>
    </div>
  );
}
