import { useState } from "preact/hooks";
import { type Account, type AccountForm, type Institution, changeAccount } from "../../../protocol/later";
import { Button, Dialog } from "../../components/index";
import { t } from "../../i18n/people";
import { guarded } from "../../state/stepUp";
import { AccountFields, FORM_FIELDS, type FormField } from "./AccountFields";
import { changedIn } from "./changed";
import { type Problem, problemOf } from "./problem";

interface Props {
  account: Account;
  institutions: readonly Institution[];
  onClose: () => void;
  onChanged: (account: Account) => void;
}

/** Name, role and institution of an account: a change holds from its person's next step on. */
export function Changing({ account, institutions, onClose, onChanged }: Props) {
  const [form, setForm] = useState<AccountForm>(account);
  const [problem, setProblem] = useState<Problem<FormField> | null>(null);
  const [busy, setBusy] = useState(false);
  const change = changedIn(account, form);
  const isSame = Object.keys(change).length === 0;
  const submit = async (): Promise<void> => {
    setBusy(true);
    const answer = await guarded(() => changeAccount(account.username, change));
    setBusy(false);
    if (answer.ok) onChanged(answer.value);
    else if (answer.failure.kind !== "aborted") setProblem(problemOf(answer.failure, FORM_FIELDS));
  };
  return (
    <Dialog title={t("people.change.title", { name: account.username })} onClose={onClose}>
      <form
        class="people-form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <AccountFields form={form} institutions={institutions} problem={problem} onChange={(part) => setForm((before) => ({ ...before, ...part }))} />
        <p class="lead">{t("people.change.what")}</p>
        <div class="dialog-buttons">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={busy} disabled={isSame}>
            {t("people.change.go")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
