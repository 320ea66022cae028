import { useState } from "preact/hooks";
import type { Look } from "../../../protocol/later";
import { Button } from "../../components/index";
import { t } from "../../i18n/share";
import { Looking } from "../export/Looking";
import { NOTHING_LOOKED_AT, asTold, isSeen } from "../export/looked";
import type { Making } from "./making";
import "../export/export.css";

interface Props {
  study: string;
  looks: readonly Look[];
  making: Making;
  onBack: () => void;
}

/** Names may be burned into these images: somebody looks at them, and blacks out what nobody is to read. */
export function LookFirst({ study, looks, making, onBack }: Props) {
  const [looked, setLooked] = useState(NOTHING_LOOKED_AT);
  return (
    <div class="share">
      <Looking study={study} looks={looks} looked={looked} onLooked={setLooked} />
      <p class="share-problem" role="alert">
        {making.problem}
      </p>
      <Button look="primary" wide busy={making.busy} disabled={!looks.every((look) => isSeen(look, looked))} onClick={() => void making.make(asTold(looked))}>
        {t("share.make")}
      </Button>
      <Button look="quiet" onClick={onBack}>
        {t("share.back")}
      </Button>
    </div>
  );
}
