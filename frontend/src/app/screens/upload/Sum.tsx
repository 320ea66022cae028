import { CloudOff } from "lucide-preact";
import { Progress } from "../../components/index";
import { t } from "../../i18n/more";
import { sum } from "../../state/uploads/index";
import { VERDICTS } from "../../../protocol/later";
import { sizeInWords } from "../../words/sizes";

/** All files as one: how far, and what became of them. */
export function Sum() {
  const { files, settled, bytes, sentBytes, isPaused, counts } = sum.value;
  if (files === 0) return null;
  const told = VERDICTS.filter((kind) => counts[kind] > 0).map((kind) => t(`upload.count.${kind}`, { count: counts[kind] }));
  return (
    <section class="upload-sum">
      <p class="upload-figures">
        <strong>{t("upload.sum", { settled, count: files })}</strong>
        <span>{settled === files ? t("upload.allDone") : t("upload.sumBytes", { sent: sizeInWords(sentBytes), bytes: sizeInWords(bytes) })}</span>
      </p>
      <Progress label={t("upload.progress")} done={bytes === 0 ? 1 : sentBytes / bytes} />
      {isPaused && (
        <p class="upload-paused" role="status">
          <CloudOff size={18} aria-hidden="true" />
          {t("upload.paused")}
        </p>
      )}
      {told.length > 0 && (
        <p class="lead" role="status">
          {told.join(" · ")}
        </p>
      )}
    </section>
  );
}
