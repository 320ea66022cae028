import { useState } from "preact/hooks";
import { type Account, renewPassword } from "../../../protocol/later";
import { Button, Dialog } from "../../components/index";
import { t } from "../../i18n/people";
import { guarded } from "../../state/stepUp";
import { tellFailure } from "../../words/failures";
import { ShownOnce } from "../account/ShownOnce";
import { calledOf } from "./found";

/** For who forgot theirs: a new password in place of the old one, told this once. */
export function NewPassword({ account, onClose }: { account: Account; onClose: () => void }) {
  const [secret, setSecret] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const make = async (): Promise<void> => {
    setBusy(true);
    const answer = await guarded(() => renewPassword(account.username));
    setBusy(false);
    if (answer.ok) setSecret(answer.value.password);
    else if (answer.failure.kind !== "aborted") setProblem(tellFailure(answer.failure).what);
  };
  if (secret !== null) {
    return (
      <Dialog title={t("people.password.of", { name: account.username })} onClose={onClose}>
        <ShownOnce secret={secret} lead={t("people.password.once")} onDone={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t("people.password.title", { name: calledOf(account) })} onClose={onClose}>
      <p>{t("people.password.means")}</p>
      {problem && (
        <p class="people-problem" role="alert">
          {problem}
        </p>
      )}
      <div class="dialog-buttons">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button look="primary" busy={busy} onClick={() => void make()}>
          {t("people.password.make")}
        </Button>
      </div>
    </Dialog>
  );
}
