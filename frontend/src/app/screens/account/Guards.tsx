import { useState } from "preact/hooks";
import { loadRecoveryCodes } from "../../../protocol/later";
import { Skeleton } from "../../components/index";
import { Passkeys } from "./Passkeys";
import { RecoveryCodes } from "./RecoveryCodes";
import { Totp } from "./Totp";
import { authenticators } from "./authenticators";

/** What guards the account beside its password. */
export function Guards() {
  const [made, setMade] = useState<readonly string[] | null>(null);
  // The first second factor brings recovery codes with it: they are shown once, now.
  const showCodes = async (): Promise<void> => {
    const answer = await loadRecoveryCodes();
    if (answer.ok && answer.value.length > 0) setMade(answer.value);
  };
  if (authenticators.value === null) {
    return (
      <>
        <Shape />
        <Shape />
      </>
    );
  }
  return (
    <>
      <Passkeys onAdded={() => void showCodes()} />
      <Totp onOn={() => void showCodes()} />
      <RecoveryCodes made={made} onMade={setMade} />
    </>
  );
}

/** The shape of a row that is on its way. */
export function Shape() {
  return (
    <div class="account-row account-shape">
      <Skeleton width="60%" height="44px" />
    </div>
  );
}
