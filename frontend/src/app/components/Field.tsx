import { Eye, EyeOff } from "lucide-preact";
import type { InputHTMLAttributes } from "preact";
import { useId, useState } from "preact/hooks";
import { t } from "../i18n/index";
import { IconButton } from "./Button";
import "./field.css";

interface Props extends Omit<InputHTMLAttributes, "class" | "id" | "onInput" | "label"> {
  label: string;
  hint?: string;
  /** What is wrong with what was typed. */
  error?: string | undefined;
  onText: (text: string) => void;
}

/** One thing to type, with its name above it and what is wrong with it below. A password can be looked at. */
export function Field({ label, hint, error, ...input }: Props) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <Box {...input} id={id} label={label} isWrong={Boolean(error)} described={described || undefined} />
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

type BoxProps = Omit<Props, "hint" | "error"> & { id: string; isWrong: boolean; described: string | undefined };

function Box({ id, label, isWrong, described, onText, type = "text", ...native }: BoxProps) {
  const [seen, setSeen] = useState(false);
  const isSecret = type === "password";
  return (
    <div class={isWrong ? "field-box field-wrong" : "field-box"}>
      <input
        {...native}
        id={id}
        type={isSecret && seen ? "text" : type}
        aria-invalid={isWrong || undefined}
        aria-describedby={described}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      {isSecret && <IconButton icon={seen ? EyeOff : Eye} label={t(seen ? "field.hide" : "field.show", { name: label })} onClick={() => setSeen(!seen)} />}
    </div>
  );
}
