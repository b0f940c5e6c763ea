// The events and their meanings.
import type { WebhookEvent } from "../../api";

export const EVENTS: { event: WebhookEvent; means: string }[] = [
  { event: "license.expiring", means: "A license ends in a month." },
  { event: "license.expired", means: "A sensor's coverage ended and no license followed." },
  { event: "license.renewed", means: "A sensor took a license from the pool by auto renewal." },
  { event: "pool.low", means: "The licenses left do not last for the renewals of the next 60 days." },
  { event: "code.redeemed", means: "An activation code was redeemed." },
  {
    event: "sensor.refused_first",
    means: "The first measurement that is not saved because the sensor has no license.",
  },
  {
    event: "sensor.conflicts",
    means: "A sensor sent different values for times that it had sent before, 10 or more on one day.",
  },
];
