import { useId } from "preact/hooks";
import "../../components/switch.css";

interface Props {
  label: string;
  what: string;
  on: boolean;
  onSwitch: (on: boolean) => void;
}

/** Something that is so or not, with what it means below. */
export function Switch({ label, what, on, onSwitch }: Props) {
  const id = useId();
  return (
    <div class="share-switch">
      <label for={id}>
        {label}
        <span id={`${id}-what`}>{what}</span>
      </label>
      <input id={id} class="switch" type="checkbox" role="switch" aria-describedby={`${id}-what`} checked={on} onChange={(event) => onSwitch(event.currentTarget.checked)} />
    </div>
  );
}
