// For operators: issue activation codes, see what became of them.
import { useState } from "preact/hooks";
import { getIssuedCodes } from "../../api";
import { CopyButton } from "../../components/copy";
import { MoreButton, useMore } from "../../components/load_more";
import { Empty, ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { licensesOf } from "../../format";
import { PageHead, useTitle } from "../../layout/shell";
import { useResource } from "../../use_resource";
import { CodeList } from "./code_list";
import type { Issued } from "./issue_form";
import { IssueForm } from "./issue_form";

export function Operator() {
  useTitle("Issued codes");
  const [issued, setIssued] = useState<Issued | null>(null);
  const list = useResource("codes", (signal) => getIssuedCodes(null, signal), "codes");
  const more = useMore("codes", list.data, getIssuedCodes);
  return (
    <>
      <PageHead
        title="Issued codes"
        sentence="A code is a number of licenses of one term, redeemed once by one organization."
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
      {list.data &&
        (more.items.length > 0 ? (
          <CodeList codes={more.items} />
        ) : (
          <Empty title="No codes yet">
            <p>Codes that you issue are listed here, without the code itself.</p>
          </Empty>
        ))}
      <MoreButton more={more} />
    </>
  );
}

function IssuedNote({ issued }: { issued: Issued }) {
  return (
    <div class="note issued">
      <div>
        <p>{licensesOf(issued.quantity, issued.term)}. The code is shown this once: copy it now.</p>
        <p class="issued-code">{issued.code}</p>
        <CopyButton text={issued.code} label="Copy the code" />
      </div>
    </div>
  );
}
