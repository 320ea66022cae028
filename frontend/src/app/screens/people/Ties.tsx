import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import type { Failure } from "../../../protocol/index";
import { type Account, type Tie, tiePatient, untiePatient } from "../../../protocol/later";
import { Button, Dialog, Field, toast } from "../../components/index";
import { t } from "../../i18n/people";
import { guarded } from "../../state/stepUp";
import { tellFailure } from "../../words/failures";
import { Row, Section } from "../account/Section";
import { type Problem, problemOf } from "./problem";

interface Props {
  account: Account;
  onChanged: (account: Account) => void;
}

/** Whose images a patient's account opens: its person's, or of whom they care for. */
export function Ties({ account, onChanged }: Props) {
  const [tying, setTying] = useState(false);
  const settle = (ties: Tie[]): void => onChanged({ ...account, ties });
  const untie = async (tie: Tie): Promise<void> => {
    const answer = await guarded(() => untiePatient(account.username, tie));
    if (answer.ok) {
      settle(account.ties.filter((one) => one !== tie));
      toast({ text: t("people.untied"), action: { label: t("people.undo"), perform: () => void back(tie) } });
    } else if (answer.failure.kind !== "aborted") toast({ text: tellFailure(answer.failure).what, tone: "danger" });
  };
  const back = async (tie: Tie): Promise<void> => {
    const answer = await guarded(() => tiePatient(account.username, tie));
    if (answer.ok) onChanged(answer.value);
    toast(answer.ok ? { text: t("people.undone") } : { text: tellFailure(answer.failure).what, tone: "danger" });
  };
  return (
    <Section title={t("people.ties")}>
      {account.ties.length === 0 && <Row title={t("people.ties.none")} what={t("people.ties.none.what")} />}
      {account.ties.map((tie) => (
        <Row key={`${tie.issuer}\n${tie.patientId}`} title={tie.patientId} what={tie.issuer === "" ? null : t("people.ties.issuer", { issuer: tie.issuer })}>
          <Button aria-label={t("people.untie.named", { id: tie.patientId })} onClick={() => void untie(tie)}>
            {t("people.untie")}
          </Button>
        </Row>
      ))}
      <Row title={t("people.tie.title")} what={t("people.tie.what")}>
        <Button icon={Plus} onClick={() => setTying(true)}>
          {t("people.tie")}
        </Button>
      </Row>
      {tying && <Tying account={account} onClose={() => setTying(false)} onChanged={onChanged} />}
    </Section>
  );
}

const TIE_FIELDS = { patient_id: "patientId", issuer: "issuer" } as const;
type TieField = (typeof TIE_FIELDS)[keyof typeof TIE_FIELDS];

/** Two Patient IDs that look alike are two people: what is not here, or is ambiguous, is said beside the field. */
function problemOfTie(failure: Failure): Problem<TieField> {
  if (failure.kind === "refused" && failure.status === 404) return { field: "patientId", words: t("people.tie.nobody") };
  return problemOf(failure, TIE_FIELDS);
}

function Tying({ account, onClose, onChanged }: Props & { onClose: () => void }) {
  const [tie, setTie] = useState<Tie>({ patientId: "", issuer: "" });
  const [problem, setProblem] = useState<Problem<TieField> | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const answer = await guarded(() => tiePatient(account.username, { patientId: tie.patientId.trim(), issuer: tie.issuer.trim() }));
    setBusy(false);
    if (!answer.ok) {
      if (answer.failure.kind !== "aborted") setProblem(problemOfTie(answer.failure));
      return;
    }
    onChanged(answer.value);
    onClose();
    toast({ text: t("people.tied") });
  };
  const of = (field: TieField): string | undefined => (problem?.field === field ? problem.words : undefined);
  return (
    <Dialog title={t("people.tie.title")} onClose={onClose}>
      <form class="people-form" onSubmit={(event) => void submit(event)}>
        <Field label={t("people.tie.id")} hint={t("people.tie.id.hint")} required autocomplete="off" spellcheck={false} maxLength={64} value={tie.patientId} error={of("patientId")} onText={(patientId) => setTie({ ...tie, patientId })} />
        <Field label={t("people.tie.issuer")} hint={t("people.tie.issuer.hint")} autocomplete="off" spellcheck={false} maxLength={64} value={tie.issuer} error={of("issuer")} onText={(issuer) => setTie({ ...tie, issuer })} />
        {problem?.field === "" && (
          <p class="people-problem" role="alert">
            {problem.words}
          </p>
        )}
        <div class="dialog-buttons">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={busy}>
            {t("people.tie")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
