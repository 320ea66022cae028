import { Leaf } from "lucide-preact";
import { t } from "../../i18n/more";
import { chooseDataSaver, savesData, usedBytes } from "../../state/dataSaver";
import { sizeInWords } from "../../words/sizes";

/** Previews only, or exact images behind them; and how much was used. */
export function DataSaver() {
  const on = savesData.value;
  return (
    <button type="button" class="choice" aria-pressed={on} onClick={() => chooseDataSaver(!on)}>
      <Leaf size={20} aria-hidden="true" />
      <span>{t("saver.name")}</span>
      <small>{t(on ? "saver.on" : "saver.off", { used: sizeInWords(usedBytes.value) })}</small>
    </button>
  );
}

/** Beside how good the picture is: why it grows no better. */
export function SavingData() {
  if (!savesData.value) return null;
  return (
    <p class="quality" data-level="saver">
      <Leaf size={14} aria-hidden="true" />
      <span>{t("saver.badge", { used: sizeInWords(usedBytes.value) })}</span>
    </p>
  );
}
