import { useState } from "preact/hooks";
import { type TotpOffer, offerTotp, switchTotpOff, switchTotpOn } from "../../../protocol/later";
import { Badge, Button, Dialog, Field } from "../../components/index";
import { QrCode } from "../../components/QrCode";
import { t } from "../../i18n/more";
import { tellFailure } from "../../words/failures";
import { complain, settled, totp } from "./authenticators";
import { guarded } from "../../state/stepUp";
import { Row } from "./Section";

export function Totp({ onOn }: { onOn: () => void }) {
  const [offer, setOffer] = useState<TotpOffer | null>(null);
  const [ending, setEnding] = useState(false);
  const isOn = totp() !== undefined;
  const begin = async (): Promise<void> => {
    const answer = await guarded(offerTotp);
    if (answer.ok) setOffer(answer.value);
    else complain(answer.failure);
  };
  const title = (
    <>
      {t("account.totp")} <Badge tone={isOn ? "exact" : "plain"}>{t(isOn ? "account.totp.on" : "account.totp.off")}</Badge>
    </>
  );
  return (
    <Row title={title} what={t("account.totp.what")}>
      {isOn ? <Button onClick={() => setEnding(true)}>{t("account.totp.switchOff")}</Button> : <Button onClick={() => void begin()}>{t("account.totp.switchOn")}</Button>}
      {offer && <SwitchOn offer={offer} onClose={() => setOffer(null)} onOn={onOn} />}
      {ending && <SwitchOff onClose={() => setEnding(false)} />}
    </Row>
  );
}

function SwitchOn({ offer, onClose, onOn }: { offer: TotpOffer; onClose: () => void; onOn: () => void }) {
  const [code, setCode] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    const answer = await guarded(() => switchTotpOn(code.replace(/\s/g, "")));
    setBusy(false);
    if (!answer.ok) {
      setProblem(answer.failure.kind === "refused" ? t("account.totp.wrong") : tellFailure(answer.failure).what);
      return;
    }
    await settled(answer, t("account.totp.done"));
    onClose();
    onOn();
  };
  return (
    <Dialog title={t("account.totp")} onClose={onClose}>
      <form
        class="account-form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <p>{t("account.totp.scan")}</p>
        <QrCode text={offer.url} label={t("account.totp.qr")} />
        <p class="account-key">
          <span>{t("account.totp.key")}</span> <code>{offer.secret.replace(/(.{4})(?=.)/g, "$1 ")}</code>
        </p>
        <Field label={t("account.totp.code")} inputMode="numeric" autocomplete="one-time-code" value={code} error={problem || undefined} onText={setCode} />
        <Button type="submit" look="primary" wide busy={busy}>
          {t("account.confirm")}
        </Button>
      </form>
    </Dialog>
  );
}

function SwitchOff({ onClose }: { onClose: () => void }) {
  const end = async (): Promise<void> => {
    onClose();
    await settled(await guarded(switchTotpOff));
  };
  return (
    <Dialog title={t("account.totp.offTitle")} onClose={onClose}>
      <p>{t("account.totp.offWhat")}</p>
      <div class="dialog-buttons">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button look="danger" onClick={() => void end()}>
          {t("account.totp.switchOff")}
        </Button>
      </div>
    </Dialog>
  );
}
