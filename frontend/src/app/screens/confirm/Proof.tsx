import { KeyRound } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { type Failure, type Way, confirmByCode, confirmByPassword, loadStepUp } from "../../../protocol/index";
import { Button, Field, Skeleton } from "../../components/index";
import { t } from "../../i18n/more";
import { passkeysPossible } from "../../state/passkeys";
import { held, person } from "../../state/session";
import { tellFailure } from "../../words/failures";
import { showPasskeyAgain } from "./passkey";

type Typed = "password" | "code";

/** The ways in which this account can show that it is its person: a passkey first, else what can be typed. */
export function Proof({ onProven }: { onProven: () => void }) {
  const [ways, setWays] = useState<readonly Way[] | null>(null);
  const [problem, setProblem] = useState("");
  const now = held.value;
  useEffect(() => {
    if (now) {
      setWays(now.ways);
      return;
    }
    void loadStepUp().then((answer) => {
      if (answer.ok) setWays(answer.value.ways);
      else setProblem(tellFailure(answer.failure).what);
    });
  }, [now]);
  return (
    <div class="proof">
      {ways ? <Ways ways={ways} onProven={onProven} onProblem={setProblem} /> : problem === "" && <Skeleton width="100%" height="112px" />}
      <p class="proof-problem" role="alert">
        {problem}
      </p>
    </div>
  );
}

function typedWays(ways: readonly Way[]): Typed[] {
  const byCode = ways.includes("totp") || ways.includes("recovery_codes");
  return [...(ways.includes("password") ? (["password"] as const) : []), ...(byCode ? (["code"] as const) : [])];
}

interface Outcome {
  onProven: () => void;
  onProblem: (words: string) => void;
}

function Ways({ ways, ...outcome }: Outcome & { ways: readonly Way[] }) {
  const typed = typedWays(ways);
  const byPasskey = ways.includes("webauthn") && passkeysPossible();
  return (
    <>
      {byPasskey && <ByPasskey {...outcome} />}
      {typed.length > 0 && <ByTyping ways={typed} isFirst={!byPasskey} {...outcome} />}
      {!byPasskey && typed.length === 0 && <p>{t("confirm.noWay")}</p>}
    </>
  );
}

function ByPasskey({ onProven, onProblem }: Outcome) {
  const [busy, setBusy] = useState(false);
  const show = async (): Promise<void> => {
    setBusy(true);
    onProblem("");
    const problem = await showPasskeyAgain();
    setBusy(false);
    if (problem === null) onProven();
    else onProblem(problem);
  };
  return (
    <Button look="primary" wide icon={KeyRound} busy={busy} onClick={() => void show()}>
      {t("confirm.passkey")}
    </Button>
  );
}

function ByTyping({ ways, isFirst, onProven, onProblem }: Outcome & { ways: readonly Typed[]; isFirst: boolean }) {
  const [by, setBy] = useState<Typed>(ways[0] ?? "password");
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const other = ways.find((way) => way !== by);
  const submit = async (): Promise<void> => {
    if (text.trim() === "") return;
    setBusy(true);
    onProblem("");
    const answer = await (by === "password" ? confirmByPassword(text) : confirmByCode(text.replace(/\s/g, "")));
    setBusy(false);
    if (answer.ok) onProven();
    else onProblem(complaint(answer.failure, by));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <input type="text" autocomplete="username" value={person.value?.username ?? held.value?.username ?? ""} hidden readOnly />
      {by === "password" ? (
        <Field key={by} label={t("account.password")} type="password" autocomplete="current-password" value={text} onText={setText} />
      ) : (
        <Field key={by} label={t("confirm.code")} autocomplete="one-time-code" autocapitalize="none" spellcheck={false} value={text} onText={setText} />
      )}
      <Button type="submit" look={isFirst ? "primary" : "plain"} wide busy={busy}>
        {t("account.confirm")}
      </Button>
      {other && (
        <Button
          look="quiet"
          wide
          onClick={() => {
            setText("");
            setBy(other);
          }}
        >
          {t(`confirm.by.${other}`)}
        </Button>
      )}
    </form>
  );
}

function complaint(failure: Failure, by: Typed): string {
  if (failure.kind === "busy") return t("confirm.locked");
  if (failure.kind !== "refused") return tellFailure(failure).what;
  if (failure.code.startsWith("too_many")) return t("confirm.locked");
  return t(by === "password" ? "account.password.wrong" : "confirm.codeWrong");
}
