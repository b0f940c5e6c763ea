// For operators: issue activation codes, list them, revoke them.
import { useState } from "preact/hooks";
import type { IssuedCode } from "../../api";
import { getIssuedCodes } from "../../api";
import { CopyButton } from "../../components/copy";
import { MoreButton, useMore } from "../../components/load_more";
import { Empty, NoSuchFilter, ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { licensesOf } from "../../format";
import { PageHead, useTitle } from "../../layout/shell";
import { useLive } from "../../live";
import { Link, usePlace } from "../../router";
import { useResource } from "../../use_resource";
import { CodeFilters, STATES } from "./code_filters";
import { CodeList } from "./code_list";
import type { Issued } from "./issue_form";
import { IssueForm } from "./issue_form";
import { RevokeDialog } from "./revoke_dialog";

export function Operator() {
  useTitle("Issued codes");
  const { query } = usePlace();
  const asked = query.get("state") ?? "",
    reference = query.get("reference") ?? "";
  const known = STATES.some(({ value }) => value === asked);
  const state = known ? asked : "";
  const key = JSON.stringify([state, reference]);
  const [issued, setIssued] = useState<Issued | null>(null);
  const [revoked, setRevoked] = useState<IssuedCode | null>(null);
  const list = useResource(key, (signal) => getIssuedCodes({ state, reference }, signal), "codes");
  const more = useMore(key, list, (cursor, limit) =>
    getIssuedCodes({ state, reference, cursor, limit }),
  );
  useLive(list.refresh);
  const filtered = asked !== "" || reference !== "";
  return (
    <>
      <PageHead
        title="Issued codes"
        sentence="A code holds licenses of one term. One organization redeems it, once."
      />
      <section class="issue" aria-labelledby="issue-title">
        <h2 id="issue-title">Issue a code</h2>
        <IssueForm
          onIssued={(code) => {
            setIssued(code);
            list.reload();
          }}
        />
        <div aria-live="polite">{issued && <IssuedNote issued={issued} />}</div>
      </section>
      {list.problem && <ProblemNote problem={list.problem} retry={list.reload} />}
      {!list.data && !list.problem && <Skeleton />}
      {list.data && (filtered || more.items.length > 0) && (
        <CodeFilters state={asked} reference={reference} />
      )}
      {list.data &&
        (!known ? (
          <NoSuchFilter value={asked}>Show all codes</NoSuchFilter>
        ) : more.items.length > 0 ? (
          <CodeList codes={more.items} busy={list.loading} onRevoke={setRevoked} />
        ) : filtered ? (
          <Empty title="No such codes">
            <p>
              <Link href="/operator">Show all codes</Link>
            </p>
          </Empty>
        ) : (
          <Empty title="No codes yet">
            <p>Codes that you issue are listed here, without the code itself.</p>
          </Empty>
        ))}
      {known && <MoreButton more={more} />}
      {revoked && (
        <RevokeDialog
          code={revoked}
          onClose={() => setRevoked(null)}
          onRevoked={() => {
            setRevoked(null);
            list.reload();
          }}
        />
      )}
    </>
  );
}

function IssuedNote({ issued }: { issued: Issued }) {
  return (
    <div class="note issued">
      <div>
        <p>
          {licensesOf(issued.quantity, issued.term)}
          {issued.organization && ` for ${issued.organization}`}. The code is shown only once: copy it now.
        </p>
        <p class="issued-code">{issued.code}</p>
        <CopyButton text={issued.code} label="Copy the code" />
      </div>
    </div>
  );
}
