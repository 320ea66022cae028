import { Copy, Send } from "lucide-preact";
import type { Share } from "../../../protocol/later";
import { Button, toast } from "../../components/index";
import { t } from "../../i18n/share";

type Words = "share" | "health";

/** The address itself, and the ways to hand it on. */
export function Handing({ share, address, onDone }: { share: Share; address: string; onDone: () => void }) {
  const words: Words = address.startsWith("shlink:") ? "health" : "share";
  return (
    <>
      <input class="share-address" readOnly aria-label={t(`${words}.address`)} value={address} onFocus={(event) => event.currentTarget.select()} />
      <div class="share-acts">
        {"share" in navigator && (
          <Button look="primary" icon={Send} onClick={() => void send(words, address, share)}>
            {t(`${words}.send`)}
          </Button>
        )}
        <Button look={"share" in navigator ? "plain" : "primary"} icon={Copy} onClick={() => void copy(address)}>
          {t(`${words}.copy`)}
        </Button>
        <Button look="quiet" onClick={onDone}>
          {t("share.done")}
        </Button>
      </div>
    </>
  );
}

async function send(words: Words, address: string, { sender, purpose }: Share): Promise<void> {
  const text = t(purpose === "receive" ? "share.sendText.receive" : "share.sendText", { sender });
  const title = t("guest.title");
  // Systems take web addresses only as such: any other is text to them.
  const data = words === "share" ? { title, text, url: address } : { title, text: address };
  // Whoever changes their mind in the system's sheet needs no message.
  await navigator.share(data).catch(() => undefined);
}

export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast({ text: t("share.copied") });
  } catch {
    toast({ text: t("share.copyFailed"), tone: "danger" });
  }
}
