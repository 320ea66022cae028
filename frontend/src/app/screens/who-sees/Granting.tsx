import { useState } from "preact/hooks";
import { type GrantForm, makeGrant } from "../../../protocol/later";
import { Button, Dialog, Field, toast } from "../../components/index";
import { Select } from "../../components/Select";
import { t } from "../../i18n/policy";
import { tellFailure } from "../../words/failures";

const WHAT = ["study", "patient_id", "referring_physician"] as const;
const DAYS = [1, 7, 90, 0] as const;
const DAY_MS = 86_400_000;

/** Open a study, a patient's or a referrer's studies to one person, for a while or until it is taken back. */
export function Granting({ person, onClose, onGranted }: { person: string; onClose: () => void; onGranted: () => void }) {
  const [what, setWhat] = useState<GrantForm["what"]>("study");
  const [named, setNamed] = useState("");
  const [days, setDays] = useState<(typeof DAYS)[number]>(7);
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const expiresAt = days === 0 ? null : new Date(Date.now() + days * DAY_MS).toISOString();
    const answer = await makeGrant({ person, what, named: named.trim(), expiresAt });
    setBusy(false);
    if (!answer.ok) {
      setWrong(tellFailure(answer.failure).what);
      return;
    }
    onClose();
    toast({ text: t("sees.granted") });
    onGranted();
  };
  return (
    <Dialog title={t("sees.grant")} onClose={onClose}>
      <form class="sees-grant" onSubmit={(event) => void submit(event)}>
        <Select label={t("sees.grant.what")} options={WHAT.map((one) => [one, t(`sees.grant.${one}`)] as const)} value={what} onChoose={setWhat} />
        <Field label={t(`sees.grant.named.${what}`)} error={wrong || undefined} value={named} onText={setNamed} required autocomplete="off" spellcheck={false} maxLength={324} />
        <Select label={t("sees.grant.days")} options={DAYS.map((one) => [one, t(`sees.grant.days.${one}`)] as const)} value={days} onChoose={setDays} />
        <div class="dialog-buttons">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={busy}>
            {t("sees.grant.go")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
