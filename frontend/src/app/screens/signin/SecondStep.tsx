import { KeyRound } from "lucide-preact";
import { useState } from "preact/hooks";
import { type SecondFactor, type SignInStep, showSecondFactor } from "../../../protocol/index";
import { Button, Field } from "../../components/index";
import { t } from "../../i18n/index";
import { passkeysPossible } from "../../state/passkeys";
import { byPasskey, complaint } from "./complaints";

interface Props {
  ways: readonly SecondFactor[];
  onStep: (step: SignInStep) => void;
  onRestart: () => void;
}

/** The password was right; the account asks for one thing more. */
export function SecondStep({ ways, onStep, onRestart }: Props) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const byDevice = async (): Promise<void> => {
    setBusy(true);
    const answer = await byPasskey("authenticate");
    setBusy(false);
    if (answer.kind === "step") onStep(answer.step);
    else setProblem(answer.problem);
  };
  const byCode = async (code: string): Promise<void> => {
    setBusy(true);
    const answer = await showSecondFactor(code);
    setBusy(false);
    if (answer.ok) onStep(answer.value);
    else setProblem(complaint(answer.failure));
  };
  const takesCodes = ways.includes("totp") || ways.includes("recovery_codes");
  return (
    <>
      <header class="signin-head">
        <h1>{t("signIn.factor.title")}</h1>
        <p class="lead">{leadFor(ways)}</p>
      </header>
      {takesCodes && <CodeForm busy={busy} problem={problem} numeric={ways.includes("totp")} onCode={(code) => void byCode(code)} />}
      {ways.includes("webauthn") && passkeysPossible() && (
        <Button wide look={takesCodes ? "plain" : "primary"} icon={KeyRound} busy={busy} onClick={() => void byDevice()}>
          {t("signIn.factor.usePasskey")}
        </Button>
      )}
      {!takesCodes && (
        <p class="signin-problem" role="alert">
          {problem}
        </p>
      )}
      <Button look="quiet" wide onClick={onRestart}>
        {t("signIn.factor.back")}
      </Button>
    </>
  );
}

function leadFor(ways: readonly SecondFactor[]): string {
  if (ways.includes("totp")) return t("signIn.factor.totp");
  return t(ways.includes("webauthn") ? "signIn.factor.passkey" : "signIn.factor.recovery");
}

interface CodeProps {
  busy: boolean;
  problem: string;
  /** Digits are likelier than letters: the phone shows its number keys, and letters can still be typed from a computer. */
  numeric: boolean;
  onCode: (code: string) => void;
}

function CodeForm({ busy, problem, numeric, onCode }: CodeProps) {
  const [code, setCode] = useState("");
  return (
    <form
      class="signin-form"
      onSubmit={(event) => {
        event.preventDefault();
        const typed = code.replace(/\s/g, "");
        if (typed !== "") onCode(typed);
      }}
    >
      <Field
        label={t("signIn.factor.code")}
        name="code"
        autocomplete="one-time-code"
        inputMode={numeric ? "numeric" : "text"}
        autocapitalize="none"
        spellcheck={false}
        value={code}
        error={problem || undefined}
        onText={setCode}
      />
      <Button type="submit" look="primary" wide busy={busy}>
        {t("signIn.factor.submit")}
      </Button>
    </form>
  );
}
