import { Copy } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { NewShare, Share } from "../../../protocol/later";
import { Button } from "../../components/index";
import { QrCode } from "../../components/QrCode";
import { t } from "../../i18n/share";
import { momentInWords } from "../../words/moments";
import { Choices } from "./Choices";
import { copy, Handing } from "./Handing";
import { HealthLinkCode, MakeHealthLink } from "./HealthLink";

type Form = "page" | "health";
const FORMS: readonly (readonly [Form, string])[] = [
  ["page", t("health.page")],
  ["health", t("health.title")],
];

/** The link, its QR code and its PIN: shown once. */
export function Made({ share, onDone }: { share: NewShare; onDone: () => void }) {
  const [form, setForm] = useState<Form>("page");
  const [shlink, setShlink] = useState<string | null>(null);
  const place = useRef<HTMLDivElement>(null);
  // Whoever scrolled down to the form's last button reads this from its beginning.
  useEffect(() => place.current?.closest("dialog")?.scrollTo(0, 0), []);
  const address = form === "page" ? new URL(share.path, location.origin).href : shlink;
  return (
    <div class="share share-made" ref={place}>
      {share.healthLink.possible && <Choices legend={t("health.as")} options={FORMS} value={form} onChoose={setForm} />}
      {form === "page" ? <PageCode share={share} /> : shlink === null ? <MakeHealthLink share={share} onMade={setShlink} /> : <HealthLinkCode shlink={shlink} />}
      <Copied share={share} />
      <Opens share={share} />
      <p class="lead">{t("shares.until", { when: momentInWords(share.expiresAt) })}</p>
      {address !== null && <Handing share={share} address={address} onDone={onDone} />}
    </div>
  );
}

function PageCode({ share }: { share: NewShare }) {
  return (
    <>
      <QrCode text={new URL(share.path, location.origin).href} label={t("share.qr")} />
      <p class="lead">{t(share.purpose === "receive" ? "share.scanToSend" : "share.scan")}</p>
    </>
  );
}

/** Of a link without names: that its copy is still being made, and what is not in it. */
export function Copied({ share: { copy, state } }: { share: Share }) {
  if (copy === null) return null;
  if (state === "preparing") return <p role="status">{t("share.preparing", { done: copy.done + copy.leftOut, total: copy.total })}</p>;
  return copy.leftOut > 0 ? <p>{t("share.leftOut", { count: copy.leftOut })}</p> : null;
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
