// The values of a plot as a table behind it, the newest first.
import type { Measurement } from "../../api";
import { measured, moment, number, reading, time } from "../../format";
import type { Series } from "./series";

const TABLE_ROWS = 300;

interface Props {
  series: Series;
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

function Values({ series, unit, name, timeZone }: Props) {
  const newest = series.items.slice(-TABLE_ROWS).reverse();
  const buckets = series.resolution !== null;
  const of = unit ? `, ${unit}` : "";
  const cell = (value: number | undefined, type: string, mean = false) =>
    value === undefined ? "" : measured(value, type, mean);
  const row = (item: Measurement) =>
    buckets ? (
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
    <table class="table plain">
      <caption>
        {name}, newest first
        {series.items.length > newest.length &&
          `: ${number(newest.length)} of ${number(series.items.length)}`}
      </caption>
      <thead>
        <tr>
          <th scope="col">{buckets ? "From" : "Time"}</th>
          {(buckets
            ? [`Lowest${of}`, `Mean${of}`, `Highest${of}`, "Measurements"]
            : [`${name}${of}`]
          ).map((head) => (
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
  );
}
