import { Copy } from "lucide-preact";
import { Button, toast } from "../../components/index";
import { t } from "../../i18n/more";
import "./account.css";

/** A secret that is told this once: to be read, or copied. */
export function ShownOnce({ secret, lead, onDone }: { secret: string; lead: string; onDone: () => void }) {
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(secret);
    toast({ text: t("account.codes.copied") });
  };
  return (
    <>
      <p>{lead}</p>
      <p class="account-key">
        <code>{secret}</code>
      </p>
      <div class="dialog-buttons">
        {window.isSecureContext && (
          <Button icon={Copy} onClick={() => void copy()}>
            {t("account.codes.copy")}
          </Button>
        )}
        <Button look="primary" onClick={onDone}>
          {t("keys.done")}
        </Button>
      </div>
    </>
  );
}
