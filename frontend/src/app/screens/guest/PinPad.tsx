import { Delete } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Progress } from "../../components/index";
import { t } from "../../i18n/share";

const FEWEST = 6;
const MOST = 12;
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;
const digitsOf = (text: string): string => text.replace(/\D/g, "").slice(0, MOST);

interface Props {
  label: string;
  lead: string;
  problem: string;
  busy: boolean;
  onEntered: (pin: string) => void;
}

/**
 * Big keys under one thumb. The line above is a real field, so that a code which came by SMS or mail is offered by the
 * phone, and can be pasted or typed on a keyboard; it is not focused by itself, or the phone's own keys would cover ours.
 */
export function PinPad({ label, lead, problem, busy, onEntered }: Props) {
  const [pin, setPin] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (problem !== "") setPin("");
  }, [problem]);
  useEffect(() => {
    if (matchMedia("(pointer: fine)").matches) field.current?.focus();
  }, []);
  const isWhole = pin.length >= FEWEST;
  const enter = (): void => {
    if (isWhole && !busy) onEntered(pin);
  };
  const type = (digit: string): void => setPin((before) => digitsOf(before + digit));
  return (
    <form
      class="pin"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        enter();
      }}
    >
      <p id="pin-lead">{lead}</p>
      <input
        ref={field}
        class="pin-field"
        inputMode="numeric"
        autocomplete="one-time-code"
        pattern="[0-9]*"
        maxLength={MOST}
        aria-label={label}
        aria-describedby="pin-lead pin-problem"
        placeholder={"○".repeat(FEWEST)}
        value={pin}
        onInput={(event) => setPin(digitsOf(event.currentTarget.value))}
      />
      <p class="guest-problem" id="pin-problem" role="alert">
        {problem}
      </p>
      <div class="pin-keys">
        {DIGITS.map((digit) => (
          <Key key={digit} digit={digit} onPress={type} />
        ))}
        <button type="button" class="pin-key pin-key-quiet" aria-label={t("guest.delete")} disabled={pin === ""} onClick={() => setPin(pin.slice(0, -1))}>
          <Delete size={26} aria-hidden="true" />
        </button>
        <Key digit="0" onPress={type} />
        <button type="submit" class="pin-key pin-key-open" disabled={!isWhole || busy} aria-busy={busy}>
          {t("guest.open")}
        </button>
      </div>
      <div class="pin-busy">{busy && <Progress label={t("guest.opening")} done={null} />}</div>
    </form>
  );
}

function Key({ digit, onPress }: { digit: string; onPress: (digit: string) => void }) {
  return (
    <button type="button" class="pin-key" onClick={() => onPress(digit)}>
      {digit}
    </button>
  );
}
