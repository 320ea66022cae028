import { Link2Off } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { type Failure, finishSetup } from "../../../protocol/index";
import { Button, Empty, Field, toast } from "../../components/index";
import { t as shell } from "../../i18n/index";
import { t } from "../../i18n/more";
import { navigate } from "../../router";
import { PasswordRules } from "../../shell/PasswordRules";
import { Mark } from "../../shell/Shell";
import { setupToken } from "../../state/setupToken";
import { learnSession } from "../../state/session";
import { reasonOf, tellFailure } from "../../words/failures";
import { meetsRules } from "../../words/passwords";
import "../signin/signin.css";

/** The first administrator, by the one-time link. */
export default function Setup() {
  useEffect(() => {
    document.title = shell("app.titled", { title: t("setup.title") });
  }, []);
  return (
    <main class="signin">
      <div class="signin-card">
        <Mark size={56} />
        {setupToken === "" ? <NoLink /> : <Form />}
      </div>
    </main>
  );
}

function NoLink() {
  return (
    <Empty icon={Link2Off} title={t("setup.noLink.title")}>
      <p>{t("setup.noLink")}</p>
      <Button onClick={() => navigate("/", { replace: true })}>{t("setup.signIn")}</Button>
    </Empty>
  );
}

interface Problem {
  field: "username" | "password" | null;
  words: string;
}

function Form() {
  const [displayName, setDisplayName] = useState("");
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    const wrong = lacking(username, password);
    setProblem(wrong);
    if (wrong) return;
    setBusy(true);
    const answer = await finishSetup({ token: setupToken, username: username.trim(), password, displayName: displayName.trim() });
    setBusy(false);
    if (!answer.ok) {
      setProblem(problemOf(answer.failure));
      return;
    }
    toast({ text: t("setup.done") });
    await learnSession();
    navigate("/signin", { replace: true });
  };
  const of = (field: Problem["field"]): string | undefined => (problem?.field === field ? problem.words : undefined);
  return (
    <>
      <header class="signin-head">
        <h1>{t("setup.title")}</h1>
        <p class="lead">{t("setup.lead")}</p>
      </header>
      <form
        class="signin-form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field label={t("setup.displayName")} hint={t("setup.displayNameHint")} name="name" autocomplete="name" value={displayName} onText={setDisplayName} />
        <Field
          label={t("setup.username")}
          hint={t("setup.usernameHint")}
          name="username"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          value={username}
          error={of("username")}
          onText={setUsername}
        />
        <Field label={t("setup.password")} name="password" type="password" autocomplete="new-password" value={password} error={of("password")} onText={setPassword} />
        <PasswordRules password={password} username={username} />
        <p class="signin-problem" role="alert">
          {of(null)}
        </p>
        <Button type="submit" look="primary" wide busy={busy}>
          {t("setup.submit")}
        </Button>
      </form>
    </>
  );
}

function lacking(username: string, password: string): Problem | null {
  if (username.trim() === "") return { field: "username", words: t("setup.empty") };
  return meetsRules(password, username) ? null : { field: "password", words: t("rules.unmet") };
}

function problemOf(failure: Failure): Problem {
  if (failure.kind !== "refused") return { field: null, words: tellFailure(failure).what };
  if (failure.status === 404) return { field: null, words: t("setup.spent") };
  const parameter = failure.fields["parameter"];
  const field = parameter === "username" || parameter === "password" ? parameter : null;
  return { field, words: reasonOf(failure) || failure.message };
}
