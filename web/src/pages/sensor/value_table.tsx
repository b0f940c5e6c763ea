// The values of a plot as a table behind it, the newest first.
import { useState } from "preact/hooks";
import type { Measurement } from "../../api";
import { measured, moment, number, reading, time } from "../../format";
import type { Series } from "./series";

const TABLE_ROWS = 300;

interface Props {
  series: Series;
  /** Of a binary channel: buckets have the share of the time in the second state. */
  states: boolean;
  unit: string;
  name: string;
  timeZone: string;
}

export function ValueTable(props: Props) {
  return (
    <details class="behind">
      <summary>Table of values</summary>
      <Values {...props} />
    </details>
  );
}

function Values({ series, states, unit, name, timeZone }: Props) {
  const [most, setMost] = useState(TABLE_ROWS);
  const newest = series.items.slice(-most).reverse();
  const buckets = series.resolution !== null;
  const of = unit ? `, ${unit}` : "";
  const heads = !buckets
    ? [`${name}${of}`]
    : states
      ? ["Share of the time", "Changes"]
      : [`Lowest${of}`, `Mean${of}`, `Highest${of}`, "Measurements"];
  const cell = (value: number | null | undefined, type: string, mean = false) =>
    value === undefined || value === null ? "" : measured(value, type, mean);
  const row = (item: Measurement) =>
    buckets && states ? (
      <>
        <td>{item.mean == null ? "" : `${number(Math.round(item.mean * 100))}\u00a0%`}</td>
        <td>{item.count === undefined ? "" : number(item.count)}</td>
      </>
    ) : buckets ? (
      <>
        <td>{cell(item.min, item.type)}</td>
        <td>{cell(item.mean, item.type, true)}</td>
        <td>{cell(item.max, item.type)}</td>
        <td>{item.count === undefined ? "" : number(item.count)}</td>
      </>
    ) : (
      <td>{reading({ ...item, unit: null })}</td>
    );
  return (
    <>
    <table class="table plain">
      <caption>
        {name}, newest first
        {series.items.length > newest.length &&
          `: ${number(newest.length)} of ${number(series.items.length)}`}
      </caption>
      <thead>
        <tr>
          <th scope="col">{buckets ? "From" : "Time"}</th>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {newest.map((item) => (
          <tr key={item.at}>
            <th scope="row">{buckets ? time(item.at, timeZone) : moment(item.at, timeZone)}</th>
            {row(item)}
          </tr>
        ))}
      </tbody>
    </table>
    {series.items.length > newest.length && (
      <div class="more">
        <button type="button" class="secondary" onClick={() => setMost(most + TABLE_ROWS)}>
          Show more
        </button>
      </div>
    )}
    </>
  );
}
