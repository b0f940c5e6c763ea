// One sensor: its state, its measurements, its past and future licenses.
import { ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { useOrganization } from "../../layout/organization_page";
import { useTitle } from "../../layout/shell";
import { Link, navigate } from "../../router";
import { NotFound } from "../not_found";
import { LicenseActions, SensorActions } from "./actions";
import { OpenAlerts } from "./open_alerts";
import { Facts } from "./facts";
import { Licenses } from "./licenses";
import { Measurements } from "./measurements";
import { NotSaved } from "./not_saved";
import { Rename } from "./rename";
import { useHeld, usePlan } from "./use_held";

export function SensorPage({ serial }: { serial: string }) {
  const { id, role } = useOrganization();
  const manages = role !== "analyst";
  const { sensor, held } = useHeld(id, serial, manages);
  const row = held.data?.row ?? null;
  const plan = usePlan(id, row?.next === "pool");
  useTitle(sensor.data?.name || serial);

  if (sensor.problem?.status === 404) return <NotFound what="sensor" />;
  if (!sensor.data)
    return sensor.problem ? (
      <ProblemNote problem={sensor.problem} retry={sensor.reload} />
    ) : (
      <Skeleton rows={8} />
    );
  const { data } = sensor;
  return (
    <>
      <nav class="crumbs" aria-label="Path">
        <Link href={manages ? `/o/${id}/licenses` : `/o/${id}/sensors`}>
          {manages ? "License Manager" : "Sensors"}
        </Link>
      </nav>
      <header class="page-head">
        <Rename key={data.serial} organization={id} sensor={data} editable={manages} />
        {row && held.data && (
          <div class="page-actions">
            <LicenseActions row={row} left={held.data.left} />
          </div>
        )}
      </header>
      {sensor.problem && <ProblemNote problem={sensor.problem} retry={sensor.reload} />}
      <OpenAlerts key={`alerts ${id} ${serial}`} serial={serial} />
      <Facts sensor={data} row={row} />
      <Measurements key={`${id} ${serial}`} sensor={data} licenses={held.data?.licenses ?? null} />
      <NotSaved refused={data.refused} conflicts={data.conflicts} level={2} />
      {manages && (
        <section class="section" aria-labelledby="licenses-title">
          <h2 id="licenses-title">Licenses</h2>
          {plan.problem && !plan.data && <ProblemNote problem={plan.problem} retry={plan.reload} />}
          {held.problem && <ProblemNote problem={held.problem} retry={held.reload} />}
          {!held.data && !held.problem && <Skeleton rows={2} />}
          {held.data && row && (
            <Licenses row={row} licenses={held.data.licenses} plan={plan.data} level={3} />
          )}
        </section>
      )}
      {row && (
        <section class="section" aria-labelledby="care-title">
          <h2 id="care-title">Sensor</h2>
          <SensorActions
            sensor={data}
            row={row}
            onReplaced={(by) => navigate(`/o/${id}/sensors/${by}`, true)}
            onRemoved={() => navigate(`/o/${id}/licenses`)}
          />
        </section>
      )}
    </>
  );
}
