import type { Answer } from "../../../protocol/index";
import { type Account, setOpen } from "../../../protocol/later";
import { Button, Dialog, toast } from "../../components/index";
import { t } from "../../i18n/people";
import { guarded } from "../../state/stepUp";
import { reasonOf, tellFailure } from "../../words/failures";
import { calledOf } from "./found";

/** What it means to close an account, before it is done. */
export function Closing({ account, onClose, onChanged }: { account: Account; onClose: () => void; onChanged: (account: Account) => void }) {
  const close = (): void => {
    onClose();
    void turn(account, false, onChanged);
  };
  return (
    <Dialog title={t("people.close.title", { name: calledOf(account) })} onClose={onClose}>
      <ul class="people-means">
        <li>{t("people.close.out")}</li>
        <li>{t("people.close.links")}</li>
        <li>{t("people.close.kept")}</li>
      </ul>
      <div class="dialog-buttons">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button look="danger" onClick={close}>
          {t("people.close.go")}
        </Button>
      </div>
    </Dialog>
  );
}

/** Close it or open it, and offer the way back. */
export async function turn(account: Account, isOpen: boolean, onChanged: (account: Account) => void): Promise<void> {
  const answer = await settled(account, isOpen, onChanged);
  if (!answer.ok) return;
  const undo = (): void => void settled(account, !isOpen, onChanged).then((back) => back.ok && toast({ text: t("people.undone") }));
  toast({ text: t(isOpen ? "people.opened" : "people.closed", { name: calledOf(account) }), action: { label: t("people.undo"), perform: undo } });
}

async function settled(account: Account, isOpen: boolean, onChanged: (account: Account) => void): Promise<Answer<Account>> {
  const answer = await guarded(() => setOpen(account.username, isOpen));
  if (answer.ok) onChanged(answer.value);
  else if (answer.failure.kind !== "aborted") toast({ text: reasonOf(answer.failure) || tellFailure(answer.failure).what, tone: "danger" });
  return answer;
}
