// An organization with two kinds of licenses and a few sensors, made over the API: where the second walk begins.
import assert from "node:assert/strict";

export const OPERATOR = { email: "operator@example.com", password: "a password of the operator" };
export const OWNER = { email: "owner@example.com", password: "a password of the owner" };

export const FRIDGE = "282C02424EED";
/** These end in 46 days: not within 30, but within 60. */
export const ROOMS = ["282C02424EE1", "282C02424EE2", "282C02424EE3"];

/** The state of a context's cookies is what a page needs to be signed in. */
async function signedIn(browser, url) {
  const context = await browser.newContext({ baseURL: url });
  const call = async (method, path, data) => {
    const answer = await context.request.fetch(`/api/v1${path}`, { method, data });
    assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return answer.status() === 204 ? null : answer.json();
  };
  return { context, call };
}

export async function makeFleet(browser, program) {
  await program.addOperator(OPERATOR.email, OPERATOR.password);
  const operator = await signedIn(browser, program.url);
  await operator.call("POST", "/session", OPERATOR);
  const issue = async (quantity, term, reference) =>
    (await operator.call("POST", "/operator/activation-codes", { quantity, term, reference })).code;
  const long = await issue(200, "P2Y", "order long"),
    short = await issue(8, "P45D", "order short"),
    later = await issue(5, "P1Y", "order later");

  const owner = await signedIn(browser, program.url);
  await owner.call("POST", "/users", { ...OWNER, activation_code: long });
  const { id } = await owner.call("POST", "/organizations", {
    name: "Example pharmacy",
    time_zone: "Europe/Warsaw",
  });
  const at = `/organizations/${id}`;
  // Redeemed within one second, two keys have no order of their own.
  await owner.call("PATCH", at, { pool_order: "longest_first" });
  const keys = {};
  for (const [name, code] of Object.entries({ long, short }))
    keys[name] = (await owner.call("POST", `${at}/activation-codes`, { code })).key;
  await owner.call("POST", `${at}/sensors`, { serial: FRIDGE, name: "Vaccine fridge" });
  for (const [index, serial] of ROOMS.entries())
    await owner.call("POST", `${at}/sensors`, {
      serial,
      name: `Room ${index + 1}`,
      key: keys.short,
    });

  const fleet = {
    organization: id,
    later,
    keys,
    owner: await owner.context.storageState(),
    operator: await operator.context.storageState(),
  };
  await operator.context.close();
  await owner.context.close();
  return fleet;
}
