/** The sensor of an action. */
export interface Subject {
  organization: string;
  serial: string;
  called: string;
  auto_renewal: boolean;
}

export function subjectOf(
  organization: string,
  row: { serial: string; name: string | null; auto_renewal: boolean },
): Subject {
  const { serial, name, auto_renewal } = row;
  return { organization, serial, called: name || serial, auto_renewal };
}
