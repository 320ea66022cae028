import { KeyRound } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { type SecondFactor, type SignInStep, askWhereSignInStands, signInByPassword } from "../../../protocol/index";
import { Button, Field, toast } from "../../components/index";
import { t } from "../../i18n/index";
import { Mark } from "../../shell/Shell";
import { passkeysPossible } from "../../state/passkeys";
import { type Route, navigate, parseRoute, route } from "../../router";
import { knowledge, learnSession, person, wasSignedOut } from "../../state/session";
import { dayOf } from "../../words/dates";
import { SecondStep } from "./SecondStep";
import { Sso } from "./Sso";
import { byPasskey, complaint, ssoReturn } from "./complaints";
import "./signin.css";

/** Who are you? By passkey first, else by password and, where the account has one, a second factor. */
export default function SignIn() {
  const [ways, setWays] = useState<SecondFactor[] | null>(null);
  useEffect(() => {
    document.title = t("app.titled", { title: t("signIn.title") });
  }, []);
  useEffect(() => {
    if (ssoReturn().isBack) void askWhereSignInStands().then((answer) => answer.ok && onStep(answer.value));
  }, []);
  const onStep = (step: SignInStep): void => {
    if (step.kind === "second_factor") setWays(step.ways);
    else void learnSession().then(remindOfSecondFactor);
  };
  return (
    <main class="signin">
      <div class="signin-card">
        <Mark size={56} />
        {ways === null ? <FirstStep onStep={onStep} /> : <SecondStep ways={ways} onStep={onStep} onRestart={() => setWays(null)} />}
      </div>
    </main>
  );
}

/** Said in passing, once a sign-in: it is not yet time to insist. Over an image it would hide what is told of it; the bar says it as well. */
function remindOfSecondFactor(): void {
  const due = person.value?.secondFactorDueAt;
  if (!due || leadsToAnImage(route.value)) return;
  const takeBack = toast({ text: t("signIn.due", { day: dayOf(due) }), action: { label: t("signIn.due.do"), perform: () => navigate("/account") } });
  // Called at once too, where this is no image yet: `stop` is there by the time that it is one.
  const stop = route.subscribe((here) => {
    if (!leadsToAnImage(here)) return;
    takeBack();
    stop();
  });
}

function leadsToAnImage(here: Route): boolean {
  const there = here.name === "sign-in" && here.then !== null ? parseRoute(here.then) : here;
  return there.name === "study";
}

function FirstStep({ onStep }: { onStep: (step: SignInStep) => void }) {
  const [problem, setProblem] = useState(() => ssoReturn().problem);
  const [busy, setBusy] = useState(false);
  const attempt = async (): Promise<void> => {
    setBusy(true);
    const answer = await byPasskey("login");
    setBusy(false);
    if (answer.kind === "step") onStep(answer.step);
    else setProblem(answer.problem);
  };
  return (
    <>
      <header class="signin-head">
        <h1>{t("signIn.title")}</h1>
        <p class="lead">{wasSignedOut.value ? t("signIn.ended") : t("signIn.lead")}</p>
      </header>
      {passkeysPossible() && (
        <Button look="primary" wide icon={KeyRound} busy={busy} onClick={() => void attempt()}>
          {t("signIn.passkey")}
        </Button>
      )}
      <Sso onProblem={setProblem} />
      {(passkeysPossible() || isSsoOffered()) && <p class="signin-or">{t("signIn.or")}</p>}
      <PasswordForm onStep={onStep} onProblem={setProblem} />
      <p class="signin-problem" role="alert">
        {problem}
      </p>
      {knowledge.value.kind === "known" && knowledge.value.session.setupNeeded && <p class="lead">{t("signIn.setup")}</p>}
    </>
  );
}

const isSsoOffered = (): boolean => knowledge.value.kind === "known" && knowledge.value.session.sso !== null;

function PasswordForm({ onStep, onProblem }: { onStep: (step: SignInStep) => void; onProblem: (problem: string) => void }) {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    if (username.trim() === "" || password === "") {
      onProblem(t("signIn.empty"));
      return;
    }
    onProblem("");
    setBusy(true);
    const answer = await signInByPassword(username.trim(), password);
    setBusy(false);
    if (answer.ok) onStep(answer.value);
    else onProblem(complaint(answer.failure));
  };
  return (
    <form
      class="signin-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Field label={t("signIn.username")} name="username" autocomplete="username" autocapitalize="none" spellcheck={false} value={username} onText={setUsername} />
      <Field label={t("signIn.password")} name="password" type="password" autocomplete="current-password" value={password} onText={setPassword} />
      <Button type="submit" look={passkeysPossible() ? "plain" : "primary"} wide busy={busy}>
        {t("signIn.submit")}
      </Button>
    </form>
  );
}
