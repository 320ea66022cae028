import { useState } from "preact/hooks";
import { type AccountForm, type AccountMade, type Institution, makeAccount } from "../../../protocol/later";
import { Button, Dialog, Field } from "../../components/index";
import { t } from "../../i18n/people";
import { guarded } from "../../state/stepUp";
import { ShownOnce } from "../account/ShownOnce";
import { AccountFields, FORM_FIELDS, type FormField } from "./AccountFields";
import { type Problem, problemOf } from "./problem";

interface Props {
  institutions: readonly Institution[];
  onClose: () => void;
  onMade: (made: AccountMade) => void;
}

const FRESH: AccountForm = { role: "clinician", displayName: "", institution: 0, referrer: "", ssoName: "" };

/** A new account; its first password is told this once. */
export function Adding({ institutions, onClose, onMade }: Props) {
  const [made, setMade] = useState<AccountMade | null>(null);
  const settle = (now: AccountMade): void => {
    setMade(now);
    onMade(now);
  };
  if (made !== null) {
    return (
      <Dialog title={t("people.password.of", { name: made.account.username })} onClose={onClose}>
        <ShownOnce secret={made.password ?? ""} lead={t("people.password.once")} onDone={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t("people.add")} onClose={onClose}>
      <Form institutions={institutions} onMade={settle} />
    </Dialog>
  );
}

function Form({ institutions, onMade }: { institutions: readonly Institution[]; onMade: (made: AccountMade) => void }) {
  const [username, setUsername] = useState("");
  const [form, setForm] = useState(FRESH);
  const [problem, setProblem] = useState<Problem<FormField> | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    const answer = await guarded(() => makeAccount(username.trim(), form));
    setBusy(false);
    if (answer.ok) onMade(answer.value);
    else if (answer.failure.kind !== "aborted") setProblem(problemOf(answer.failure, FORM_FIELDS));
  };
  return (
    <form
      class="people-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Field
        label={t("people.username")}
        hint={t("people.username.hint")}
        required
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        maxLength={150}
        value={username}
        error={problem?.field === "username" ? problem.words : undefined}
        onText={setUsername}
      />
      <AccountFields form={form} institutions={institutions} problem={problem} onChange={(part) => setForm((before) => ({ ...before, ...part }))} />
      <p class="lead">{t("people.add.what")}</p>
      <Button type="submit" look="primary" wide busy={busy}>
        {t("people.add.go")}
      </Button>
    </form>
  );
}
