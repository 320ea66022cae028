import { useState } from "preact/hooks";
import { type Look, type NewShare, looksFirst, makeShare } from "../../../protocol/later";
import { guarded } from "../../state/stepUp";
import { reasonOf, tellFailure } from "../../words/failures";
import { type Draft, type Looked, NOT_LOOKED, type Subject, formOf, whatLacks } from "./draft";

/** How far it is: asked for, refused with a reason, images to be looked at first, made. */
export interface Making {
  made: NewShare | null;
  looks: readonly Look[] | null;
  problem: string;
  busy: boolean;
  make: (looked?: Looked) => Promise<void>;
  back: () => void;
}

/** Makes the link that the draft tells. */
export function useMaking(subject: Subject, draft: Draft): Making {
  const [made, setMade] = useState<NewShare | null>(null);
  const [looks, setLooks] = useState<readonly Look[] | null>(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const make = async (looked = NOT_LOOKED): Promise<void> => {
    const lacking = whatLacks(draft);
    setProblem(lacking);
    if (lacking !== "") return;
    setBusy(true);
    const answer = await guarded(() => makeShare({ ...formOf(draft, subject), ...looked }));
    setBusy(false);
    if (answer.ok) setMade(answer.value);
    else if (answer.failure.kind === "aborted") return; // they called it off: all that was chosen stays
    else if (looksFirst(answer.failure)) setLooks(looksFirst(answer.failure));
    else setProblem(reasonOf(answer.failure) || tellFailure(answer.failure).what);
  };
  return { made, looks, problem, busy, make, back: () => setLooks(null) };
}
