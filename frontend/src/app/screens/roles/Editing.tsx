import { useState } from "preact/hooks";
import type { Answer } from "../../../protocol/index";
import { type RoleTold, type Template, changeRole, restoreRole } from "../../../protocol/later";
import { Button, Dialog } from "../../components/index";
import { actInWords, breadthInWords, roleInWords, t } from "../../i18n/policy";
import { guarded } from "../../state/stepUp";
import { type Change, changeOf, inOrder, isChange } from "./changes";
import "../../components/switch.css";

interface Props {
  role: RoleTold;
  onClose: () => void;
  onSettled: (answer: Answer<RoleTold>) => void;
}

/** A template, right by right; what a change does, and to how many, is said before it is made. */
export function Editing({ role, onClose, onSettled }: Props) {
  const [next, setNext] = useState<Template>({ rights: role.rights, breadth: role.breadth });
  const [busy, setBusy] = useState(false);
  const change = changeOf(role, next);
  const send = async (act: () => Promise<Answer<RoleTold>>): Promise<void> => {
    setBusy(true);
    onSettled(await guarded(act));
  };
  const turn = (act: string): void => setNext({ ...next, rights: next.rights.includes(act) ? next.rights.filter((each) => each !== act) : [...next.rights, act] });
  const isShipped = !isChange(changeOf(role.shipped, role));
  return (
    <Dialog title={roleInWords(role.role)} onClose={onClose}>
      <form
        class="roles-form"
        onSubmit={(event) => {
          event.preventDefault();
          void send(() => changeRole(role.role, next));
        }}
      >
        <fieldset>
          <legend>{t("roles.may")}</legend>
          {inOrder(role.most).map((act) => (
            <Right key={act} act={act} isOn={next.rights.includes(act)} stays={role.least.includes(act)} onTurn={() => turn(act)} />
          ))}
        </fieldset>
        {role.breadths.length > 1 && <Breadths role={role} value={next.breadth} onChoose={(breadth) => setNext({ ...next, breadth })} />}
        <p class="roles-effect" role="status">
          {isChange(change) ? effectOf(change, next, role.people) : t("roles.same")}
        </p>
        <div class="dialog-buttons">
          {!isShipped && (
            <Button busy={busy} onClick={() => void send(() => restoreRole(role.role))}>
              {t("roles.restore")}
            </Button>
          )}
          <Button type="submit" look="primary" busy={busy} disabled={!isChange(change)}>
            {t("roles.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Right({ act, isOn, stays, onTurn }: { act: string; isOn: boolean; stays: boolean; onTurn: () => void }) {
  return (
    <label class="roles-right">
      <span>
        {actInWords(act)}
        {stays && <span class="lead"> {t("roles.stays")}</span>}
      </span>
      <input type="checkbox" role="switch" class="switch" checked={isOn} disabled={stays} onChange={onTurn} />
    </label>
  );
}

function Breadths({ role, value, onChoose }: { role: RoleTold; value: string; onChoose: (breadth: string) => void }) {
  return (
    <fieldset>
      <legend>{t("roles.sees")}</legend>
      {role.breadths.map((breadth) => (
        <label key={breadth} class="roles-right">
          <span>{breadthInWords(breadth)}</span>
          <input type="radio" name="breadth" checked={value === breadth} onChange={() => onChoose(breadth)} />
        </label>
      ))}
    </fieldset>
  );
}

/** "For 3 people, from their next step on. No longer: download. From now on: delete." */
function effectOf({ taken, given, isBreadthOther }: Change, after: Template, people: number): string {
  const acts = (of: readonly string[]): string => inOrder(of).map(actInWords).join(", ");
  return [
    t("roles.effect", { count: people }),
    taken.length > 0 && t("roles.effect.taken", { acts: acts(taken) }),
    given.length > 0 && t("roles.effect.given", { acts: acts(given) }),
    isBreadthOther && t("roles.effect.sees", { breadth: breadthInWords(after.breadth) }),
  ]
    .filter(Boolean)
    .join(" ");
}
