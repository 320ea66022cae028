import { Dialog } from "../../components/index";
import { t } from "../../i18n/more";
import { confirming } from "../../state/stepUp";
import { Proof } from "./Proof";
import "./confirm.css";

/** Asks the person once more who they are, before something that reaches far. */
export default function Confirm() {
  const answer = confirming.value;
  if (!answer) return null;
  return (
    <Dialog title={t("confirm.title")} onClose={() => answer(false)}>
      <p class="lead">{t("confirm.what")}</p>
      <Proof onProven={() => answer(true)} />
    </Dialog>
  );
}
