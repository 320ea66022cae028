import { useState } from "preact/hooks";
import type { Failure } from "../../../protocol/index";
import { changePassword } from "../../../protocol/later";
import { Button, Dialog, Field, toast } from "../../components/index";
import { t } from "../../i18n/more";
import { PasswordRules } from "../../shell/PasswordRules";
import { learnSession, person } from "../../state/session";
import { tellFailure } from "../../words/failures";
import { meetsRules } from "../../words/passwords";
import { Row } from "./Section";

export function Password() {
  const [open, setOpen] = useState(false);
  return (
    <Row title={t("account.password")}>
      <Button aria-label={t("account.password.change")} onClick={() => setOpen(true)}>
        {t("account.password.changeShort")}
      </Button>
      {open && <Change onClose={() => setOpen(false)} />}
    </Row>
  );
}

interface Problem {
  field: "current" | "next";
  words: string;
}

function Change({ onClose }: { onClose: () => void }) {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const username = person.value?.username ?? "";
  const submit = async (): Promise<void> => {
    if (!meetsRules(next, username)) {
      setProblem({ field: "next", words: t("rules.unmet") });
      return;
    }
    setBusy(true);
    const answer = await changePassword(current, next);
    setBusy(false);
    if (!answer.ok) {
      setProblem(problemOf(answer.failure));
      return;
    }
    toast({ text: t("account.password.done") });
    await learnSession(); // the token changed with the session
    onClose();
  };
  const of = (field: Problem["field"]): string | undefined => (problem?.field === field ? problem.words : undefined);
  return (
    <Dialog title={t("account.password.change")} onClose={onClose}>
      <form
        class="account-form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <input type="text" autocomplete="username" value={username} hidden readOnly />
        <Field label={t("account.password.current")} type="password" autocomplete="current-password" value={current} error={of("current")} onText={setCurrent} />
        <Field label={t("account.password.next")} type="password" autocomplete="new-password" value={next} error={of("next")} onText={setNext} />
        <PasswordRules password={next} username={username} />
        <Button type="submit" look="primary" wide busy={busy}>
          {t("account.password.submit")}
        </Button>
      </form>
    </Dialog>
  );
}

function problemOf(failure: Failure): Problem {
  if (failure.kind !== "refused") return { field: "next", words: tellFailure(failure).what };
  if (failure.fields["parameter"] === "current_password") return { field: "current", words: t("account.password.wrong") };
  return { field: "next", words: failure.message };
}
