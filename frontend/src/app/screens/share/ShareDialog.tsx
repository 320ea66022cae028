import { useState } from "preact/hooks";
import { Dialog, Later } from "../../components/index";
import { t } from "../../i18n/share";
import { ChooseImages } from "./ChooseImages";
import { type Draft, FRESH, type Subject } from "./draft";
import { Form } from "./Form";
import { Made } from "./Made";
import { useMaking } from "./making";
import "./share.css";

const looking = () => import("./LookFirst").then((room) => room.LookFirst);

/** What, with whom, until when, and how it opens; what has to be looked at first; then the link itself, once. */
export function ShareDialog({ subject, onClose }: { subject: Subject; onClose: () => void }) {
  const [draft, setDraft] = useState(FRESH);
  const [choosing, setChoosing] = useState(false);
  const making = useMaking(subject, draft);
  const { made, looks } = making;
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const back = (): void => setChoosing(false);
  if (choosing && subject.images) {
    return (
      <Dialog key="choosing" title={t("choose.title")} onClose={back}>
        <ChooseImages study={subject.study} from={subject.images} chosen={draft.chosen} onChange={(chosen) => change({ chosen })} onDone={back} />
      </Dialog>
    );
  }
  return (
    <Dialog key="form" title={t(made ? "share.made" : looks ? "share.look" : "share.title")} onClose={onClose}>
      {made ? (
        <Made share={made} onDone={onClose} />
      ) : looks ? (
        <Later load={looking} props={{ study: subject.study, looks, making, onBack: making.back }} />
      ) : (
        <Form subject={subject} draft={draft} change={change} making={making} onChoose={() => setChoosing(true)} />
      )}
    </Dialog>
  );
}
