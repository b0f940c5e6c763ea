// A choice of roles, each with its permissions.
import { useId } from "preact/hooks";
import type { Role } from "../../api";
import { ROLES } from "./role_words";

export function RoleChoice({ value, onChoose }: { value: Role; onChoose: (role: Role) => void }) {
  const id = useId();
  return (
    <fieldset class="choices">
      <legend>Role</legend>
      {ROLES.map((role) => (
        <label key={role.value}>
          <input
            type="radio"
            name={id}
            value={role.value}
            checked={role.value === value}
            onChange={() => onChoose(role.value)}
          />
          <span>
            {role.words}
            <span class="under">{role.may}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
