import { Copy, Download } from "lucide-preact";
import { useEffect, useMemo } from "preact/hooks";
import { makeRecoveryCodes } from "../../../protocol/later";
import { Button, Dialog, toast } from "../../components/index";
import { t } from "../../i18n/more";
import { recoveryCodes, settled } from "./authenticators";
import { guarded } from "../../state/stepUp";
import { Row } from "./Section";

const FILE_NAME = "lightbox-recovery-codes.txt";

interface Props {
  /** Codes that were just made: shown this once. */
  made: readonly string[] | null;
  onMade: (codes: readonly string[] | null) => void;
}

export function RecoveryCodes({ made, onMade }: Props) {
  const codes = recoveryCodes();
  const make = async (): Promise<void> => {
    const answer = await guarded(makeRecoveryCodes);
    if ((await settled(answer)) && answer.ok) onMade(answer.value);
  };
  return (
    <>
      {codes && (
        <Row title={t("account.codes")} what={`${t("account.codes.what")} ${t("account.codes.left", { count: codes.unused })}`}>
          <Button onClick={() => void make()}>{t("account.codes.make")}</Button>
        </Row>
      )}
      {made && <Shown codes={made} onClose={() => onMade(null)} />}
    </>
  );
}

/** An address of them as a file, for as long as they are shown. */
function useObjectUrl(codes: readonly string[]): string {
  const url = useMemo(() => URL.createObjectURL(new Blob([`${t("account.codes.title")}\n\n${codes.join("\n")}\n`], { type: "text/plain" })), [codes]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return url;
}

function Shown({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(codes.join("\n"));
    toast({ text: t("account.codes.copied") });
  };
  const file = useObjectUrl(codes);
  return (
    <Dialog title={t("account.codes.title")} onClose={onClose}>
      <p>{t("account.codes.keep")}</p>
      <ul class="account-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div class="dialog-buttons">
        <a class="button button-plain" href={file} download={FILE_NAME}>
          <Download size={20} aria-hidden="true" />
          <span>{t("account.codes.save")}</span>
        </a>
        {window.isSecureContext && (
          <Button icon={Copy} onClick={() => void copy()}>
            {t("account.codes.copy")}
          </Button>
        )}
        <Button look="primary" onClick={onClose}>
          {t("account.codes.done")}
        </Button>
      </div>
    </Dialog>
  );
}
