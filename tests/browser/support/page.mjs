// What the walks over the pages look for.

export const press = (within, name) => within.getByRole("button", { name, exact: true }).click();
export const heading = (page, name) => page.getByRole("heading", { name }).first().waitFor();
export const panel = (page) => page.locator(".panel");
