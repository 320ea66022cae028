import { Copy, Send } from "lucide-preact";
import type { NewShare } from "../../../protocol/later";
import { Button, toast } from "../../components/index";
import { QrCode } from "../../components/QrCode";
import { t } from "../../i18n/share";
import { momentInWords } from "../../words/moments";

/** The link, its QR code and its PIN: shown once. */
export function Made({ share, onDone }: { share: NewShare; onDone: () => void }) {
  const address = new URL(share.path, location.origin).href;
  return (
    <div class="share share-made">
      <QrCode text={address} label={t("share.qr")} />
      <p class="lead">{t(share.purpose === "receive" ? "share.scanToSend" : "share.scan")}</p>
      <Opens share={share} />
      <p class="lead">{t("shares.until", { when: momentInWords(share.expiresAt) })}</p>
      <input class="share-address" readOnly aria-label={t("share.address")} value={address} onFocus={(event) => event.currentTarget.select()} />
      <div class="share-acts">
        {"share" in navigator && (
          <Button look="primary" icon={Send} onClick={() => void send(address, share)}>
            {t("share.send")}
          </Button>
        )}
        <Button look={"share" in navigator ? "plain" : "primary"} icon={Copy} onClick={() => void copy(address)}>
          {t("share.copy")}
        </Button>
        <Button look="quiet" onClick={onDone}>
          {t("share.done")}
        </Button>
      </div>
    </div>
  );
}

function Opens({ share }: { share: NewShare }) {
  if (share.challenge === "birth_date") return <p>{t("share.birthDateIs")}</p>;
  if (share.challenge === "email") return <p>{t("share.emailIs", { email: share.email })}</p>;
  return <ShownPin pin={share.pin ?? ""} lead={t("share.pinApart")} />;
}

/** A PIN that is shown only now, in two halves to be read out. */
export function ShownPin({ pin, lead }: { pin: string; lead: string }) {
  const half = Math.ceil(pin.length / 2);
  return (
    <div class="share-pin">
      <p>
        <span>{t("share.pinIs")}</span>
        <output aria-label={pin.replace(/(?<=.)(?=.)/g, " ")}>{`${pin.slice(0, half)} ${pin.slice(half)}`}</output>
        <Button look="quiet" icon={Copy} onClick={() => void copy(pin)}>
          {t("share.copyPin")}
        </Button>
      </p>
      <p class="lead">{lead}</p>
    </div>
  );
}

async function send(address: string, { sender, purpose }: NewShare): Promise<void> {
  // Whoever changes their mind in the system's sheet needs no message.
  await navigator.share({ title: t("guest.title"), text: t(purpose === "receive" ? "share.sendText.receive" : "share.sendText", { sender }), url: address }).catch(() => undefined);
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast({ text: t("share.copied") });
  } catch {
    toast({ text: t("share.copyFailed"), tone: "danger" });
  }
}
