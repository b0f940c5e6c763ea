/** An operator works across organizations: instants are shown in the browser's time zone. */
export const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
