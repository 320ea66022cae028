import { Ellipsis, PackageOpen, Trash2 } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import type { StudyRow } from "../../../protocol/index";
import { IconButton, Menu, type MenuItem, toast } from "../../components/index";
import { t } from "../../i18n/index";
import { navigate } from "../../router";
import { mayDelete } from "../../state/roles";
import { person } from "../../state/session";
import { fullName } from "../../words/names";

const deleting = () => import("../../state/deleting");

/** Whether there is anything in it for whoever is signed in. */
export const mayMenu = (): boolean => person.value !== null;

/** What can be done with a study without opening it. */
export function RowMenu({ row }: { row: StudyRow }) {
  const [anchor, setAnchor] = useState<Element | null>(null);
  const place = useRef<HTMLDivElement>(null);
  if (person.value === null) return null;
  const label = t("studies.actions", { name: fullName(row.patient.name) || t("studies.noName") });
  const moveToBin = (): void =>
    void deleting().then(
      (acts) => acts.moveToBin(row),
      () => toast({ text: t("later.failed.what"), tone: "danger" }),
    );
  const items: MenuItem[] = [{ label: t("studies.export"), icon: PackageOpen, perform: () => navigate(`/study/${row.uid}/export`) }];
  if (mayDelete()) items.push({ label: t("studies.moveToBin"), icon: Trash2, perform: moveToBin });
  return (
    <div class="row-menu" ref={place}>
      <IconButton icon={Ellipsis} label={label} aria-haspopup="menu" onClick={() => setAnchor(place.current)} />
      {anchor && <Menu label={label} anchor={anchor} items={items} onClose={() => setAnchor(null)} />}
    </div>
  );
}
