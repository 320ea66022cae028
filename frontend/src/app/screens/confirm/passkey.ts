import { askToConfirmByPasskey, confirmByPasskey } from "../../../protocol/index";
import { t } from "../../i18n/more";
import { presentPasskey } from "../../state/passkeys";
import { tellFailure } from "../../words/failures";

/** Ask the server, then the device, then the server again: null when it is they, else what to say; nothing to whoever changed their mind. */
export async function showPasskeyAgain(): Promise<string | null> {
  const options = await askToConfirmByPasskey();
  if (!options.ok) return tellFailure(options.failure).what;
  const presented = await presentPasskey(options.value);
  if (presented.kind === "cancelled") return "";
  if (presented.kind === "impossible") return t("confirm.passkeyImpossible");
  const answer = await confirmByPasskey(presented.credential);
  if (answer.ok) return null;
  return answer.failure.kind === "refused" ? t("confirm.passkeyWrong") : tellFailure(answer.failure).what;
}
