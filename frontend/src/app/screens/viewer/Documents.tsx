import "./documents.css";
import { useState } from "preact/hooks";
import { ChevronLeft, ChevronRight, Download } from "lucide-preact";
import { Dialog, IconButton } from "../../components/index";
import { t } from "../../i18n/more";
import { type OpenDocuments, addressOf, openDocuments, titleOf } from "./documents";

/** The documents of a series, one at a time. A report is read here; a PDF is handed to what the device has for it. */
export function Documents({ open }: { open: OpenDocuments }) {
  const [place, setPlace] = useState(0);
  const { documents } = open.series;
  const shown = documents[place];
  const close = (): void => {
    openDocuments.value = null;
  };
  if (shown === undefined) return null;
  const title = titleOf(open) || t("documents.title");
  return (
    <Dialog title={title} onClose={close}>
      <div class="document">
        {documents.length > 1 && (
          <nav class="document-steps" aria-label={t("documents.steps")}>
            <IconButton icon={ChevronLeft} label={t("documents.before")} disabled={place === 0} onClick={() => setPlace(place - 1)} />
            <span>{t("documents.place", { number: place + 1, total: documents.length })}</span>
            <IconButton
              icon={ChevronRight}
              label={t("documents.next")}
              disabled={place === documents.length - 1}
              onClick={() => setPlace(place + 1)}
            />
          </nav>
        )}
        {shown.kind === "report" ? (
          <iframe key={shown.uid} class="document-page" title={title} src={addressOf(open, shown)} sandbox="" />
        ) : (
          <div class="document-file">
            <p>{t("documents.pdf")}</p>
            <a class="button button-primary" href={addressOf(open, shown)} download>
              <Download size={20} aria-hidden="true" />
              <span>{t("documents.save")}</span>
            </a>
          </div>
        )}
      </div>
    </Dialog>
  );
}
