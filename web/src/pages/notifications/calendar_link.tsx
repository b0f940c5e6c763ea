// The secret link under which a calendar program finds the last days of licenses.
import { useState } from "preact/hooks";
import { announce } from "../../announce";
import { getCalendarFeed, makeCalendarFeed, revokeCalendarFeed } from "../../api";
import { CopyButton } from "../../components/copy";
import { ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { day } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { useLive } from "../../live";
import { useResource } from "../../use_resource";
import { useSubmit } from "../../use_submit";

export function CalendarLink() {
  const { id, time_zone } = useOrganization();
  const read = useResource(id, (signal) => getCalendarFeed(id, signal), id);
  const [url, setUrl] = useState<string | null>(null);
  const submit = useSubmit();
  const make = () =>
    void submit.run(async () => {
      const { url: made, ...feed } = await makeCalendarFeed(id);
      setUrl(made);
      read.change(() => feed);
      announce("Calendar link created");
    });
  const revoke = () =>
    void submit.run(async () => {
      await revokeCalendarFeed(id);
      setUrl(null);
      read.change(() => ({ made_at: null, made_by: null }));
      announce("Calendar link revoked");
    });
  useLive(read.refresh);
  const feed = read.data;
  return (
    <section class="section" aria-labelledby="calendar">
      <h2 id="calendar">Calendar</h2>
      <p>
        The last days of all licenses in your calendar program. Anyone with your link can see
        them without signing in. The link ends when your membership ends.
      </p>
      {read.problem && <ProblemNote problem={read.problem} retry={read.reload} />}
      {submit.problem && <ProblemNote problem={submit.problem} />}
      {!feed && !read.problem && <Skeleton rows={1} />}
      {url && (
        <div class="section-actions">
          <code class="secret-link">{url}</code>
          <CopyButton text={url} label="Copy the link" />
          <p class="field-hint">It is shown only once.</p>
        </div>
      )}
      {feed?.made_at && !url && (
        <p class="faint">
          You created a link on {day(feed.made_at, time_zone)}.
        </p>
      )}
      {feed?.older && (
        <p class="note">
          An older link, created on {day(feed.older.made_at, time_zone)} by {feed.older.made_by},
          belongs to no member and still works. It ends when you create a link or revoke it.
        </p>
      )}
      {feed && (
        <div class="section-actions">
          <button
            type="button"
            class="secondary"
            aria-busy={submit.pending || undefined}
            onClick={make}
          >
            {feed.made_at ? "Create a new link" : "Create a link"}
          </button>
          {(feed.made_at || feed.older) && (
            <button type="button" class="quiet" onClick={revoke}>
              Revoke the link
            </button>
          )}
          {feed.made_at && <p class="field-hint">A new link replaces your old one.</p>}
        </div>
      )}
    </section>
  );
}
