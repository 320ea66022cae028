import { signal, useComputed } from "@preact/signals";
import { ImageOff, LogIn, WifiOff } from "lucide-preact";
import { Button } from "../../components/index";
import { t } from "../../i18n/viewer";
import { signIn } from "./Doorway";
import type { Reading } from "./reading";
import { TROUBLE } from "./tiles";
import { troubleText } from "./words";

/** Why there is no picture, where it would be. While another slice is shown instead, the badge says enough. */
export function InPlaceOfPicture({ reading }: { reading: Reading }) {
  const trouble = useComputed(() => {
    const { value: state } = reading.state;
    return state !== null && state.shownIndex === null ? state.trouble : null;
  });
  const { value } = trouble;
  if (value === null) return null;
  const isSignedOut = value.reason === TROUBLE.signedOut;
  const Icon = isSignedOut ? LogIn : value.reason === TROUBLE.offline ? WifiOff : ImageOff;
  return (
    <div class="in-place" role="alert">
      <Icon size={36} aria-hidden="true" />
      <p>{troubleText(value)}</p>
      {isSignedOut ? (
        <Button look="primary" onClick={signIn}>
          {t("trouble.signIn")}
        </Button>
      ) : (
        !value.permanent && <Button onClick={() => reading.retry()}>{t("trouble.retry")}</Button>
      )}
      {value.requestId && <p class="request-id">{t("trouble.request", { id: value.requestId })}</p>}
    </div>
  );
}

const isOffline = signal(!navigator.onLine);
addEventListener("offline", () => (isOffline.value = true));
addEventListener("online", () => (isOffline.value = false));

/** A lost connection does not take away what is here. */
export function LostConnection() {
  if (!isOffline.value) return null;
  return (
    <p class="lost" role="status">
      <WifiOff size={16} aria-hidden="true" />
      {t("trouble.lost")}
    </p>
  );
}
