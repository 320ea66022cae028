import { SlidersHorizontal } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import type { Answer, Failure } from "../../../protocol/index";
import { type RoleTold, changeRole, loadRoles } from "../../../protocol/later";
import { Badge, Button, Failed, Skeleton, toast } from "../../components/index";
import { actInWords, breadthInWords, roleInWords, t } from "../../i18n/policy";
import { Shell } from "../../shell/Shell";
import { learnSession } from "../../state/session";
import { guarded } from "../../state/stepUp";
import { tellFailure } from "../../words/failures";
import { Editing } from "./Editing";
import { changeOf, inOrder, isChange } from "./changes";
import "../../components/actables.css";
import "../../components/intro.css";
import "./roles.css";

/** What people of each role may do; a template is changed here, for all of them. */
export default function Roles() {
  const [roles, setRoles] = useState<readonly RoleTold[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [editing, setEditing] = useState<RoleTold | null>(null);
  const load = async (): Promise<void> => {
    const answer = await loadRoles();
    setFailure(answer.ok ? null : answer.failure);
    if (answer.ok) setRoles(answer.value);
  };
  useEffect(() => void load(), []);
  const learn = (changed: RoleTold): void => {
    setRoles((now) => now && now.map((each) => (each.role === changed.role ? changed : each)));
    void learnSession(); // it may be one's own role
  };
  const undo = async (before: RoleTold): Promise<void> => {
    const answer = await guarded(() => changeRole(before.role, before));
    if (answer.ok) learn(answer.value);
    toast(answer.ok ? { text: t("roles.undone") } : { text: tellFailure(answer.failure).what, tone: "danger" });
  };
  const settle = (before: RoleTold, answer: Answer<RoleTold>): void => {
    setEditing(null);
    if (answer.ok) {
      learn(answer.value);
      toast({ text: t("roles.changedNow", { role: roleInWords(before.role) }), action: { label: t("roles.undo"), perform: () => void undo(before) } });
    } else if (answer.failure.kind !== "aborted") {
      toast({ text: tellFailure(answer.failure).what, tone: "danger" });
    }
  };
  return (
    <Shell title={t("roles.title")}>
      <div class="page roles">
        <header class="intro">
          <h1>{t("roles.title")}</h1>
          <p class="lead">{t("roles.lead")}</p>
        </header>
        {failure && <Failed icon={SlidersHorizontal} failure={failure} onRetry={() => void load()} />}
        {!failure && roles === null && <Loading />}
        <ul class="actables">
          {roles?.map((role) => (
            <One key={role.role} role={role} onEdit={() => setEditing(role)} />
          ))}
        </ul>
        {editing && <Editing role={editing} onClose={() => setEditing(null)} onSettled={(answer) => settle(editing, answer)} />}
      </div>
    </Shell>
  );
}

function One({ role, onEdit }: { role: RoleTold; onEdit: () => void }) {
  const name = roleInWords(role.role);
  return (
    <li class="actable">
      <div class="actable-words">
        <h2>
          {name} {isChange(changeOf(role.shipped, role)) && <Badge tone="warning">{t("roles.changed")}</Badge>}
        </h2>
        <p class="lead">{t("roles.people", { count: role.people })}</p>
        <p>{breadthInWords(role.breadth)}</p>
        <p class="roles-acts">
          {inOrder(role.rights).map((act) => (
            <Badge key={act}>{actInWords(act)}</Badge>
          ))}
        </p>
      </div>
      <Button aria-label={t("roles.editNamed", { role: name })} onClick={onEdit}>
        {t("roles.edit")}
      </Button>
    </li>
  );
}

function Loading() {
  return (
    <div role="status" aria-label={t("roles.loading")} class="actables">
      <Skeleton width="100%" height="136px" />
      <Skeleton width="100%" height="136px" />
    </div>
  );
}
