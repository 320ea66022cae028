import { useState } from "preact/hooks";
import { type NewShare, makeUploadLink } from "../../../protocol/later";
import { Button, Dialog, Field } from "../../components/index";
import { t } from "../../i18n/share";
import { guarded } from "../../state/stepUp";
import { reasonOf, tellFailure } from "../../words/failures";
import { sizeInWords } from "../../words/sizes";
import { Choices } from "./Choices";
import { Made } from "./Made";
import "./share.css";

const HOURS = [24, 168, 720] as const;
const WEEK = 168;
const QUOTAS = [1e9, 4e9, 16e9] as const; // bytes

/** A link by which somebody without an account sends studies in; then the link itself, once. */
export function UploadLinkDialog({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<NewShare | null>(null);
  return (
    <Dialog title={t(made ? "receive.made" : "receive.title")} onClose={onClose}>
      {made ? <Made share={made} onDone={onClose} /> : <Form onMade={setMade} />}
    </Dialog>
  );
}

function Form({ onMade }: { onMade: (share: NewShare) => void }) {
  const [recipient, setRecipient] = useState("");
  const [hours, setHours] = useState<number>(WEEK);
  const [quotaBytes, setQuota] = useState<number>(QUOTAS[1]);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    const answer = await guarded(() => makeUploadLink({ hours, recipient: recipient.trim(), quotaBytes }));
    setBusy(false);
    if (answer.ok) onMade(answer.value);
    else if (answer.failure.kind !== "aborted") setProblem(reasonOf(answer.failure) || tellFailure(answer.failure).what);
  };
  return (
    <form
      class="share"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <p class="lead">{t("receive.lead")}</p>
      <Field label={t("receive.for")} hint={t("receive.for.hint")} maxLength={128} autocomplete="off" value={recipient} onText={setRecipient} />
      <Choices legend={t("share.until")} options={HOURS.map((one) => [one, t(`share.hours.${one}`)])} value={hours} onChoose={setHours} />
      <Choices legend={t("receive.quota")} options={QUOTAS.map((one) => [one, sizeInWords(one)])} value={quotaBytes} onChoose={setQuota} />
      <div class="share-foot">
        <p class="share-problem" role="alert">
          {problem}
        </p>
        <Button type="submit" look="primary" wide busy={busy}>
          {t("share.make")}
        </Button>
      </div>
    </form>
  );
}
