import { useState } from "preact/hooks";
import { type Failure } from "../../../protocol/index";
import { type Share, makeHealthLink } from "../../../protocol/later";
import { Button, Dialog } from "../../components/index";
import { QrCode } from "../../components/QrCode";
import { t } from "../../i18n/share";
import { guarded } from "../../state/stepUp";
import { momentInWords } from "../../words/moments";
import { reasonOf, tellFailure } from "../../words/failures";
import { Handing } from "./Handing";
import "./share.css";

/** From the list: a link of before as a SMART Health Link, shown once. */
export function HealthLinkDialog({ share, onClose }: { share: Share; onClose: () => void }) {
  const [made, setMade] = useState<string | null>(null);
  return (
    <Dialog title={t("health.title")} onClose={onClose}>
      {made === null ? (
        <MakeHealthLink share={share} onMade={setMade} />
      ) : (
        <div class="share share-made">
          <HealthLinkCode shlink={made} />
          <p class="lead">{t("health.once")}</p>
          <Handing share={share} address={made} onDone={onClose} />
        </div>
      )}
    </Dialog>
  );
}

/** What it is, and the making of it. */
export function MakeHealthLink({ share, onMade }: { share: Share; onMade: (shlink: string) => void }) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const { madeAt } = share.healthLink;
  const make = async (): Promise<void> => {
    setBusy(true);
    const answer = await guarded(() => makeHealthLink(share.id));
    setBusy(false);
    if (answer.ok) onMade(answer.value);
    else setProblem(wordsOf(answer.failure));
  };
  return (
    <div class="share">
      <p>{t("health.what")}</p>
      <p class="lead">{t("health.pin")}</p>
      {madeAt !== null && <p class="lead">{t("health.again", { when: momentInWords(madeAt) })}</p>}
      <p class="share-problem" role="alert">
        {problem}
      </p>
      <Button look="primary" wide busy={busy} onClick={() => void make()}>
        {t("health.make")}
      </Button>
    </div>
  );
}

/** The QR code, sturdier than that of an address: so the guide advises. */
export function HealthLinkCode({ shlink }: { shlink: string }) {
  return <QrCode text={shlink} label={t("health.qr")} sturdy />;
}

function wordsOf(failure: Failure): string {
  return failure.kind === "aborted" ? "" : reasonOf(failure) || tellFailure(failure).what;
}
